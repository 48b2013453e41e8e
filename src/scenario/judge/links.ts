import type { Expectation, LinkExpectation } from "../expectation.ts";
import type { Judge } from "../failure.ts";
import { nearest } from "../near.ts";
import type { ReportedLink, StageTwo } from "../stage-two-report.ts";
import { judgeText } from "./text.ts";

/** Compares what stage two found of the network. */
export function judgeLinks(expectation: Expectation, { links, routes }: StageTwo, fail: Judge): void {
  for (const [name, wanted] of Object.entries(expectation.links ?? {})) {
    const link = links.find((one) => one.name === name);
    const about: About = (key, expected, found) => {
      fail({ path: ["links", name, ...(key === undefined ? [] : [key])], expected, found, near: [] });
    };
    if (wanted === "absent") {
      if (link !== undefined) about(undefined, `no link ${name}`, described(link));
    } else if (link === undefined) {
      const names = links.map((one) => one.name);
      fail({ path: ["links", name], expected: `a link ${name}`, found: names.join(", "), near: nearest(name, names) });
    } else {
      judgeLink(wanted, link, about);
    }
  }
  judgeText(["routes"], expectation.routes, routes, fail);
}

type About = (key: keyof LinkExpectation | undefined, expected: string, found: string) => void;

function judgeLink(wanted: LinkExpectation, link: ReportedLink, about: About): void {
  const found = [...link.addresses].sort().join(" ") || "none";
  if (wanted.addresses !== undefined) {
    const expected = [...wanted.addresses].sort().join(" ") || "none";
    if (expected !== found) about("addresses", expected, found);
  }
  for (const source of wanted["address-matches"] ?? []) {
    if (!link.addresses.some((address) => new RegExp(source).test(address))) about("address-matches", source, found);
  }
  if (wanted.up !== undefined && wanted.up !== link.isUp) about("up", state(wanted.up), state(link.isUp));
  if (wanted.mtu !== undefined && wanted.mtu !== link.mtu) about("mtu", String(wanted.mtu), String(link.mtu));
}

function state(isUp: boolean): string {
  return isUp ? "up" : "down";
}

function described({ name, isUp, addresses }: ReportedLink): string {
  return `${name}, ${state(isUp)}: ${addresses.join(" ")}`;
}
