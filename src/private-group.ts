import type { System } from './system.ts';

/** Larger lists of users are not read: such a system has its users elsewhere. */
const MAX_BYTES = 1024 * 1024;

/** The groups that have been looked up: one run judges several directories, and a list can have a megabyte. */
const known = new WeakMap<System['fs'], Map<string, boolean>>();

/**
 * Whether a group has the user as its only member, like the groups that many systems make for each user, together with
 * an umask of 002. The rule of OpenSSH: it is the user's first group (also while `newgrp` has given the process another
 * one), no other user has it as the first group, or is listed in it. A list without the user, or one that cannot be read,
 * does not know who else is a member (a directory service does): then a group is private when it has the number of its
 * user, and the lists name no member of it.
 */
export function isPrivateGroup({ fs, uid, gid }: System, group: number): boolean {
  if (uid === null) return false;
  const groups = known.get(fs) ?? new Map<string, boolean>();
  known.set(fs, groups);
  const key = `${uid}:${gid}:${group}`;
  const found = groups.get(key) ?? lookUp(fs, uid, gid, group);
  groups.set(key, found);
  return found;
}

function lookUp(fs: System['fs'], uid: number, gid: number | null, group: number): boolean {
  const users = (rowsOf(fs, '/etc/passwd', [uid, group]) ?? []).map(([name, , id, first]) => ({
    name,
    id,
    first,
  }));
  const user = users.filter(({ id }) => id === String(uid));
  const isFirst = group === gid || user.some(({ first }) => first === String(group));
  if (user.length === 0 ? group !== uid : !isFirst) return false;
  const own = new Set(user.map(({ name }) => name));
  const groups = rowsOf(fs, '/etc/group', [group]);
  // Anybody can be listed in it.
  if (groups === null) return false;
  const listed = groups.filter(([, , id]) => id === String(group));
  const members = listed.flatMap(([, , , names = '']) => names.split(',')).filter((name) => name !== '');
  const others = users.filter(({ id, first }) => id !== String(uid) && first === String(group));
  return others.length === 0 && members.every((name) => own.has(name));
}

/** The lines of a list that may have one of some numbers in them, as fields; null for a list that is too long. */
function rowsOf(fs: System['fs'], path: string, ids: readonly number[]): string[][] | null {
  try {
    if (fs.statSync(path).size > MAX_BYTES) return null;
    const lines = fs.readFileSync(path, 'utf8').split('\n');
    const rows = lines.filter((line) => ids.some((id) => line.includes(`:${id}:`)));
    return rows.map((line) => line.split(':'));
  } catch {
    return [];
  }
}
