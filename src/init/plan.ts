import type { System } from '../platform/system.ts';
import { withBlock, withoutBlock } from './edits/block.ts';
import type { Edit } from './edits/edit.ts';
import { withOhMyPoshSegment, withoutOhMyPoshSegment } from './edits/oh-my-posh.ts';
import { withOwnFile, withoutOwnFile } from './edits/own-file.ts';
import { withoutPolybarModule, withPolybarModule } from './edits/polybar.ts';
import { withoutWaybarModule, withWaybarModule } from './edits/waybar.ts';
import { originalStatusline, withStatusline, withoutStatusline } from './edits/statusline.ts';
import { isSameFile } from './installed.ts';
import type { Installed, InstalledFile } from './installed.ts';
import type { Runtime } from './runtime.ts';
import type { InitTarget, Install, Step } from './target.ts';
import { inspectPlace } from './place.ts';
import { unwritableReason } from './user-file.ts';
import type { FoundFile } from './user-file.ts';

/*
 * Plans what an installation or a removal changes. Planning reads files and changes none: `apply.ts` and `revert.ts`
 * carry a plan out.
 */

/** One file that will change, and what will be recorded about it. */
export interface FileChange {
  readonly path: string;
  readonly found: FoundFile;
  readonly edit: Extract<Edit, { kind: 'change' }>;
  readonly record: InstalledFile;
  /** The mode that the file gets; null if it keeps its permissions. */
  readonly mode: number | null;
  /** The path of a backup to make first; null for usageline's own files, and for files that have a backup already. */
  readonly backup: string | null;
  /** The path of the host's own configuration, of which the new file is a copy; null for none. */
  readonly seed: string | null;
}

/** The changes of an installation or a removal. */
export interface Plan {
  readonly changes: readonly FileChange[];
  /** Files that cannot be changed as they should be: `path: reason`. */
  readonly refused: readonly string[];
  /** Files that need no change. */
  readonly unchanged: readonly InstalledFile[];
}

/** The path of the backup of a user's file. */
export function backupPath(path: string): string {
  return `${path}.before-usageline`;
}

/** The files of a target, at their default paths or at `file`, as records without their original contents. */
export function defaultFiles(
  target: InitTarget,
  install: Install,
  runtime: Runtime,
  file: string | null,
): InstalledFile[] {
  return install.steps(runtime, file).map((step) => ({
    target,
    kind: step.kind,
    path: step.path,
    created: false,
    command: null,
    users: firstUsers(step, target),
  }));
}

/** Plans the steps of a target's installation. */
export function planInstall(
  system: System,
  target: InitTarget,
  steps: readonly Step[],
  installed: Installed,
): Plan {
  return planFrom(steps, (step) => {
    const found = inspectPlace(system, step);
    if (typeof found === 'string') return found;
    const unwritable = step.kind === 'crontab' ? null : unwritableReason(system, found.real);
    const seed = (found.text === null && 'seed' in step && step.seed) || null;
    const original =
      step.kind === 'statusline'
        ? originalStatusline(found.text)
        : { created: found.text === null, command: null };
    const users = firstUsers(step, target);
    // A shared file without a record may have other users. With `sh` among them it stays when this target is removed.
    const unrecorded = users && found.text !== null && !isRecorded(step, installed);
    const edit = editToInstall(step, seed?.text ?? found.text);
    // A file that is as it should be may be where nothing can be written.
    if (unwritable !== null && edit.kind === 'change') return unwritable;
    return {
      found,
      edit,
      record: {
        target,
        kind: step.kind,
        path: step.path,
        users: unrecorded ? [...users, 'sh'] : users,
        ...original,
        ...(seed && { seed: hashOf(seed.text) }),
      },
      mode: step.kind === 'whole' ? step.mode : null,
      backup: needsBackup(step, found) ? backupPath(found.real) : null,
      seed: seed?.path ?? null,
    };
  });
}

/**
 * Plans the removal of usageline's text from these files. A settings file that cannot be understood is left out if no
 * record says that usageline has changed it; so is any file that must not be changed.
 */
export function planRemoval(system: System, files: readonly InstalledFile[], installed: Installed): Plan {
  const unique = files.filter((file, index) => files.findIndex((other) => isSameFile(other, file)) === index);
  return planFrom(unique, (file) => {
    const recorded = installed.files.find((record) => isSameFile(record, file)) ?? null;
    // Without a record nothing is in the crontab, and its command need not be started.
    if (file.kind === 'crontab' && recorded === null) return null;
    const found = inspectPlace(system, file);
    if (typeof found === 'string') return recorded && found;
    const edit = editToRemove(file.kind, found.text, recorded);
    if (edit.kind === 'refused' && file.kind !== 'block' && recorded === null) return null;
    return { found, edit: withoutSeed(edit, recorded), record: file, mode: null, backup: null, seed: null };
  });
}

function editToInstall(step: Step, text: string | null): Edit {
  switch (step.kind) {
    case 'block':
      return withBlock(text, step);
    case 'whole':
      return withOwnFile(text, step);
    case 'statusline':
      return withStatusline(text, step);
    case 'crontab':
      return withBlock(text, { ...step, kind: 'block' });
    case 'waybar':
      return withWaybarModule(text, step);
    case 'polybar':
      return withPolybarModule(text, step);
    case 'oh-my-posh':
      return withOhMyPoshSegment(text, step);
  }
}

/** @param recorded what is recorded about the file; null for nothing */
function editToRemove(
  kind: InstalledFile['kind'],
  text: string | null,
  recorded: InstalledFile | null,
): Edit {
  switch (kind) {
    case 'block':
      return withoutBlock(text);
    case 'whole':
      return withoutOwnFile(text);
    case 'statusline':
      return withoutStatusline(text, recorded);
    case 'crontab':
      return withoutBlock(text);
    case 'waybar':
      return withoutWaybarModule(text);
    case 'polybar':
      return withoutPolybarModule(text);
    case 'oh-my-posh':
      return withoutOhMyPoshSegment(text);
  }
}

/** Removes a file that is again the copy as which it was created. */
function withoutSeed(edit: Edit, recorded: InstalledFile | null): Edit {
  const isCopy =
    edit.kind === 'change' &&
    recorded?.created === true &&
    recorded.seed !== undefined &&
    hashOf(edit.after ?? '') === recorded.seed;
  return isCopy ? { ...edit, after: null } : edit;
}

function hashOf(text: string): string {
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest('hex');
}

/**
 * A user's file is backed up while it contains nothing of usageline: later it is no longer the original. The record does
 * not decide, because an `init` that was killed may have recorded the file without making the backup.
 */
function needsBackup({ kind }: Step, { text }: FoundFile): boolean {
  // What was in the crontab, its block shows.
  return (
    kind !== 'whole' && kind !== 'crontab' && text !== null && editToRemove(kind, text, null).kind === 'none'
  );
}

function isRecorded(step: Step, installed: Installed): boolean {
  return installed.files.some((file) => isSameFile(file, step));
}

/** The users that are recorded for a file when this target is installed; null for a file of one target. */
function firstUsers(step: Step, target: InitTarget): InstalledFile['users'] {
  return step.kind === 'whole' && step.shared ? [target] : null;
}

/** A reason with the path that it is about, which it can begin with already. */
function reasonFor(path: string, reason: string): string {
  return `${path}: ${reason.startsWith(`${path} `) ? `it${reason.slice(path.length)}` : reason}`;
}

/** The decision on one file: an edit with what belongs to it; in words, why it is refused; null to leave it out. */
type Decision = (Omit<FileChange, 'path' | 'edit'> & { readonly edit: Edit }) | string | null;

function planFrom<T extends { path: string }>(list: readonly T[], decide: (item: T) => Decision): Plan {
  const changes: FileChange[] = [];
  const refused: string[] = [];
  const unchanged: InstalledFile[] = [];
  for (const item of list) {
    const decision = decide(item);
    if (decision === null) continue;
    if (typeof decision === 'string') refused.push(reasonFor(item.path, decision));
    else if (decision.edit.kind === 'refused') refused.push(`${item.path}: ${decision.edit.reason}`);
    else if (decision.edit.kind === 'change') {
      changes.push({ ...decision, path: item.path, edit: decision.edit });
    } else unchanged.push(decision.record);
  }
  return { changes, refused, unchanged };
}
