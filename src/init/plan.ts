import type { FoundFile } from './user-file.ts';
import type { Edit } from './edits/edit.ts';
import type { InstalledFile } from './installed.ts';
import type { InitTarget } from './names.ts';
import type { Runtime } from './runtime.ts';
import type { Install, Step } from './target.ts';

/** One file that will change, and what will be noted of it. */
export interface FileChange {
  readonly path: string;
  readonly found: FoundFile;
  readonly edit: Extract<Edit, { kind: 'change' }>;
  readonly record: InstalledFile;
  /** What the file's permissions shall be; null: what they are. */
  readonly mode: number | null;
  /** Where the file is kept as it was; null where it is ours, or has been kept already. */
  readonly backup: string | null;
}

export interface Plan {
  readonly changes: readonly FileChange[];
  /** Files that stay as they are though something of ours is or was to be there: `path: reason`. */
  readonly refused: readonly string[];
  /** Files that are already as they should be. */
  readonly unchanged: readonly InstalledFile[];
}

/** How somebody's file is kept as it was. */
export function backupPath(path: string): string {
  return `${path}.before-usageline`;
}

/** The files of a target, at the place that is meant when nobody says otherwise (or at `file`), with nothing noted. */
export function defaultFiles(
  target: InitTarget,
  how: Install,
  runtime: Runtime,
  file: string | null,
): InstalledFile[] {
  return how.steps(runtime, file).map((step) => ({
    target,
    kind: step.kind,
    path: step.path,
    created: false,
    command: null,
    users: firstUsers(step, target),
  }));
}

/** The users that are noted of a file when this target is installed. */
export function firstUsers(step: Step, target: InitTarget): InstalledFile['users'] {
  return step.kind === 'whole' && step.shared ? [target] : null;
}

/** What is decided of one file: how it changes, or in words why it does not; null: it is none of our business. */
export type Decision = (Omit<FileChange, 'path' | 'edit'> & { readonly edit: Edit }) | string | null;

export function planFrom<T extends { path: string }>(
  list: readonly T[],
  decide: (item: T) => Decision,
): Plan {
  const changes: FileChange[] = [];
  const refused: string[] = [];
  const settled: InstalledFile[] = [];
  for (const item of list) {
    const outcome = decide(item);
    if (outcome === null) continue;
    if (typeof outcome === 'string') refused.push(`${item.path}: ${outcome}`);
    else if (outcome.edit.kind === 'refused') refused.push(`${item.path}: ${outcome.edit.reason}`);
    else if (outcome.edit.kind === 'change') {
      changes.push({ ...outcome, path: item.path, edit: outcome.edit });
    } else settled.push(outcome.record);
  }
  return { changes, refused, unchanged: settled };
}
