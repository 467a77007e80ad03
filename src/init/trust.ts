import { errno } from '../platform/errno.ts';
import { readTextFile } from '../platform/files.ts';
import type { System } from '../platform/system.ts';
import { trustIn } from '../platform/trust.ts';

/**
 * Why a file at this path is not to be changed: another user could put another file or a link in its place.
 *
 * @param path absolute
 * @returns a reason in words, or null
 */
export function untrustedReason(system: System, path: string): string | null {
  const trust = trustIn(system, path, { file: true });
  switch (trust.kind) {
    case 'trusted':
      return null;
    case 'foreign':
      return `${trust.path} belongs to ${nameOf(system, trust.uid)}`;
    case 'open':
      return `${trust.path} can be written by ${trust.by}`;
  }
}

/**
 * Why root is not to install anything here: files that root makes below another user's home directory would lock that
 * user out.
 *
 * @returns a sentence, or null
 */
export function foreignHomeReason(system: System, home: string): string | null {
  const { fs, uid } = system;
  if (uid !== 0) return null;
  try {
    const owner = fs.statSync(home).uid;
    if (owner === 0 || owner === fs.statSync('/').uid) return null;
    const name = nameOf(system, owner);
    return `the home directory ${home} belongs to ${name}: run this as ${name}, not as root`;
  } catch (error) {
    return `the home directory ${home} cannot be looked at: ${errno(error)}`;
  }
}

/** A user's login name; `user 1000` where the machine's list has none. */
function nameOf({ fs }: System, uid: number): string {
  const users = readTextFile(fs, '/etc/passwd', 'follow');
  const entry = (users.kind === 'file' ? users.text : '')
    .split('\n')
    .map((line) => line.split(':', 3))
    .find(([, , number]) => number === String(uid));
  const name = entry?.[0] ?? '';
  return /^[\w.@-]+$/.test(name) ? name : `user ${uid}`;
}
