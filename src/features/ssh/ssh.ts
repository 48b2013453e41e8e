import type { Need } from "../../plan/resource.ts";
import type { BootStep } from "../../stage-one/backends.ts";
import { findProgram } from "../../sysroot/programs.ts";
import { defineFeature, type Input } from "../feature.ts";
import { authorizedKeys } from "./authorized-keys.ts";
import { schema, type DeclaredSsh } from "./declared.ts";
import { hostKeys } from "./host-keys.ts";
import { scriptServer } from "./scripted.ts";
import { serverOf, type Server } from "./server.ts";
import { renderServer } from "./systemd.ts";

/** `[ssh]`: whoever holds a key may log in while the initrd runs, and answer its questions for pass phrases. */
export const ssh = defineFeature({
  schema: schema.optional().meta({
    description: "An SSH server, so that pass phrases can be typed from afar; docs/how-to/remote-unlock.md.",
  }),
  contribute(value, input) {
    if (value === undefined) return {};
    const kind = value.server ?? (findProgram(input.sysroot, "sshd").found ? "openssh" : "dropbear");
    const [keys, hosts] = [authorizedKeys(value, input), hostKeys(value, kind, input)];
    if (!isSound(value, input) || keys === undefined || hosts === undefined) return {};
    const server = serverOf(kind, value, keys, hosts, input);
    return { steps: [serverStep(value, server, input)] };
  },
});

function isSound(value: DeclaredSsh, input: Input): boolean {
  if (value.command === undefined || !value.shell) return true;
  input.report({
    code: "U926",
    severity: "error",
    message: "`command` is all that one gets to run, and `shell` gives a shell",
    hint: "take one of them out",
    at: [input.originOf("command"), input.originOf("shell")],
  });
  return false;
}

function serverStep(value: DeclaredSsh, server: Server, input: Input): BootStep {
  const origin = input.originOf();
  return {
    id: "ssh:server",
    title: `let people log in by SSH at port ${value.port}`,
    origin,
    // Without addresses of its own it listens at all that there are and will be.
    needs: value.listen.length === 0 ? [] : [theNetwork(input)],
    provides: [],
    takes: [],
    overrides: [],
    onFailure: "go-on",
    facts: {
      server: server.kind,
      port: value.port,
      listen: value.listen.join(","),
      // Whoever it lets in answers the questions of the steps that prompt.
      answers: true,
      shell: value.shell,
    },
    render: {
      systemd: (target) => renderServer(server, target),
      scripted: (target) => scriptServer(server, target),
    },
  };
}

function theNetwork(input: Input): Need {
  return { is: "one", of: { is: "network" }, from: "step", strength: "wants", origin: input.originOf("listen") };
}
