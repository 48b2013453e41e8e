import { resolve } from "node:path";
import type { Report } from "../diagnostics/diagnostic.ts";
import type { MadeDisk } from "../disks/make.ts";
import { programPath } from "../host/processes.ts";
import { judgeClients } from "../scenario/judge/clients.ts";
import type { ClientWanted } from "../scenario/network.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { BootOptions } from "../vm/boot.ts";
import type { ClientRule } from "../vm/client.ts";

/** The network cards of a scenario, as the machine takes them. */
export function trialNics(
  { nic: nics }: Pick<Scenario, "nic">,
  folder: string,
  disks: readonly Pick<MadeDisk, "name" | "path">[],
): NonNullable<BootOptions["nics"]> {
  return nics.map(({ carrier, hostname, domain, ...nic }, index) => ({
    model: nic.model,
    mac: nic.mac ?? `52:54:00:12:34:${(0x56 + index).toString(16)}`,
    subnet: nic.subnet,
    address: nic.address,
    ...(hostname === undefined ? {} : { hostname }),
    ...(domain === undefined ? {} : { domain }),
    ipv4: nic.ipv4,
    ipv6: nic.ipv6,
    isRestricted: nic.restrict,
    forwards: nic.forward,
    servers: nic.server.map(({ address, port, command }) => ({
      address,
      port,
      command: serverCommand(
        command.map((word) => withDisks(word, disks)),
        folder,
      ),
    })),
    hasCarrier: carrier === true,
    ...(typeof carrier === "boolean" ? {} : { carrierAt: momentOf(carrier) }),
  }));
}

/** A disk of the scenario as the file that it is; nobody but a server may want one. */
function withDisks(word: string, disks: readonly Pick<MadeDisk, "name" | "path">[]): string {
  const pathOf = (name: string): string | undefined => disks.find((disk) => disk.name === name)?.path;
  return word.replace(/\{disk:([^}]+)\}/g, (whole, name: string) => pathOf(name) ?? whole);
}

/**
 * Like a client it runs in the folder, which is its home. QEMU starts it by way of a process that ends at once, so the
 * kernel cannot end it with QEMU: the connection's end does, and the clock.
 */
function serverCommand([name = "", ...args]: readonly string[], folder: string): readonly string[] {
  const program = name.includes("/") ? resolve(folder, name) : (programPath(name) ?? name);
  const [timeout = "timeout", env = "env"] = ["timeout", "env"].map((one) => programPath(one) ?? one);
  return [timeout, "--signal=KILL", longestConnection, env, "-C", folder, `HOME=${folder}`, program, ...args];
}

const longestConnection = "10m";

/** Reports U698 for each program of a server that is not on this machine. */
export function findServers(scenario: Pick<Scenario, "nic" | "locate">, report: Report): boolean {
  let isComplete = true;
  scenario.nic.forEach(({ server }, nic) => {
    server.forEach(({ command: [name = ""] }, index) => {
      if (name.includes("/") || programPath(name) !== undefined) return;
      isComplete = false;
      const at = [scenario.locate(["nic", nic, "server", index, "command"])];
      report({ code: "U698", severity: "error", message: `the program ${name} is not on this machine`, at });
    });
  });
  return isComplete;
}

export function clientRules(clients: readonly ClientWanted[]): readonly ClientRule[] {
  return clients.map((client) => ({
    at: momentOf(client),
    command: client.command,
    stdin: client.stdin,
    limit: client.limit,
    retry: client.retry,
    isRight(result) {
      let isWrong = false;
      judgeClients([client], [result], [], () => (isWrong = true));
      return !isWrong;
    },
  }));
}

/** A moment as the machine takes it. */
export function momentOf({ when, after }: { readonly when?: string | undefined; readonly after?: number | undefined }) {
  return { ...(when === undefined ? {} : { when }), ...(after === undefined ? {} : { after }) };
}
