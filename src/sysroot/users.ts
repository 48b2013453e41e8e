import type { Report } from "../diagnostics/diagnostic.ts";
import type { Why } from "../image/manifest.ts";
import { byteOrder } from "./byte-order.ts";
import { resolve } from "./resolve.ts";
import { sysusersLines } from "./sysusers.ts";
import type { Tree } from "./tree.ts";

export interface WantedAccounts {
  readonly users: readonly WantedAccount[];
  readonly groups: readonly WantedAccount[];
  /** The second field of root's line in shadow(5); default: locked. */
  readonly rootPassword?: string;
  /** Default: what the tree says. */
  readonly rootShell?: string;
}

export interface WantedAccount {
  readonly name: string;
  readonly why: Why;
}

export interface Accounts {
  /** The texts of /etc/passwd, /etc/group and /etc/shadow. */
  readonly passwd: string;
  readonly group: string;
  readonly shadow: string;
  readonly users: ReadonlyMap<string, User>;
  readonly groups: ReadonlyMap<string, Group>;
}

export interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly gecos: string;
  readonly home: string;
  readonly shell: string;
}

export interface Group {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/**
 * The accounts that an image has: root, those that are wanted, and the primary group of each. Taken from the tree's
 * /etc/passwd and /etc/group, or else from sysusers.d(5), with ids of the system range (from 999 down, in byte order
 * of the names) where that leaves them open. Nobody has a password, except root when one is given.
 *
 * Reports U310 for a name that the tree does not know, U311 for one whose line makes no sense.
 */
export function accounts(tree: Tree, wanted: WantedAccounts, report: Report): Accounts {
  if (/[:\n]/.test(wanted.rootPassword ?? "")) throw new Error("a password's hash has no colon and no newline");
  const known = readDatabase(tree);
  const users = new Map<string, User>();
  const groups = new Map<string, Group>();

  const say = (kind: "user" | "group", { name, why }: WantedAccount): void => {
    const at = why.flatMap((reason) => (reason.origin === undefined ? [] : [reason.origin]));
    const where = known.malformed.get(name);
    const quoted = JSON.stringify(name);
    const because = why.at(-1)?.what;
    const asker = because === undefined ? "" : `, which is wanted: ${because}`;
    if (where === undefined) {
      report({ code: "U310", severity: "error", message: `the sysroot has no ${kind} ${quoted}${asker}`, at });
    } else {
      report({ code: "U311", severity: "error", message: `${where} does not describe the ${kind} ${quoted}`, at });
    }
  };

  const open: OpenAccount[] = [];
  for (const account of sortedByName([rootAccount, ...wanted.users])) {
    const user = known.users.get(account.name);
    if (user === undefined) say("user", account);
    else open.push({ user, group: known.groupOf(user) });
  }
  for (const account of sortedByName([rootAccount, ...wanted.groups])) {
    const group = known.groups.get(account.name);
    if (group === undefined) say("group", account);
    else open.push({ user: undefined, group });
  }

  const uids = new Set([...known.users.values()].map((user) => user.uid));
  const gids = new Set([...known.groups.values()].map((group) => group.gid));
  for (const { user, group } of open) {
    const gid = groups.get(group.name)?.gid ?? group.gid ?? freeId(gids, user === undefined ? gids : uids);
    gids.add(gid);
    groups.set(group.name, { name: group.name, gid, members: group.members });
    if (user === undefined) continue;
    const uid = user.uid ?? (group.name === user.name && !uids.has(gid) ? gid : freeId(uids, gids));
    uids.add(uid);
    users.set(user.name, { ...user, uid, gid });
  }
  const root = users.get("root");
  if (root !== undefined && wanted.rootShell !== undefined) users.set("root", { ...root, shell: wanted.rootShell });
  return render(users, groups, wanted.rootPassword ?? noPassword);
}

const rootAccount: WantedAccount = { name: "root", why: [] };
const locked = "!*";
/** No password fits, and yet sshd(8) takes keys: after `!` it would not. */
const noPassword = "*";

interface OpenAccount {
  readonly user: OpenUser | undefined;
  readonly group: OpenGroup;
}

type OpenUser = Omit<User, "uid" | "gid"> & {
  readonly uid: number | undefined;
  readonly group: number | string | undefined;
};
type OpenGroup = Omit<Group, "gid"> & { readonly gid: number | undefined };

interface Database {
  readonly users: ReadonlyMap<string, OpenUser>;
  readonly groups: ReadonlyMap<string, OpenGroup>;
  /** By name, where the line stands. */
  readonly malformed: ReadonlyMap<string, string>;
  groupOf(user: OpenUser): OpenGroup;
}

function readDatabase(tree: Tree): Database {
  const users = new Map<string, OpenUser>();
  const groups = new Map<string, OpenGroup>();
  const malformed = new Map<string, string>();
  const addUser = (user: OpenUser, where: string): void => {
    if (!isSaneUser(user)) malformed.set(user.name, where);
    else if (!users.has(user.name)) users.set(user.name, user);
  };
  const addGroup = (group: OpenGroup, where: string): void => {
    if (!isName(group.name)) malformed.set(group.name, where);
    else if (!groups.has(group.name)) groups.set(group.name, group);
  };

  for (const { fields, where } of databaseLines(tree, "/etc/passwd")) {
    const [name = "", , uid = "", gid = "", gecos = "", home = "", shell = ""] = fields;
    if (fields.length !== 7 || !isId(uid) || !isId(gid)) malformed.set(name, where);
    else addUser({ name, uid: Number(uid), group: Number(gid), gecos, home, shell }, where);
  }
  for (const { fields, where } of databaseLines(tree, "/etc/group")) {
    const [name = "", , gid = "", members = ""] = fields;
    if (fields.length !== 4 || !isId(gid)) malformed.set(name, where);
    else addGroup({ name, gid: Number(gid), members: members.split(",").filter(isName) }, where);
  }

  const lines = sysusersLines(tree);
  for (const line of lines) {
    if (line.is === "user") addUser(line, "sysusers.d");
    else if (line.is === "group") addGroup({ name: line.name, gid: line.gid, members: [] }, "sysusers.d");
    else if (line.is === "malformed" && !users.has(line.name)) malformed.set(line.name, line.where);
  }
  // systemd-sysusers(8) makes them when nobody else has.
  addUser({ name: "root", uid: 0, group: 0, gecos: "Super User", home: "/root", shell: "/bin/sh" }, "");
  addGroup({ name: "root", gid: 0, members: [] }, "");
  for (const line of lines) {
    const group = line.is === "member" ? groups.get(line.group) : undefined;
    if (group !== undefined && !group.members.includes(line.name)) {
      groups.set(group.name, { ...group, members: [...group.members, line.name] });
    }
  }

  const groupOf = (user: OpenUser): OpenGroup => {
    const own = groups.get(user.name);
    if (user.group === undefined) return own ?? { name: user.name, gid: user.uid, members: [] };
    if (typeof user.group === "string") {
      return groups.get(user.group) ?? { name: user.group, gid: undefined, members: [] };
    }
    if (own?.gid === user.group) return own;
    const byId = [...groups.values()].find((group) => group.gid === user.group);
    return byId ?? { name: own === undefined ? user.name : `gid${user.group}`, gid: user.group, members: [] };
  };
  return { users, groups, malformed, groupOf };
}

function databaseLines(
  tree: Tree,
  path: string,
): readonly { readonly fields: readonly string[]; readonly where: string }[] {
  const found = resolve(tree, path);
  if (!found.found || found.stat.type !== "file") return [];
  const text = Buffer.from(tree.readAt(found.path, 0, 4 * 1024 * 1024)).toString();
  return text.split("\n").flatMap((line, index) => {
    const isEntry = line !== "" && !/^[#+-]/.test(line);
    return isEntry ? [{ fields: line.split(":"), where: `${path}:${index + 1}` }] : [];
  });
}

function isId(text: string): boolean {
  return /^\d{1,10}$/.test(text) && Number(text) < 0xffffffff;
}

/** Stricter than the kernel, as strict as useradd(8) and sysusers.d(5). */
function isName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_.-]{0,30}\$?$/.test(name);
}

function isSaneUser(user: OpenUser): boolean {
  const isField = (text: string): boolean => !/[:\p{Cc}]/u.test(text);
  const isPath = (text: string): boolean => text === "" || (text.startsWith("/") && isField(text));
  const hasGroup = typeof user.group !== "string" || isName(user.group);
  return isName(user.name) && hasGroup && isField(user.gecos) && isPath(user.home) && isPath(user.shell);
}

function sortedByName(wanted: readonly WantedAccount[]): readonly WantedAccount[] {
  const byName = new Map(wanted.toReversed().map((account) => [account.name, account]));
  return [...byName.values()].sort((a, b) => byteOrder(a.name, b.name));
}

/** The highest id of the system range that neither set has, as systemd-sysusers(8) chooses. */
function freeId(one: ReadonlySet<number | undefined>, other: ReadonlySet<number | undefined>): number {
  let id = 999;
  while (id > 1 && (one.has(id) || other.has(id))) id--;
  return id;
}

function render(users: ReadonlyMap<string, User>, groups: ReadonlyMap<string, Group>, rootPassword: string): Accounts {
  const sorted = [...users.values()].sort((a, b) => a.uid - b.uid || byteOrder(a.name, b.name));
  const present = new Map(
    [...groups.values()]
      .sort((a, b) => a.gid - b.gid || byteOrder(a.name, b.name))
      .map((group) => [group.name, { ...group, members: group.members.filter((name) => users.has(name)) }]),
  );
  const lines = (all: readonly string[]): string => all.map((line) => `${line}\n`).join("");
  return {
    passwd: lines(sorted.map((u) => `${u.name}:x:${u.uid}:${u.gid}:${u.gecos}:${u.home}:${u.shell}`)),
    group: lines([...present.values()].map((group) => `${group.name}:x:${group.gid}:${group.members.join(",")}`)),
    shadow: lines(sorted.map(({ name }) => `${name}:${name === "root" ? rootPassword : locked}:::::::`)),
    users: new Map(sorted.map((user) => [user.name, user])),
    groups: present,
  };
}
