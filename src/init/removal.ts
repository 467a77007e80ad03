import type { System } from '../platform/system.ts';
import { inspectFile } from './user-file.ts';
import { withoutBlock } from './edits/block.ts';
import type { Edit } from './edits/edit.ts';
import { withoutStatusline } from './edits/statusline.ts';
import { withoutOwnFile } from './edits/own-file.ts';
import { dirname, resolve } from 'node:path';
import { isSameFile, otherUsers } from './installed.ts';
import type { Installed, InstalledFile } from './installed.ts';
import type { InitTarget } from './names.ts';
import { planFrom } from './plan.ts';
import { RUNNER_NAME } from './runtime.ts';
import type { Plan } from './plan.ts';

/** What goes with a target, and what stays though the target uses it. */
export interface Removal {
  readonly files: readonly InstalledFile[];
  readonly kept: readonly { readonly path: string; readonly users: readonly InitTarget[] }[];
}

/**
 * The files that go with a target: its own, and the shared ones that no other target uses.
 * @param usual its files at their usual places
 * @param file what `--file` names: the only one of several places to go; null: all
 */
export function removalOf(
  target: InitTarget,
  usual: readonly InstalledFile[],
  installed: Installed,
  file: string | null,
): Removal {
  // The launcher is what `sh` installs, and other targets share it.
  const isOwn = ({ users, path, target: owner }: InstalledFile) =>
    users === null
      ? owner === target
      : target === 'sh' && users.includes('sh') && !path.endsWith(`/${RUNNER_NAME}`);
  const own = installed.files.filter((record) => isOwn(record) && (file === null || record.path === file));
  const files = [...usual.filter((record) => record.users === null), ...own];
  const stays = installed.files.some(
    (record) => isOwn(record) && !files.some((other) => isSameFile(record, other)),
  );
  const shared = stays
    ? []
    : installed.files.filter((record) => record.users?.includes(target) && !own.includes(record));
  const users = (record: InstalledFile) => otherUsers(installed, record, target);
  const used = [...own, ...shared].filter((record) => users(record).length > 0);
  return {
    files: [...files, ...shared].filter((record) => !used.includes(record)),
    kept: used.map((record) => ({ path: record.path, users: users(record) })),
  };
}

/** The record after a target and its files are removed. */
export function withoutTarget(
  { files, directories }: Installed,
  { files: gone, kept: left }: Removal,
): Installed {
  const kept = files.filter((record) => !gone.some((other) => isSameFile(record, other)));
  return {
    files: kept.map((record) => {
      const users = left.find(({ path }) => path === record.path)?.users;
      const owner = users?.[0];
      return owner === undefined ? record : Object.assign({}, record, { users, target: owner });
    }),
    directories,
  };
}

/** Those links whose target is removed. */
export function linksToRemoved(
  { fs }: System,
  links: readonly string[],
  { changes }: Plan,
): readonly string[] {
  const gone = new Set(changes.flatMap(({ path, edit }) => (edit.after === null ? [path] : [])));
  return links.filter((link) => {
    try {
      return gone.has(resolve(dirname(link), fs.readlinkSync(link)));
    } catch {
      // It is not there, or no link.
      return false;
    }
  });
}

/**
 * What has to be done for all of these files to be as if nothing had been. What cannot be read or understood, and of
 * which nothing is noted, has never been ours.
 */
export function planRemoval(system: System, files: readonly InstalledFile[], installed: Installed): Plan {
  const unique = files.filter((file, index) => files.findIndex((other) => isSameFile(file, other)) === index);
  return planFrom(unique, (file) => {
    const noted = installed.files.find((record) => isSameFile(record, file)) ?? null;
    const found = inspectFile(system, file.path);
    if (typeof found === 'string') return noted && found;
    const edit = removedFrom(file.kind, found.text, noted);
    if (edit.kind === 'refused' && file.kind === 'statusline' && noted === null) return null;
    return { found, edit, record: file, mode: null, backup: null };
  });
}

/**
 * What becomes of a file's text when everything of the program goes.
 * @param noted what is remembered of the file; null: nothing
 */
export function removedFrom(
  kind: InstalledFile['kind'],
  text: string | null,
  noted: InstalledFile | null,
): Edit {
  switch (kind) {
    case 'block':
      return withoutBlock(text);
    case 'whole':
      return withoutOwnFile(text);
    case 'statusline':
      return withoutStatusline(text, noted);
  }
}
