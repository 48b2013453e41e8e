import type { Monitor } from "./monitor.ts";

/** A network card, in a network of its own that QEMU makes: DHCP, a gateway and a name server, and no way to it but forwards. */
export interface Nic {
  readonly model: "virtio-net" | "e1000e";
  readonly mac: string;
  /** `10.0.2.0/24` */
  readonly subnet: string;
  /** What DHCP gives out, and where forwarded connections go. */
  readonly address: string;
  readonly hostname?: string;
  readonly domain?: string;
  readonly ipv4: boolean;
  readonly ipv6: boolean;
  /** Nothing the guest sends leaves the machine, and DHCP names neither gateway nor name server. */
  readonly isRestricted: boolean;
  /** Ports of the guest that can be reached through a free port of 127.0.0.1. */
  readonly forwards: readonly number[];
  /** What listens in this network: a program (absolute) and its arguments, run by QEMU for each connection. */
  readonly servers: readonly {
    readonly address: string;
    readonly port: number;
    readonly command: readonly string[];
  }[];
  /** Whether the cable is in when the machine starts. */
  readonly hasCarrier: boolean;
}

/** The port of 127.0.0.1 that leads to a port of the guest. */
export interface Forward {
  readonly port: number;
  readonly hostPort: number;
}

export function nicArguments(nics: readonly Nic[], bus: "pci" | "device"): readonly string[] {
  return nics.flatMap((nic, index) => [
    ...["-netdev", network(nic, index)],
    // Without a ROM the firmware does not try to boot from it.
    ...["-device", `${device(nic, bus)},id=${nicId(index)},netdev=net${index},mac=${nic.mac}`],
  ]);
}

function device(nic: Nic, bus: "pci" | "device"): string {
  if (nic.model === "e1000e") return "e1000e,romfile=";
  return bus === "pci" ? "virtio-net-pci,romfile=" : "virtio-net-device";
}

/** Port 0 lets the kernel choose a free one, so that two machines never want the same. */
function network(nic: Nic, index: number): string {
  return [
    `user,id=net${index}`,
    // QEMU's own IPv6 prefix is of a kind that hosts no longer count as an address of the world (RFC 3879).
    nic.ipv4 ? `net=${nic.subnet},dhcpstart=${nic.address}` : "ipv4=off",
    nic.ipv6 ? "ipv6=on,ipv6-net=2001:db8:1::/64" : "ipv6=off",
    `restrict=${nic.isRestricted ? "on" : "off"}`,
    ...(nic.hostname === undefined ? [] : [`hostname=${nic.hostname}`]),
    ...(nic.domain === undefined ? [] : [`domainname=${nic.domain}`]),
    ...nic.forwards.map((port) => `hostfwd=tcp:127.0.0.1:0-${nic.address}:${port}`),
    ...nic.servers.map(
      ({ address, port, command }) =>
        `guestfwd=tcp:${address}:${port}-cmd:${command.map(shellWord).join(" ").replaceAll(",", ",,")}`,
    ),
  ].join(",");
}

/** QEMU takes the command apart as a shell would, and gives it to none. */
function shellWord(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function nicId(index: number): string {
  return `nic${index}`;
}

/** Pulls the cables that are not in, before the guest runs. */
export async function pullCables(nics: readonly Nic[], monitor: Pick<Monitor, "command">): Promise<void> {
  for (const [index, nic] of nics.entries()) if (!nic.hasCarrier) await setCarrier(index, false, monitor);
}

export async function setCarrier(index: number, up: boolean, monitor: Pick<Monitor, "command">): Promise<void> {
  await monitor.command("set_link", { name: nicId(index), up });
}

/** Which ports QEMU was given. */
export async function forwardsOf(nics: readonly Nic[], monitor: Pick<Monitor, "ask">): Promise<readonly Forward[]> {
  if (nics.every(({ forwards }) => forwards.length === 0)) return [];
  return readForwards(await monitor.ask("info usernet"));
}

/** Lines such as `TCP[HOST_FORWARD]  15  127.0.0.1 41023  10.0.2.15 22  0 0`. */
export function readForwards(usernet: string): readonly Forward[] {
  const lines = usernet.matchAll(/^\s*TCP\[HOST_FORWARD\]\s+\d+\s+\S+\s+(\d+)\s+\S+\s+(\d+)\s/gm);
  return [...lines].map(([, hostPort, port]) => ({ port: Number(port), hostPort: Number(hostPort) }));
}
