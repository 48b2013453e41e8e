import { shortOrigin } from "../../diagnostics/diagnostic.ts";
import type { Requirement, Taken } from "../../plan/requirement.ts";
import type { Need } from "../../plan/resource.ts";
import type { StepId } from "../../plan/step.ts";
import type { BootStep } from "../../stage-one/backends.ts";
import { defineFeature, type Input } from "../feature.ts";
import { anyLink, schema, type DeclaredLink, type DeclaredNetwork } from "./declared.ts";
import { withImports } from "./import/imported.ts";
import { areSound } from "./mistakes.ts";
import { moduleTakes } from "./modules.ts";
import { scriptFlush, scriptLink, scriptWait, scriptWords } from "./scripted.ts";
import { renderFlush, renderLink, renderWait, renderWords, type FileTake, type Wait } from "./systemd.ts";
import { keyTakes, secretKeys } from "./wireguard-keys.ts";

/** `[network]`: links that are up while the initrd runs. */
export const network = defineFeature({
  schema: schema.prefault({}).meta({ description: "Links that are up while the initrd runs, systemd.network(5)." }),
  contribute(declared, from) {
    const taken = withImports(declared, from);
    if (taken === undefined) return {};
    const { value, input } = taken;
    const names = Object.keys(value.links);
    if (names.length === 0 || !areSound(value, input)) return {};
    const all = names.map((name) => linkSteps(name, value, input));
    const links = all.flatMap((steps) => steps ?? []);
    if (all.includes(undefined)) return {};
    return {
      steps: [...links, wordsStep(value, input), onlineStep(value, input), ...flushSteps(value, input)],
      takes: resolverTakes(input),
    };
  },
});

/** A link is begun at once, and whoever needs it waits for it: in between other things happen. */
function linkSteps(name: string, value: DeclaredNetwork, input: Input): readonly BootStep[] | undefined {
  const declared = value.links[name];
  if (declared === undefined) return undefined;
  const origin = input.originOf("links", name);
  const keys = secretKeys(name, declared, input);
  if (keys === undefined) return undefined;
  const vlans = Object.entries(value.links).flatMap(([other, { vlan }]) => (vlan?.link === name ? [other] : []));
  const place = { name, declared, vlans, keep: value["hand-over"] === "keep", origin: shortOrigin(origin) };
  const isRequired = declared["required-for-boot"];
  const others = Object.keys(value.links).filter((other) => other !== anyLink);
  const wait: Wait = {
    name: name === anyLink ? "any" : name,
    links: name === anyLink ? [] : [{ name, ...(isAddressed(declared) ? {} : { state: "carrier" }) }],
    ignore: name === anyLink ? others : [],
    seconds: declared.timeout,
    isBoot: isRequired,
    mustSucceed: isRequired && !declared.nofail,
    resolvConf: tellsNames(declared) ? resolvConf(input) : undefined,
    origin,
  };
  return [
    {
      id: beginning(name),
      title: `set up ${name === anyLink ? "every Ethernet link" : `the link ${name}`}`,
      origin,
      needs: below(declared).map((other) => order(beginning(other), input, name)),
      provides: [],
      takes: moduleTakes(declared),
      overrides,
      onFailure: "go-on",
      facts: factsOf(name, declared),
      render: {
        systemd: (target) => renderLink(place, keyTakes(name, keys), target),
        scripted: (target) =>
          scriptLink({ name, declared, keys, others, dhcpEvent: input.template("network/dhcp-event") }, target),
      },
    },
    {
      id: `network:${wait.name}`,
      title: name === anyLink ? "wait for any link" : `wait for the link ${name}`,
      origin,
      needs: [order(beginning(name), input, name), words(input, name)],
      provides: [{ is: "network", link: name }],
      takes: [],
      overrides: [],
      onFailure: isRequired && !declared.nofail ? "stop" : "go-on",
      isWaiting: true,
      ...(isRequired ? {} : { onDemand: true }),
      facts: { timeout: declared.timeout, "required-for-boot": isRequired },
      render: { systemd: (target) => renderWait(wait, target), scripted: () => scriptWait(wait) },
    },
  ];
}

const overrides = (["ip", "rd.neednet"] as const).map((word) => ({ word, effect: "replaces" }) as const);

function beginning(name: string): StepId {
  return `link:${name === anyLink ? "any" : name}`;
}

const wordsId = "network:command-line";

/** Links that must be there before this one can be made of them. */
function below(declared: DeclaredLink): readonly string[] {
  return [declared.vlan?.link, declared.bridge, declared.bond].filter((name) => name !== undefined);
}

function order(id: StepId, input: Input, name: string): Need {
  const origin = input.originOf("links", name);
  return { is: "one", of: { is: "step", id }, from: "step", strength: "order", origin };
}

function words(input: Input, name?: string): Need {
  const origin = name === undefined ? input.originOf("links") : input.originOf("links", name);
  return { is: "one", of: { is: "step", id: wordsId }, from: "step", strength: "requires", origin };
}

/** Whether it gets an address at all; a part of a bond or bridge does not. */
function isAddressed(declared: DeclaredLink): boolean {
  return isDynamic(declared) || declared.address.length > 0;
}

function isDynamic(declared: DeclaredLink): boolean {
  return declared.dhcp !== false || declared["ipv6-accept-ra"] === true;
}

function tellsNames(declared: DeclaredLink): boolean {
  return declared.dns.length > 0 || declared.domains.length > 0 || (declared["use-dns"] && isDynamic(declared));
}

function factsOf(name: string, declared: DeclaredLink): BootStep["facts"] {
  return {
    link: name,
    ...(declared.kind === undefined ? {} : { kind: declared.kind }),
    dhcp: declared.dhcp,
    address: declared.address.join(","),
    gateway: declared.gateway.join(","),
    dns: declared.dns.join(","),
    ...(declared["mtu-bytes"] === undefined ? {} : { mtu: declared["mtu-bytes"] }),
  };
}

/** What `ip=` and `rd.neednet` ask for. */
function wordsStep(value: DeclaredNetwork, input: Input): BootStep {
  const origin = input.originOf("links");
  const wait = {
    ...common(value),
    name: "command-line",
    isBoot: false,
    mustSucceed: false,
    resolvConf: resolvConf(input),
    origin,
  };
  return {
    id: wordsId,
    title: "wait for the links of ip= on the kernel command line",
    origin,
    needs: Object.keys(value.links).map((name) => order(beginning(name), input, name)),
    provides: [],
    takes: [],
    overrides,
    onFailure: "go-on",
    isWaiting: true,
    facts: {},
    render: { systemd: (target) => renderWords(wait, target), scripted: () => scriptWords() },
  };
}

function common(value: DeclaredNetwork): { readonly seconds: number } {
  return { seconds: Math.max(...Object.values(value.links).map(({ timeout }) => timeout)) };
}

/** The network, whichever link it is: those that are required for the boot, or else any one. */
function onlineStep(value: DeclaredNetwork, input: Input): BootStep {
  const origin = input.originOf("links");
  const all = Object.entries(value.links);
  const required = all.filter(([name, declared]) => declared["required-for-boot"] && name !== anyLink);
  const wait: Wait = {
    ...common(value),
    name: "online",
    links: required.map(([name, declared]) => ({ name, ...(isAddressed(declared) ? {} : { state: "carrier" }) })),
    ignore: [],
    isBoot: false,
    mustSucceed: false,
    resolvConf: all.some(([, declared]) => tellsNames(declared)) ? resolvConf(input) : undefined,
    origin,
  };
  return {
    id: "network:online",
    title: "wait for the network",
    origin,
    needs: [...all.map(([name]) => order(beginning(name), input, name)), words(input)],
    provides: [{ is: "network" }],
    takes: [],
    overrides: [],
    onFailure: "go-on",
    onDemand: true,
    isWaiting: true,
    facts: { links: required.map(([name]) => name).join(",") || "any" },
    render: { systemd: (target) => renderWait(wait, target), scripted: () => scriptWait(wait) },
  };
}

function flushSteps(value: DeclaredNetwork, input: Input): readonly BootStep[] {
  if (value["hand-over"] === "keep") return [];
  const links = Object.entries(value.links)
    .filter(([name]) => name !== anyLink)
    .map(([name, { kind }]) => ({ name, isMade: kind !== undefined }));
  return [
    {
      id: "flush:network",
      title: "take the network down at the hand-over",
      origin: input.originOf("hand-over"),
      needs: [],
      provides: [],
      takes: [],
      overrides: [],
      onFailure: "go-on",
      facts: {},
      render: { systemd: (target) => renderFlush(links, target), scripted: () => scriptFlush() },
    },
  ];
}

function resolvConf(input: Input): FileTake {
  return {
    is: "file",
    path: "/usr/lib/unitrd/resolv-conf",
    mode: 0o755,
    content: input.template("network/resolv-conf"),
    why: "name servers that the network tells",
  };
}

/** Where programs look for name servers; the file itself is made when the network is there. */
function resolverTakes(input: Input): readonly Taken[] {
  const requirements: Requirement[] = [
    { is: "symlink", path: "/etc/resolv.conf", target: "/run/unitrd/resolv.conf", why: "name servers" },
  ];
  return requirements.map((requirement) => ({
    requirement,
    why: [{ what: "network", origin: input.originOf() }, { what: requirement.why }],
  }));
}
