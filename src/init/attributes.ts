import type { System } from '../platform/system.ts';

/*
 * Permissions are more than a mode: an access control list (of which the mode shows only the mask, in the place of the
 * group's permissions), extended attributes, the label of SELinux. Node can neither read nor write them, so the tools
 * of the machine do.
 */

/** A tool that does not end within this time, ms, has failed: the file system does not answer. */
const TIMEOUT_MS = 10_000;

/** An access control list: as an attribute on Linux, as a numbered line of `ls` on macOS. */
const ACCESS_LIST = /^system\.| \d+: /;

/**
 * Gives one file the owner, the permissions and all attributes of another one. Both are regular files; the text of
 * the second is lost.
 *
 * @returns why that is not possible, in words, or null when it was done, as far as the machine can tell
 */
export function copyAttributes(system: System, from: string, to: string): string | null {
  const { fs, platform } = system;
  // `xattr`, unlike `all`, makes it a failure when one cannot be copied. BusyBox knows no such option.
  const options = platform === 'linux' ? ['--preserve=all,xattr'] : ['-p'];
  const before = attributesOf(system, from);
  const model = fs.statSync(from);
  if (run(system, 'cp', [...options, from, to]) === null) {
    if (before === null ? mayHideList(model.mode) : before.length > 0) return CANNOT_BE_KEPT;
    fs.chownSync(to, model.uid, model.gid);
    fs.chmodSync(to, model.mode & 0o7777);
  }
  const after = attributesOf(system, to);
  const copy = fs.statSync(to);
  const same = copy.mode === model.mode && copy.uid === model.uid && copy.gid === model.gid;
  return same && isKept(before ?? [], after ?? []) ? null : CANNOT_BE_KEPT;
}

const CANNOT_BE_KEPT = 'its access control list, attributes or owner cannot be kept';

/**
 * Whether the permissions of the group may be the mask of a list that gives the group less, and whether this matters:
 * what others may do anyway is no secret from a member of the group.
 */
function mayHideList(mode: number): boolean {
  return ((mode >> 3) & ~mode & 0o7) !== 0;
}

/** None is lost. A system may add labels of its own (macOS' provenance), but no permission is added. */
function isKept(before: readonly string[], after: readonly string[]): boolean {
  return (
    before.every((line) => after.includes(line)) &&
    after.every((line) => before.includes(line) || !ACCESS_LIST.test(line))
  );
}

/** The access control list and the attributes of a file, a line each; null when no tool here can tell. */
function attributesOf(system: System, path: string): readonly string[] | null {
  if (system.platform === 'darwin') return (run(system, 'ls', ['-lde@', path]) ?? '\n').split('\n').slice(1);
  // Not those of the kernel's own integrity checks, which follow from the text.
  const names = String.raw`^(user\.|system\.|security\.selinux$)`;
  const listed = run(system, 'getfattr', ['-d', '-e', 'hex', '-m', names, '--absolute-names', path]);
  if (listed !== null) return listed.split('\n').filter((line) => line.includes('='));
  const [permissions = ''] = (run(system, 'ls', ['-ld', path]) ?? '').split(' ');
  return permissions.endsWith('+') ? ['system.posix_acl_access'] : null;
}

/** Standard output of a tool; null when it failed or is not there. */
function run({ fs, env }: System, name: string, args: readonly string[]): string | null {
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  // The system's own before those of PATH: on macOS, those of GNU keep no list.
  const command = ['/bin', '/usr/bin'].map((place) => `${place}/${name}`).find((file) => fs.existsSync(file));
  const { status, stdout } = spawnSync(command ?? name, args, {
    encoding: 'utf8',
    env: { PATH: env.PATH, LC_ALL: 'C' },
    timeout: TIMEOUT_MS,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 ? stdout : null;
}
