import { expect, it } from "vitest";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { memoryTree } from "../sysroot/memory-tree.ts";
import { knownAccounts } from "./known-accounts.ts";

it("keeps the groups that the sysroot knows, and warns once of each other", () => {
  const tree = memoryTree({
    "/etc/group": "root:x:0:\ndisk:x:6:\n",
    "/usr/lib/sysusers.d/systemd.conf": 'g sgx -\nu tss - "TPM"\n',
  });
  const said: Diagnostic[] = [];
  const named = (name: string, rules: string) => ({ name, why: [{ what: `rules ${rules}` }] });
  const known = knownAccounts(
    tree,
    {
      users: [named("tss", "60-tpm.rules"), named("nobody-knows", "60-tpm.rules")],
      groups: [
        named("disk", "50.rules"),
        named("sgx", "50.rules"),
        named("plug\n", "50.rules"),
        named("plug\n", "60.rules"),
      ],
    },
    (one) => said.push(one),
  );
  expect(known.users.map(({ name }) => name)).toEqual(["tss"]);
  expect(known.groups.map(({ name }) => name)).toEqual(["disk", "sgx"]);
  expect(said.map(({ code, severity, message }) => [code, severity, message])).toEqual([
    ["U190", "warning", 'the sysroot has no user "nobody-knows", which is named by rules 60-tpm.rules'],
    ["U190", "warning", 'the sysroot has no group "plug\\n", which is named by rules 50.rules'],
  ]);
});
