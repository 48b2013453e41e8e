import * as z from "zod";
import { duration, textExpectation } from "./expectation.ts";
import type { Mistake } from "./mistake.ts";
import { momentError, momentWays } from "./moment.ts";

const address = z.ipv4("an address here is four numbers with dots");
const port = z.int().min(1).max(65_535);
const hostName = z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/, "this is not a host name");

/** `[[nic]]`: network cards, each in a network of its own that QEMU makes. */
export const nicSchema = z.strictObject({
  model: z.enum(["virtio-net", "e1000e"]).default("virtio-net"),
  mac: z
    .string()
    .regex(/^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/, "a MAC address is six pairs in lower case, and not a multicast one")
    .optional()
    .meta({ description: "Default `52:54:00:12:34:56` for the first, `…:57` for the second, and so on" }),
  subnet: z.cidrv4('a subnet is "10.0.2.0/24"').default("10.0.2.0/24"),
  address: address.default("10.0.2.15").meta({ description: "What DHCP gives out, and where forwarded ports lead" }),
  hostname: hostName.optional().meta({ description: "What DHCP calls the machine" }),
  domain: hostName.optional(),
  ipv4: z.boolean().default(true),
  ipv6: z.boolean().default(false).meta({ description: "Routers say that the network is 2001:db8:1::/64" }),
  restrict: z.boolean().default(true).meta({
    description: "Nothing the guest sends leaves the machine, and DHCP names no gateway and no name server",
  }),
  forward: z.array(port).default([]).meta({ description: "Ports of the guest that a client can reach" }),
  server: z
    .array(
      z.strictObject({
        address,
        port,
        command: z.array(z.string()).min(1).meta({
          description:
            "Program of this machine and its arguments: run for each connection, which is its input and output",
        }),
      }),
    )
    .default([])
    .meta({ description: "TCP servers that the guest finds in this network" }),
  carrier: z
    .union([z.boolean(), ...momentWays], { error: momentError })
    .default(true)
    .meta({ description: "Whether the cable is in, or the moment when it is put in" }),
});

/** `[[client]]`: programs of this machine that talk to the guest, one after the other. */
export const clientSchema = z.strictObject({
  when: z.string().min(1).optional().meta({ description: "What the console shows before; default: at once" }),
  after: duration.optional(),
  command: z.array(z.string()).min(1).meta({
    description: "Program and arguments, without a shell; `{port}` is the port of 127.0.0.1 that leads to the guest",
  }),
  stdin: z.string().default(""),
  limit: duration.prefault("30s").meta({ description: "After so long it is killed" }),
  retry: duration.prefault("0s").meta({ description: "So long it is run again until it does what is expected" }),
  expect: z
    .strictObject({
      exit: z
        .union([z.int().min(0).max(255), z.literal("any")])
        .default(0)
        .meta({ description: "`any`: also when it outlives the machine" }),
      output: textExpectation.optional(),
    })
    .prefault({}),
});

export type NicWanted = z.infer<typeof nicSchema>;
export type ClientWanted = z.infer<typeof clientSchema>;

/** What is wrong with clients; paths begin at `client`. */
export function clientMistakes(clients: readonly ClientWanted[], nics: readonly NicWanted[]): readonly Mistake[] {
  const forwarded = nics.flatMap(({ forward }) => forward);
  const mistakes: Mistake[] = [];
  clients.forEach(({ command }, index) => {
    command.forEach((word, place) => {
      for (const [all, guest] of word.matchAll(/\{port(?::(\d+))?\}/g)) {
        if (guest === undefined ? forwarded.length > 0 : forwarded.includes(Number(guest))) continue;
        mistakes.push({
          code: "U687",
          message: `${all} stands for a port that no card forwards`,
          hint: `say forward = [${guest ?? "22"}] in a [[nic]]`,
          path: ["client", index, "command", place],
        });
      }
    });
  });
  return mistakes;
}

/** What is wrong between cards, and with a card in such a machine; paths begin at `nic`. */
export function nicMistakes(nics: readonly NicWanted[], machine: string): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  nics.forEach((nic, index) => {
    const wrong = (message: string, ...path: (string | number)[]): void => {
      mistakes.push({ code: "U688", message, path: ["nic", index, ...path] });
    };
    const earlier = nics.slice(0, index);
    if (!nic.ipv4 && nic.forward.length > 0) {
      wrong("ports are forwarded by IPv4, which this network does not have", "forward");
    }
    if (!isInside(nic.address, nic.subnet)) wrong(`${nic.address} is not in ${nic.subnet}`, "address");
    if (machine === "microvm" && nic.model === "e1000e") wrong("a microvm has no PCI bus for e1000e", "model");
    nic.server.forEach(({ address: at, port: its }, place) => {
      const isOther = (other: { readonly address: string; readonly port: number }, index: number): boolean =>
        index < place && other.address === at && other.port === its;
      if (!nic.ipv4) wrong("servers are found by IPv4", "server", place);
      else if (!isInside(at, nic.subnet)) wrong(`${at} is not in ${nic.subnet}`, "server", place, "address");
      else if (isTaken(at, nic)) wrong(`${at} is the guest's own, or the gateway or name server`, "server", place);
      else if (nic.server.some(isOther)) wrong(`two servers listen at ${at}:${its}`, "server", place);
    });
    if (nic.mac !== undefined && earlier.some(({ mac }) => mac === nic.mac)) {
      wrong(`two cards have the address ${nic.mac}`, "mac");
    }
    nic.forward.forEach((one, place) => {
      if (!earlier.some(({ forward }) => forward.includes(one)) && nic.forward.indexOf(one) === place) return;
      wrong(`port ${one} is forwarded twice, and {port:${one}} could be either`, "forward", place);
    });
  });
  return mistakes;
}

function isInside(one: string, subnet: string): boolean {
  const [network = "", bits = "32"] = subnet.split("/");
  const rest = 2 ** (32 - Number(bits));
  return Math.floor(numberOf(one) / rest) === Math.floor(numberOf(network) / rest);
}

/** QEMU's gateway and name server are the numbers 2.2 and 2.3 of a network, as far as they lie in it. */
function isTaken(one: string, { address: guest, subnet }: NicWanted): boolean {
  const [network = "", bits = "32"] = subnet.split("/");
  const rest = 2 ** (32 - Number(bits));
  const first = Math.floor(numberOf(network) / rest) * rest;
  return [numberOf(guest), first + (0x202 % rest), first + (0x203 % rest)].includes(numberOf(one));
}

function numberOf(dotted: string): number {
  return dotted.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}
