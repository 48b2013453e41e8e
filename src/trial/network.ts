import { judgeClients } from "../scenario/judge/clients.ts";
import type { ClientWanted } from "../scenario/network.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { BootOptions } from "../vm/boot.ts";
import type { ClientRule } from "../vm/client.ts";

/** The network cards of a scenario, as the machine takes them. */
export function trialNics({ nic: nics }: Pick<Scenario, "nic">): NonNullable<BootOptions["nics"]> {
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
    hasCarrier: carrier === true,
    ...(typeof carrier === "boolean" ? {} : { carrierAt: momentOf(carrier) }),
  }));
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
