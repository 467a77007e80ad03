import type { System } from './system.ts';

/** Larger lists of users are not read: such a system has its users elsewhere. */
const MAX_BYTES = 1024 * 1024;

/**
 * Whether a group has the user as its only member, like the groups that many systems make for each user, together with
 * an umask of 002. The rule of OpenSSH: nobody else has it as the first group, or is listed in it. Where neither list
 * knows the group (a directory service does), it is private when it has the number of its user.
 */
export function isPrivateGroup({ fs, uid, gid }: System, group: number): boolean {
  if (uid === null || group !== gid) return false;
  const users = rowsOf(fs, '/etc/passwd').map(([name, , id, first]) => ({ name, id, first }));
  const own = new Set(users.filter(({ id }) => id === String(uid)).map(({ name }) => name));
  const first = users.filter((user) => user.first === String(group));
  const listed = rowsOf(fs, '/etc/group').filter(([, , id]) => id === String(group));
  if (first.length + listed.length === 0) return group === uid;
  const members = listed.flatMap(([, , , names = '']) => names.split(',')).filter((name) => name !== '');
  return first.every(({ id }) => id === String(uid)) && members.every((name) => own.has(name));
}

function rowsOf(fs: System['fs'], path: string): string[][] {
  try {
    if (fs.statSync(path).size > MAX_BYTES) return [];
    const lines = fs.readFileSync(path, 'utf8').split('\n');
    return lines.map((line) => line.split(':'));
  } catch {
    return [];
  }
}
