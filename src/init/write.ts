import { errno } from '../platform/errno.ts';
import type { System } from '../platform/system.ts';
import { sh } from './snippets/quote.ts';
import { removeFile } from './user-file.ts';

/*
 * Replaces files that other programs read, by a rename, with the right permissions from the first moment on.
 *
 * Permissions are more than a mode: an access control list (of which the mode shows only the mask, instead of the
 * group's permissions), extended attributes, the label of SELinux. Node can neither read nor write them, so the
 * machine's own tools copy them.
 */

/**
 * The path of a file's new text before the rename. It is always the same path, so that the next `init` finds what a
 * killed one has left. Only the process that holds the lock writes it.
 */
export function temporaryPath(path: string): string {
  return `${path}.usageline-new`;
}

/**
 * Replaces a file and gives it a mode. A reader sees the old text or the new one; if the disk is full, the old one
 * stays.
 *
 * @returns why it was not written: an errno name; or null
 */
export function writeWithMode(system: System, path: string, text: string, mode: number): string | null {
  return replace(system, path, text, withMode(system, mode));
}

/**
 * Replaces a file and gives it the owner, the permissions and all attributes of another file, or of its old self.
 *
 * @param model the file to copy them from: a regular file
 * @returns why it was not written: an errno name or other words; or null
 */
export function writeLike(system: System, path: string, text: string, model: string): string | null {
  return replace(system, path, text, () => copyAttributes(system, model, temporaryPath(path)));
}

/**
 * Does everything that replaces a file except the rename, and removes the new file again.
 *
 * @param model the file whose permissions and attributes the new one gets, or the mode
 * @returns why it could not be written: an errno name or other words; or null
 */
export function rehearseWrite(
  system: System,
  path: string,
  text: string,
  model: string | number,
): string | null {
  const permissions =
    typeof model === 'number'
      ? withMode(system, model)
      : () => copyAttributes(system, model, temporaryPath(path));
  const reason = replace(system, path, text, permissions, true);
  removeFile(system, temporaryPath(path));
  return reason;
}

function withMode({ fs }: System, mode: number): (fd: number) => null {
  return (fd) => {
    fs.fchmodSync(fd, mode);
    return null;
  };
}

/**
 * @param setPermissions called with the new file while it is empty; returns why it failed, or null
 * @param isRehearsal leaves out the rename
 */
function replace(
  system: System,
  path: string,
  text: string,
  setPermissions: (fd: number) => string | null,
  isRehearsal = false,
): string | null {
  const { fs } = system;
  const temporary = temporaryPath(path);
  let fd: number | null = null;
  let reason = removeFile(system, temporary);
  if (reason !== null) return reason;
  try {
    fd = fs.openSync(temporary, 'wx', 0o600);
    reason = setPermissions(fd);
    if (reason === null) {
      // `cp` copies the text of its source as well.
      fs.ftruncateSync(fd, 0);
      fs.writeFileSync(fd, text);
      if (!isRehearsal) {
        // After a power failure the file must have the old text or the new one.
        fs.fsyncSync(fd);
        fs.renameSync(temporary, path);
      }
    }
  } catch (error) {
    reason = errno(error);
  }
  if (fd !== null) fs.closeSync(fd);
  if (reason !== null) removeFile(system, temporary);
  return reason;
}

/** How long a tool may take, ms. After that the file system counts as broken. */
const TIMEOUT_MS = 10_000;

/** Matches an access control list: an attribute on Linux, a numbered line of `ls` on macOS. */
const ACCESS_LIST = /^system\.| \d+: /;

const CANNOT_BE_KEPT = 'its access control list, attributes or owner cannot be kept';

/** A file that was created with `sudo` often belongs to the user and to the group of root. */
function groupCannotBeKept(path: string): string {
  return `its group cannot be kept, because you are not in it; this gives the file your own: chgrp "$(id -gn)" ${sh(path)}`;
}

/**
 * Gives the file `to` the owner, the permissions and all attributes of `from`. Both are regular files; the text of `to`
 * is lost.
 *
 * @returns why that is impossible, in words; null if it was done, as far as this machine's tools can show
 */
export function copyAttributes(system: System, from: string, to: string): string | null {
  const { fs, platform } = system;
  // With `xattr`, unlike `all`, an attribute that cannot be copied is a failure. BusyBox does not have this option.
  const options = platform === 'linux' ? ['--preserve=all,xattr'] : ['-p'];
  const before = attributesOf(system, from);
  const model = fs.statSync(from);
  if (run(system, 'cp', [...options, from, to]) === null) {
    if (before === null ? mayHideList(model.mode) : before.length > 0) return CANNOT_BE_KEPT;
    try {
      fs.chownSync(to, model.uid, model.gid);
    } catch (error) {
      if (errno(error) !== 'EPERM' || model.uid !== system.uid) throw error;
      return groupCannotBeKept(from);
    }
    fs.chmodSync(to, model.mode & 0o7777);
  }
  const after = attributesOf(system, to);
  const copy = fs.statSync(to);
  if (copy.gid !== model.gid && copy.uid === model.uid) return groupCannotBeKept(from);
  const same = copy.mode === model.mode && copy.uid === model.uid && copy.gid === model.gid;
  return same && areKept(before ?? [], after ?? []) ? null : CANNOT_BE_KEPT;
}

/**
 * Whether the group's permissions in a mode may be the mask of an access control list that gives the group less. Only
 * permissions that others do not have matter: losing the list then gives a member of the group something new.
 */
function mayHideList(mode: number): boolean {
  return ((mode >> 3) & ~mode & 0o7) !== 0;
}

/** No attribute is lost. The system may add labels of its own (macOS' provenance), but no permission may be added. */
function areKept(before: readonly string[], after: readonly string[]): boolean {
  return (
    before.every((line) => after.includes(line)) &&
    after.every((line) => before.includes(line) || !ACCESS_LIST.test(line))
  );
}

/** A file's access control list and attributes, one per line; null if no tool of this machine shows them. */
function attributesOf(system: System, path: string): readonly string[] | null {
  if (system.platform === 'darwin') return (run(system, 'ls', ['-lde@', path]) ?? '\n').split('\n').slice(1);
  // Not `security.ima` and `security.evm`, which the kernel computes from the text.
  const names = String.raw`^(user\.|system\.|security\.selinux$)`;
  const listed = run(system, 'getfattr', ['-d', '-e', 'hex', '-m', names, '--absolute-names', path]);
  if (listed !== null) return listed.split('\n').filter((line) => line.includes('='));
  const [permissions = ''] = (run(system, 'ls', ['-ld', path]) ?? '').split(' ');
  return permissions.endsWith('+') ? ['system.posix_acl_access'] : null;
}

/** Runs a tool and returns its standard output; null if it failed or does not exist. */
function run({ fs, env }: System, name: string, args: readonly string[]): string | null {
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  // The system's own tools before those of PATH: on macOS, GNU's keep no access control list.
  const command = ['/bin', '/usr/bin']
    .map((directory) => `${directory}/${name}`)
    .find((file) => fs.existsSync(file));
  const { status, stdout } = spawnSync(command ?? name, args, {
    encoding: 'utf8',
    env: { PATH: env.PATH, LC_ALL: 'C' },
    timeout: TIMEOUT_MS,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 ? stdout : null;
}
