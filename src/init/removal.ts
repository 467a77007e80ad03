import { dirname, resolve } from 'node:path';
import type { System } from '../platform/system.ts';
import { isSameFile } from './installed.ts';
import type { Installed, InstalledFile } from './installed.ts';
import type { Plan } from './plan.ts';
import { RUNNER_NAME } from './runtime.ts';
import type { InitTarget } from './target.ts';

/*
 * Which files and links belong to a target that is removed. Shared files (the runner, the launcher, a shell's hook) stay
 * while another target uses them.
 */

/** What the removal of a target removes, and what it leaves. */
export interface Removal {
  /** The files to remove. */
  readonly files: readonly InstalledFile[];
  /** The files that stay, with the other targets that use them. */
  readonly stillUsed: readonly { readonly path: string; readonly users: readonly InitTarget[] }[];
}

/**
 * Finds the files to remove: a target's own files, and the shared files that no other target uses.
 *
 * @param defaults the target's files at their default paths
 * @param file the path that `--file` names, if only the installation there is removed; null for all installations
 */
export function removalOf(
  target: InitTarget,
  defaults: readonly InstalledFile[],
  installed: Installed,
  file: string | null,
): Removal {
  // The launcher is shared, but it is what the target `sh` consists of.
  const isOwn = ({ users, path, target: owner }: InstalledFile) =>
    users === null
      ? owner === target
      : target === 'sh' && users.includes('sh') && !path.endsWith(`/${RUNNER_NAME}`);
  const own = installed.files.filter((record) => isOwn(record) && (file === null || record.path === file));
  const files = [...defaults.filter((record) => record.users === null), ...own];
  const staysInstalled = installed.files.some(
    (record) => isOwn(record) && !files.some((other) => isSameFile(record, other)),
  );
  const shared = staysInstalled
    ? []
    : installed.files.filter((record) => record.users?.includes(target) && !own.includes(record));
  const users = (record: InstalledFile) => otherUsers(installed, record, target);
  const used = [...own, ...shared].filter((record) => users(record).length > 0);
  return {
    files: [...files, ...shared].filter((record) => !used.includes(record)),
    stillUsed: used.map((record) => ({ path: record.path, users: users(record) })),
  };
}

/** The other targets that use a shared file and are still installed. */
function otherUsers({ files }: Installed, record: InstalledFile, target: InitTarget): InitTarget[] {
  // `sh` among the users means that the user has installed the launcher itself.
  const isInstalled = (user: InitTarget) =>
    user === 'sh' || files.some((file) => file.users === null && file.target === user);
  return (record.users ?? []).filter((user) => user !== target && isInstalled(user));
}

/** The records after a target's files are removed. */
export function withoutTarget(
  { files, directories }: Installed,
  { files: removed, stillUsed }: Removal,
): Installed {
  const left = files.filter((record) => !removed.some((other) => isSameFile(record, other)));
  return {
    files: left.map((record) => {
      const users = stillUsed.find(({ path }) => path === record.path)?.users;
      const owner = users?.[0];
      return owner === undefined ? record : Object.assign({}, record, { users, target: owner });
    }),
    directories,
  };
}

/** The links of a host that point to a file which the plan removes. */
export function linksToRemoved(
  { fs }: System,
  links: readonly string[],
  { changes }: Plan,
): readonly string[] {
  const removed = new Set(changes.flatMap(({ path, edit }) => (edit.after === null ? [path] : [])));
  return links.filter((link) => {
    try {
      return removed.has(resolve(dirname(link), fs.readlinkSync(link)));
    } catch {
      // It does not exist, or it is no link.
      return false;
    }
  });
}
