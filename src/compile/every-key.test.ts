import * as z from "zod";
import { describe, expect, it } from "vitest";
import { layers, type Schema } from "../config/schema-walk.ts";
import { opensshKey } from "../features/ssh/host-key.ts";
import type { MemoryFile } from "../sysroot/memory-tree.ts";
import { tinyElf } from "../sysroot/tiny-elf.ts";
import { compileText, plainRoot, syntheticSysroot } from "../testing/synthetic-sysroot.ts";
import { declarationSchema } from "./declaration.ts";

/**
 * For each key of the schema a declaration in which `@` is replaced by nothing, and by this key. A key that has no line
 * here fails the test: whoever adds one says here how it shows.
 */
interface Example {
  /** Around the key; `plainRoot` is added when it has no root of its own. */
  readonly around: string;
  readonly key: string;
  /** What stands there instead of nothing. */
  readonly instead?: string;
  /** What is found with the key, when something is. */
  readonly codes?: readonly string[];
}

const raid = '[raid.a]\nuuid = "11111111:22224333:84445555:55555501"\n@';
const lvm = '[lvm.vg0]\nvolumes = ["root"]\n@';
const luks = '[luks.a]\ndevice = "UUID=a"\n@';
const verity = '[verity.root]\ndata-device = "UUID=a"\nhash-device = "UUID=b"\n@';
const integrity = '[integrity.a]\ndevice = "UUID=a"\n@';
const otherFilesystem = '[filesystems."/b"]\ndevice = "UUID=b"\ntype = "ext4"\n@';
const overlay = '[filesystems."/b"]\ntype = "overlay"\nlower = ["/srv"]\n@';
const scripted = '[stage-one]\nkind = "scripted"\n';
const bcachefs = `${scripted}[filesystems."/"]\ntype = "bcachefs"\ndevice = "UUID=b"\n@`;
const hook = `${scripted}[hooks.a]\nsource = "hook"\nafter = ["mount:/"]\n@`;
const link = "[network.links.eth0]\n@";
const owner = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIC";
const ssh = `[network.links.eth0]\n[ssh]\nauthorized-keys = ["${owner} owner"]\n@`;
const wireguard = '[network.links.wg0]\nkind = "wireguard"\n[network.links.wg0.wireguard]\n';
const nbd = "[network.links.eth0]\n[nbd.nbd0]\n@";
const iscsi = "[network.links.eth0]\n[iscsi.a]\n";
const portal = 'address = "192.0.2.1"\n';
const target = 'target = "iqn.2024-01.org.example:a"\n';
const initiator = 'initiator = "iqn.2024-01.org.example:m"\n';
const unit = '[units."a.service"]\n@';
const text = 'text = "[Service]\\nExecStart=/usr/bin/echo\\n"';

const examples: Readonly<Record<string, Example>> = {
  "image.kernel": { around: "[image]\n@", key: 'kernel = "6.0.0-old"' },
  "image.drivers": { around: "[image]\n@", key: 'drivers = "declared"' },
  "image.host": {
    around: '[image]\ndrivers = "host"\n@',
    key: 'host = "host.json"',
    instead: 'host = "other.json"',
  },
  "image.microcode": { around: "[image]\n@", key: 'microcode = "all"' },
  "image.compression": { around: "[image]\n@", key: 'compression = "gzip"' },
  "image.hostname": { around: "[image]\n@", key: 'hostname = "server"' },
  "stage-one.kind": { around: "[stage-one]\n@", key: 'kind = "scripted"' },
  "stage-one.on-unsupported": {
    around: '[stage-one]\n@\n[luks.a]\ndevice = "UUID=a"\nunlock = [{ command = ["echo", "a"] }]',
    key: 'on-unsupported = "error"',
    codes: ["U252"],
  },
  "stage-one.emergency-access": { around: "[stage-one]\n@", key: "emergency-access = true" },
  "stage-one.panic-on-fail": { around: "[stage-one]\n@", key: "panic-on-fail = true" },
  "stage-one.command-line-shell": { around: "[stage-one]\n@", key: "command-line-shell = true" },
  "stage-one.device-timeout": { around: "[stage-one]\n@", key: 'device-timeout = "5s"' },
  "modules.available": { around: "[modules]\n@", key: 'available = ["nvme"]' },
  "modules.load": { around: "[modules]\n@", key: 'load = ["virtio_gpu"]' },
  "modules.deny": { around: "[modules]\n@", key: 'deny = ["nouveau"]' },
  "modules.options.*": {
    around: '[modules]\navailable = ["kvm_amd"]\n[modules.options]\n@',
    key: 'kvm_amd = ["nested=1"]',
  },
  "console.keymap": { around: "[console]\n@", key: 'keymap = "de"' },
  "console.font": { around: "[console]\n@", key: 'font = "Lat15"' },
  "console.devices": { around: `[console]\n@\n${luks.replace("@", "")}`, key: 'devices = ["ttyS0"]' },
  "network.import": { around: "[network]\n@", key: 'import = ["lan.network"]' },
  "ssh.authorized-keys": {
    around: `[network.links.eth0]\n[ssh]\nauthorized-keys-files = ["owner.pub"]\n@`,
    key: `authorized-keys = ["${owner} other"]`,
  },
  "ssh.authorized-keys-files": { around: ssh, key: 'authorized-keys-files = ["owner.pub"]' },
  "ssh.host-keys": { around: ssh, key: 'host-keys = ["host-key"]' },
  "ssh.server": { around: ssh, key: 'server = "dropbear"' },
  "ssh.port": { around: ssh, key: "port = 2222" },
  "ssh.listen": { around: ssh, key: 'listen = ["192.0.2.7"]' },
  "ssh.command": { around: ssh, key: 'command = "/usr/bin/systemctl default"' },
  "ssh.shell": { around: ssh, key: "shell = true" },
  "network.links.*.match.mac-address": {
    around: '[network.links.eth0]\n[network.links.eth0.match]\ndriver = "virtio_net"\n@',
    key: 'mac-address = "52:54:00:12:34:56"',
  },
  "network.links.*.match.driver": {
    around: '[network.links.eth0]\n[network.links.eth0.match]\npath = "pci-*"\n@',
    key: 'driver = "virtio_net"',
  },
  "network.links.*.match.path": {
    around: '[network.links.eth0]\n[network.links.eth0.match]\ndriver = "virtio_net"\n@',
    key: 'path = "pci-0000:00:02.0"',
  },
  "network.links.*.kind": { around: "[network.links.dummy0]\n@", key: 'kind = "dummy"' },
  "network.links.*.mac-address": { around: link, key: 'mac-address = "52:54:00:12:34:56"' },
  "network.links.*.mtu-bytes": { around: link, key: "mtu-bytes = 1400" },
  "network.links.*.dhcp": { around: link, key: "dhcp = true" },
  "network.links.*.address": { around: link, key: 'address = ["192.0.2.7/24"]' },
  "network.links.*.gateway": { around: link, key: 'gateway = ["192.0.2.1"]' },
  "network.links.*.dns": { around: link, key: 'dns = ["192.0.2.1"]' },
  "network.links.*.domains": { around: link, key: 'domains = ["example.org"]' },
  "network.links.*.use-dns": { around: `${link}\ndhcp = true`, key: "use-dns = false" },
  "network.links.*.ipv6-accept-ra": { around: link, key: "ipv6-accept-ra = false" },
  "network.links.*.link-local-addressing": { around: link, key: 'link-local-addressing = "no"' },
  "network.links.*.client-identifier": { around: `${link}\ndhcp = true`, key: 'client-identifier = "duid"' },
  "network.links.*.route-metric": { around: `${link}\ndhcp = true`, key: "route-metric = 5" },
  "network.links.*.routes": { around: link, key: 'routes = [{ destination = "10.0.0.0/8", gateway = "192.0.2.1" }]' },
  "network.links.*.bridge": { around: `[network.links.br0]\nkind = "bridge"\n${link}`, key: 'bridge = "br0"' },
  "network.links.*.bond": { around: `[network.links.bond0]\nkind = "bond"\n${link}`, key: 'bond = "bond0"' },
  "network.links.*.vlan.id": {
    around: '[network.links.eth0]\n[network.links.vlan5]\nkind = "vlan"\n[network.links.vlan5.vlan]\nlink = "eth0"\n@',
    key: "id = 5",
    instead: "id = 6",
  },
  "network.links.*.vlan.link": {
    around:
      '[network.links.eth0]\n[network.links.eth1]\n[network.links.vlan5]\nkind = "vlan"\n[network.links.vlan5.vlan]\nid = 5\n@',
    key: 'link = "eth0"',
    instead: 'link = "eth1"',
  },
  "network.links.*.bond-options.mode": {
    around: '[network.links.bond0]\nkind = "bond"\n[network.links.bond0.bond-options]\n@',
    key: 'mode = "802.3ad"',
  },
  "network.links.*.bond-options.mii-monitor-sec": {
    around: '[network.links.bond0]\nkind = "bond"\n[network.links.bond0.bond-options]\n@',
    key: 'mii-monitor-sec = "100ms"',
  },
  "network.links.*.bond-options.lacp-transmit-rate": {
    around: '[network.links.bond0]\nkind = "bond"\n[network.links.bond0.bond-options]\n@',
    key: 'lacp-transmit-rate = "fast"',
  },
  "network.links.*.bond-options.transmit-hash-policy": {
    around: '[network.links.bond0]\nkind = "bond"\n[network.links.bond0.bond-options]\n@',
    key: 'transmit-hash-policy = "layer2+3"',
  },
  "network.links.*.bridge-options.stp": {
    around: '[network.links.br0]\nkind = "bridge"\n[network.links.br0.bridge-options]\n@',
    key: "stp = true",
  },
  "network.links.*.bridge-options.forward-delay-sec": {
    around: '[network.links.br0]\nkind = "bridge"\n[network.links.br0.bridge-options]\n@',
    key: 'forward-delay-sec = "4s"',
  },
  "network.links.*.wireguard.private-key-file": {
    around: `${wireguard}@`,
    key: 'private-key-file = "wg.key"',
    instead: 'private-key-file = "wg2.key"',
  },
  "network.links.*.wireguard.listen-port": {
    around: `${wireguard}private-key-file = "wg.key"\n@`,
    key: "listen-port = 51820",
  },
  "network.links.*.wireguard.peers": {
    around: `${wireguard}private-key-file = "wg.key"\n@`,
    key: `peers = [{ public-key = "${"A".repeat(43)}=" }]`,
  },
  "network.links.*.required-for-boot": { around: link, key: "required-for-boot = true" },
  "network.links.*.nofail": { around: `${link}\nrequired-for-boot = true`, key: "nofail = true" },
  "network.links.*.timeout": { around: `${link}\nrequired-for-boot = true`, key: 'timeout = "5s"' },
  "network.hand-over": { around: `[network]\n@\n${link.replace("@", "")}`, key: 'hand-over = "flush"' },
  "stage-one.close-at-shutdown": {
    around: `[stage-one]\n@\n${luks.replace("@", "")}`,
    key: "close-at-shutdown = false",
  },
  "nbd.*.server": { around: nbd, key: 'server = "192.0.2.1"', instead: 'server = "192.0.2.2"' },
  "nbd.*.port": { around: `${nbd}\nserver = "192.0.2.1"`, key: "port = 1" },
  "nbd.*.export": { around: `${nbd}\nserver = "192.0.2.1"`, key: 'export = "root"' },
  "nbd.*.read-only": { around: `${nbd}\nserver = "192.0.2.1"`, key: "read-only = true" },
  "nbd.*.nofail": { around: `${nbd}\nserver = "192.0.2.1"`, key: "nofail = true" },
  "iscsi.*.address": {
    around: `${iscsi}${target}${initiator}@`,
    key: 'address = "192.0.2.1"',
    instead: 'address = "192.0.2.2"',
  },
  "iscsi.*.target": {
    around: `${iscsi}${portal}${initiator}@`,
    key: target,
    instead: 'target = "iqn.2024-01.org.example:b"',
  },
  "iscsi.*.initiator": {
    around: `${iscsi}${portal}${target}@`,
    key: initiator,
    instead: 'initiator = "iqn.2024-01.org.example:n"',
  },
  "iscsi.*.port": { around: `${iscsi}${portal}${target}${initiator}@`, key: "port = 1" },
  "iscsi.*.target-portal-group": {
    around: `${iscsi}${portal}${target}${initiator}@`,
    key: "target-portal-group = 2",
  },
  "iscsi.*.nofail": { around: `${iscsi}${portal}${target}${initiator}@`, key: "nofail = true" },
  "filesystems.*.remote": {
    around: '[network.links.eth0]\n[filesystems."/b"]\ntype = "nfs"\n@',
    key: 'remote = "192.0.2.1:/a"',
    instead: 'remote = "192.0.2.1:/b"',
  },
  "raid.*.devices": { around: "[raid.a]\n@", key: 'devices = ["UUID=a"]', instead: 'devices = ["UUID=b"]' },
  "raid.*.uuid": { around: '[raid.a]\ndevices = ["UUID=a"]\n@', key: 'uuid = "11111111:22224333:84445555:55555501"' },
  "raid.*.name": { around: '[raid.a]\ndevices = ["UUID=a"]\n@', key: 'name = "a"' },
  "raid.*.config": { around: '[raid.a]\ndevices = ["UUID=a"]\n@', key: 'config = "mdadm.conf"' },
  "raid.*.level": { around: raid, key: 'level = "1"' },
  "raid.*.degraded": { around: raid, key: "degraded = true" },
  "raid.*.degraded-after": { around: `${raid}\ndegraded = true`, key: 'degraded-after = "5s"' },
  "raid.*.nofail": { around: raid, key: "nofail = true" },
  "raid.*.device-timeout": { around: raid, key: 'device-timeout = "5s"' },
  "lvm.*.volumes": { around: "[lvm.vg0]\n@", key: 'volumes = ["a"]', instead: 'volumes = ["b"]' },
  "lvm.*.thin": { around: lvm, key: 'thin = ["a"]' },
  "lvm.*.kinds": { around: lvm, key: 'kinds = ["raid"]' },
  "lvm.*.devices": { around: lvm, key: 'devices = ["UUID=a"]' },
  "lvm.*.partial": { around: lvm, key: "partial = true" },
  "lvm.*.config": { around: lvm, key: 'config = "lvm.conf"' },
  "lvm.*.nofail": { around: lvm, key: "nofail = true" },
  "lvm.*.device-timeout": { around: lvm, key: 'device-timeout = "5s"' },
  "luks.*.device": { around: "[luks.a]\n@", key: 'device = "UUID=a"', instead: 'device = "UUID=b"' },
  "luks.*.unlock": {
    around: `${luks}\nkey-file = "key"`,
    key: 'unlock = ["key-file"]',
  },
  // A file stands in the examples of other keys.
  "luks.*.key-file.secret": {
    around: `${luks}\n[secrets.one]\nfile = "key"\n[secrets.two]\nfile = "key"`,
    key: 'key-file = { secret = "one" }',
    instead: 'key-file = { secret = "two" }',
  },
  "luks.*.header": { around: luks, key: 'header = "header"' },
  "luks.*.header-device": { around: luks, key: 'header-device = "UUID=b"' },
  "luks.*.cipher": { around: luks, key: 'cipher = "serpent-xts-plain64"' },
  "luks.*.integrity": { around: luks, key: 'integrity = "hmac-sha256"' },
  "luks.*.tries": { around: luks, key: "tries = 3" },
  "luks.*.options": { around: luks, key: 'options = ["discard"]' },
  "luks.*.nofail": { around: luks, key: "nofail = true" },
  "luks.*.device-timeout": { around: luks, key: 'device-timeout = "5s"' },
  "verity.*.data-device": {
    around: '[verity.root]\nhash-device = "UUID=b"\n@',
    key: 'data-device = "UUID=a"',
    instead: 'data-device = "UUID=c"',
  },
  "verity.*.hash-device": {
    around: '[verity.root]\ndata-device = "UUID=b"\n@',
    key: 'hash-device = "UUID=a"',
    instead: 'hash-device = "UUID=c"',
  },
  "verity.*.hash-offset": { around: verity, key: "hash-offset = 4096" },
  "verity.*.root-hash": { around: verity, key: `root-hash = "${"ab".repeat(32)}"` },
  "verity.*.hash-algorithm": { around: verity, key: 'hash-algorithm = "sha512"' },
  "verity.*.on-corruption": { around: verity, key: 'on-corruption = "panic"' },
  "verity.*.fec-device": { around: verity, key: 'fec-device = "UUID=c"' },
  "verity.*.options": { around: verity, key: 'options = ["check-at-most-once"]' },
  "verity.*.device-timeout": { around: verity, key: 'device-timeout = "5s"' },
  "integrity.*.device": {
    around: "[integrity.a]\n@",
    key: 'device = "UUID=a"',
    instead: 'device = "UUID=b"',
  },
  "integrity.*.algorithm": { around: integrity, key: 'algorithm = "sha256"' },
  "integrity.*.mode": { around: integrity, key: 'mode = "bitmap"' },
  "integrity.*.key-file": {
    around: `${integrity}\nalgorithm = "hmac-sha256"`,
    key: 'key-file = "key"',
    instead: 'key-file = "header"',
  },
  "integrity.*.options": { around: integrity, key: 'options = ["allow-discards"]' },
  "integrity.*.device-timeout": { around: integrity, key: 'device-timeout = "5s"' },
  "hibernation.resume": {
    around: "[hibernation]\n@",
    key: 'resume = "UUID=a"',
    instead: 'resume = "UUID=b"',
  },
  "hibernation.offset": { around: '[hibernation]\nresume = "UUID=a"\n@', key: "offset = 5" },
  "hibernation.device-timeout": { around: '[hibernation]\nresume = "UUID=a"\n@', key: 'device-timeout = "5s"' },
  "filesystems.*.device": {
    around: '[filesystems."/"]\ntype = "ext4"\n@',
    key: 'device = "UUID=a"',
    instead: 'device = "UUID=b"',
  },
  "filesystems.*.devices": {
    around: bcachefs.replace('device = "UUID=b"\n', ""),
    key: 'devices = ["UUID=a", "UUID=b"]',
  },
  "filesystems.*.degraded": { around: bcachefs, key: "degraded = true" },
  "filesystems.*.dataset": { around: `${scripted}[filesystems."/"]\ntype = "zfs"\n@`, key: 'dataset = "rpool/root"' },
  "filesystems.*.encryption.unlock": {
    around: `${bcachefs.replace("@", "")}[filesystems."/".encryption]\n@`,
    key: 'unlock = ["passphrase"]',
    instead: 'unlock = ["key-file"]',
  },
  "filesystems.*.encryption.key-file": {
    around: `${bcachefs.replace("@", "")}[filesystems."/".encryption]\n@`,
    key: 'key-file = "key"\nunlock = ["key-file"]',
    instead: "\n",
  },
  "filesystems.*.type": {
    around: '[filesystems."/"]\ndevice = "UUID=a"\n@',
    key: 'type = "ext4"',
    instead: 'type = "xfs"',
  },
  "filesystems.*.source": {
    around: '[filesystems."/b"]\ntype = "bind"\n@',
    key: 'source = "/srv"',
    instead: 'source = "/home"',
  },
  "filesystems.*.image": {
    around: '[filesystems."/b"]\ntype = "ext4"\n@',
    key: 'image = "/srv/a"',
    instead: 'image = "/srv/b"',
  },
  "filesystems.*.copy-to-ram": {
    around: '[filesystems."/b"]\ntype = "squashfs"\ndevice = "UUID=b"\n@',
    key: "copy-to-ram = true",
  },
  "filesystems.*.tag": {
    around: '[filesystems."/b"]\ntype = "9p"\n@',
    key: 'tag = "a"',
    instead: 'tag = "b"',
  },
  "filesystems.*.lower": {
    around: '[filesystems."/b"]\ntype = "overlay"\n@',
    key: 'lower = ["/srv"]',
    instead: 'lower = ["/home"]',
  },
  "filesystems.*.upper": { around: overlay, key: 'upper = "/srv/upper"' },
  "filesystems.*.work": { around: `${overlay}\nupper = "/srv/upper"`, key: 'work = "/srv/work"' },
  "filesystems.*.make-directories": {
    around: `${overlay}\nupper = "/srv/upper"`,
    key: "make-directories = true",
  },
  "filesystems.*.volatile": {
    around: '[filesystems."/"]\ndevice = "UUID=a"\ntype = "ext4"\n@',
    key: 'volatile = "overlay"',
  },
  "filesystems.*.options": { around: otherFilesystem, key: 'options = ["noatime"]' },
  "filesystems.*.fsck": { around: otherFilesystem, key: "fsck = false" },
  "filesystems.*.grow": { around: otherFilesystem, key: "grow = true" },
  "filesystems.*.make-filesystem": {
    around: otherFilesystem.replace("UUID=b", "PARTUUID=b"),
    key: "make-filesystem = true",
  },
  "filesystems.*.nofail": { around: otherFilesystem, key: "nofail = true" },
  "filesystems.*.device-timeout": { around: otherFilesystem, key: 'device-timeout = "5s"' },
  "hooks.*.source": {
    around: `${scripted}[hooks.a]\nafter = ["mount:/"]\n@`,
    key: 'source = "hook"',
    instead: 'source = "other"',
  },
  "hooks.*.before": { around: hook.replace("after", "#"), key: 'before = ["mount:/"]' },
  "hooks.*.after": { around: hook.replace("after", "#"), key: 'after = ["mount:/"]' },
  "hooks.*.programs": { around: hook, key: 'programs = ["systemctl"]' },
  "hooks.*.makes": { around: hook, key: 'makes = ["/dev/mapper/x"]' },
  "hooks.*.nofail": { around: hook, key: "nofail = true" },
  "files.*.source": { around: '[files."/etc/a"]\n@', key: 'source = "key"', instead: 'source = "header"' },
  "files.*.text": { around: '[files."/etc/a"]\n@', key: 'text = "a"', instead: 'text = "b"' },
  "files.*.link": { around: '[files."/etc/a"]\n@', key: 'link = "a"', instead: 'link = "b"' },
  "files.*.mode": { around: '[files."/etc/a"]\ntext = "a"\n@', key: 'mode = "0755"' },
  "files.*.secret": { around: '[files."/etc/a"]\ntext = "a"\nmode = "0600"\n@', key: "secret = true" },
  "secrets.*.file": { around: "[secrets.a]\n@", key: 'file = "key"', instead: 'file = "header"' },
  "secrets.*.command": { around: "[secrets.a]\n@", key: 'command = ["echo", "a"]', instead: 'command = ["echo", "b"]' },
  "secrets.*.credential": {
    around: "[secrets.a]\n@",
    key: 'credential = "credential"',
    instead: 'file = "key"',
    codes: ["U905"],
  },
  "secrets.*.path": { around: '[secrets.a]\nfile = "key"\n@', key: 'path = "/etc/token"' },
  "secrets.*.keep": { around: '[secrets.a]\nfile = "key"\n@', key: "keep = true" },
  "secrets.*.before": {
    around: '[luks.a]\ndevice = "UUID=a"\n[secrets.a]\ncredential = "credential"\n@',
    key: 'before = ["luks:a"]',
    codes: ["U905"],
  },
  "programs.include": { around: "[programs]\n@", key: 'include = ["dmsetup"]' },
  "users.include": { around: "[users]\n@", key: 'include = ["sshd"]' },
  "users.groups": { around: "[users]\n@", key: 'groups = ["tss"]' },
  "units.*.text": { around: unit, key: text, instead: text.replace("echo", "mount") },
  "units.*.source": { around: unit, key: 'source = "unit"', instead: text },
  "units.*.shipped": { around: '[units."debug-shell.service"]\n@', key: "shipped = true" },
  "units.*.leave-out": { around: '[units."paths.target"]\n@', key: "leave-out = true" },
  "units.*.drop-in": { around: `${unit}\n${text}`, key: 'drop-in = "[Unit]\\nAfter=basic.target\\n"' },
  "units.*.wanted-by": { around: `${unit}\n${text}`, key: 'wanted-by = ["initrd.target"]' },
  "units.*.required-by": { around: `${unit}\n${text}`, key: 'required-by = ["initrd.target"]' },
  "sysctl.*": { around: "[sysctl]\n@", key: '"kernel.printk" = "4"' },
};

/** Keys that change how an image is packed, not what is in it. */
const packing: ReadonlySet<string> = new Set(["image.compression"]);

describe("a key of the declaration", () => {
  const keys = leafKeys(declarationSchema);

  it("stands in the table of examples, and nothing else does", () => {
    expect(Object.keys(examples).sort()).toEqual([...keys].sort());
  });

  it.each(keys)("%s is never accepted and ignored", async (path) => {
    const example = examples[path];
    if (example === undefined) return expect.unreachable(`${path} has no example`);
    const [without, withKey] = [
      await outcome(path, example, example.instead ?? ""),
      await outcome(path, example, example.key),
    ];
    // A key that was refused, or was not known, would show as well.
    expect(withKey.codes).toEqual(example.codes ?? []);
    expect(withKey.all).not.toEqual(without.all);
  });
});

async function outcome(
  path: string,
  { around }: Example,
  key: string,
): Promise<{ codes: readonly string[]; all: unknown }> {
  const declaration = around.replace("@", key);
  const root = declaration.includes('[filesystems."/"]') ? "" : plainRoot;
  const { compiled, found } = await compileText(`${declaration}\n${root}`, { sysroot, beside });
  return {
    codes: found.map(({ code }) => code),
    all: {
      found: found.map(({ code, message }) => [code, message]),
      plan: compiled?.plan.steps.map(({ id, title, facts, needs, provides }) => ({
        id,
        title,
        facts,
        needs,
        provides,
      })),
      entries: compiled?.manifest.entries.map((entry) => ({ ...entry, why: [] })),
      ...(packing.has(path) ? { packing: compiled?.declaration.value.image } : {}),
    },
  };
}

const sysroot = syntheticSysroot({
  "/usr/lib/modules/6.0.0-old/modules.dep": "kernel/ext4.ko:\n",
  "/usr/lib/modules/6.0.0-old/kernel/ext4.ko": tinyElf(),
  "/usr/share/keymaps/de.map": "keycode 1 = Escape\n",
  "/usr/share/consolefonts/Lat15.psf": "font",
  "/usr/sbin/mount.bcachefs": tinyElf(),
  "/usr/sbin/bcachefs": tinyElf(),
  "/usr/bin/keyctl": tinyElf(),
  "/usr/sbin/zfs": tinyElf(),
  "/usr/sbin/zpool": tinyElf(),
  "/usr/sbin/mount.zfs": tinyElf(),
  ...Object.fromEntries(
    ["systemd-growfs", "systemd-hibernate-resume", "system-generators/systemd-hibernate-resume-generator"].map(
      (name) => [`/usr/lib/systemd/${name}`, tinyElf()],
    ),
  ),
  ...Object.fromEntries(["blkid", "head", "tr", "wc", "mkfs.ext4"].map((name) => [`/usr/bin/${name}`, tinyElf()])),
  // A container of no patches.
  "/usr/lib/firmware/amd-ucode/microcode_amd.bin": Uint8Array.from([0x44, 0x4d, 0x41, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
  "/usr/sbin/thin_check": tinyElf(),
});

const beside: Readonly<Record<string, MemoryFile>> = {
  "/owner.pub": `${owner} in a file\n`,
  "/host-key": opensshKey({ seed: new Uint8Array(32), publicKey: new Uint8Array(32).fill(9) }, "given"),
  "/mdadm.conf": "ARRAY /dev/md/a name=b\n",
  "/lvm.conf": "devices {\n}\n",
  "/key": "k".repeat(32),
  "/header": "header",
  "/host.json": hostReport("nvme"),
  "/other.json": hostReport("xfs"),
  "/credential": "BYRp2vb1QySABUnaD46i+yAAAAABAAAADAAAABAAAAB5OGYmpJXqthyqh0EA\nAAAAViHbDZE3phUxXJw=\n",
  "/lan.network": "[Match]\nName=eth0\n[Network]\nDHCP=yes\n",
  "/wg.key": `${"A".repeat(43)}=\n`,
  "/wg2.key": `${"B".repeat(43)}=\n`,
  "/hook": "#!/bin/sh\n",
  "/other": "#!/bin/sh\necho\n",
  "/unit": "[Service]\nExecStart=/usr/bin/mount\n",
};

function hostReport(module: string): string {
  return JSON.stringify({ "unitrd-host": 1, devices: [{ path: "/devices/a", module, uses: ["storage"] }] });
}

/** Paths of all keys that hold a value, `*` for the name of a named table. */
function leafKeys(schema: Schema, path = ""): readonly string[] {
  const below = layers(schema).flatMap((layer): readonly string[] => {
    if (layer instanceof z.ZodObject) {
      const shape: Readonly<Record<string, Schema>> = layer.def.shape;
      return Object.entries(shape).flatMap(([key, child]) => leafKeys(child, path === "" ? key : `${path}.${key}`));
    }
    return layer instanceof z.ZodRecord ? leafKeys(layer.def.valueType, `${path}.*`) : [];
  });
  return below.length === 0 ? [path] : [...new Set(below)];
}
