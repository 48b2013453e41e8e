import type { Content, Entry } from "../image/manifest.ts";
import type { Layer } from "../image/layers.ts";
import { pathOrder } from "../image/path-order.ts";

export interface ObserverParts {
  /** A busybox that needs no libraries: nothing of the image is used. */
  readonly busybox: Uint8Array;
  /** The text of templates/observer/observe. */
  readonly script: string;
  /** The texts of units/observer/unitrd-observer-EVENT.service. */
  readonly units: Readonly<Record<ObservedEvent, string>>;
  /** The drivers of the port, uncompressed, each after those it needs; loaded only once the boot is decided. */
  readonly drivers: readonly Uint8Array[];
  /** Texts that are copied into /run/unitrd at the hand-over, by name. */
  readonly handed?: Readonly<Record<string, string>>;
}

export const observedEvents = ["hand-over", "emergency"] as const;
export type ObservedEvent = (typeof observedEvents)[number];

/**
 * An archive to append to any image whose PID 1 is systemd, or unitrd's script: it reports through the virtio-serial port
 * `org.unitrd.report` (see report.ts) how the initrd ends. Its directories are those every image has, with their usual
 * modes, and no other path of it can be in an image: the image itself stays what it was.
 */
export function observerLayer(parts: ObserverParts): Layer {
  const files: Entry[] = [
    file(`${home}/bin/busybox`, 0o755, parts.busybox),
    ...applets.map((name) => link(`${home}/bin/${name}`, "busybox")),
    file(`${home}/observe`, 0o755, Buffer.from(parts.script)),
    ...parts.drivers.map((bytes, index) => file(`${home}/drivers/${String(index).padStart(2, "0")}.ko`, 0o644, bytes)),
    ...Object.entries(parts.handed ?? {}).map(([name, text]) =>
      file(`${home}/handed/${name}`, 0o644, Buffer.from(text)),
    ),
    ...observedEvents.map((event) => file(`${hooks[event]}/90-unitrd-observer`, 0o755, Buffer.from(hookText(event)))),
    ...observedEvents.flatMap((event) => [
      file(`${units}/${unitName(event)}`, 0o644, Buffer.from(parts.units[event])),
      link(`${units}/${wantedBy[event]}.wants/${unitName(event)}`, `../${unitName(event)}`),
    ]),
  ];
  return { name: "config", entries: withParents(files) };
}

/** The bytes of an entry of the observer. */
export function readObserver(content: Content): Uint8Array {
  if (content.is !== "bytes") throw new Error("an observer holds its own bytes");
  return content.bytes;
}

const home = "/usr/lib/unitrd-observer";
const units = "/usr/lib/systemd/system";
const wantedBy = { "hand-over": "initrd-switch-root.target", emergency: "emergency.target" } as const;

/** Where the scripted stage one looks for programs to run at these moments (templates/scripted/head.sh). */
const hooks = { "hand-over": "/etc/unitrd/hooks/hand-over", emergency: "/etc/unitrd/hooks/on-failure" } as const;

function hookText(event: ObservedEvent): string {
  return `#!${home}/bin/busybox sh\nexec ${home}/observe ${event}\n`;
}

/** What templates/observer/observe calls by name and the shell does not do itself. */
const applets = [
  ...[
    "cat",
    "cp",
    "dmesg",
    "grep",
    "gzip",
    "insmod",
    "mkdir",
    "mkfifo",
    "pidof",
    "sh",
    "sleep",
    "stat",
    "stty",
    "tar",
    "uname",
  ],
];

function unitName(event: ObservedEvent): string {
  return `unitrd-observer-${event}.service`;
}

function file(path: string, mode: number, bytes: Uint8Array): Entry {
  return { ...common(path), type: "file", mode, content: { is: "bytes", bytes } };
}

function link(path: string, target: string): Entry {
  return { ...common(path), type: "symlink", target };
}

function common(path: string) {
  return { path, layer: "config", uid: 0, gid: 0, why: [[{ what: "the observer of a boot" }]] } as const;
}

function withParents(files: readonly Entry[]): readonly Entry[] {
  const directories = new Set(files.flatMap(({ path }) => parents(path)));
  const made = [...directories].map((path): Entry => ({ ...common(path), type: "directory", mode: 0o755 }));
  return [...made, ...files].sort((a, b) => pathOrder(a.path, b.path));
}

function parents(path: string): readonly string[] {
  const names = path.split("/").slice(1, -1);
  return names.map((_, index) => `/${names.slice(0, index + 1).join("/")}`);
}
