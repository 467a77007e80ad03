import type { InitTarget } from './names.ts';
import type { Runtime } from './runtime.ts';

/** A host that can show the line. Adding one is adding a file with this in it, a name and a line in the list. */
export interface Target {
  readonly name: InitTarget;
  /** What `usageline init <target>` prints: to paste or to `eval`, with a comment that says where it goes. */
  snippet(runtime: Runtime): string;
  /** What `--install` does; or, where it does nothing, the reason. */
  readonly install: Install | string;
}

export interface Install {
  /** @param file what `--file` names instead of the usual place; null: the usual place */
  steps(runtime: Runtime, file: string | null): readonly Step[];
  /** `--file` cannot say where, since there is more than one. */
  readonly multipleFiles?: true;
  /** Links that the host makes to files of these steps, absolute. They go with their files. */
  links?(runtime: Runtime): readonly string[];
  /** What is left to be done by hand when it is in place. */
  readonly afterInstall?: string;
  /** What is left to be done by hand when it is gone. */
  readonly afterRemoval?: string;
}

/** One file that changes. */
export type Step = BlockStep | OwnFileStep | StatuslineStep;

/** Lines of ours, between two marks, at the end of somebody's file. */
export interface BlockStep {
  readonly kind: 'block';
  readonly path: string;
  /** Without the marks and without a newline at the end. */
  readonly body: string;
  /** Why these lines cannot stand in a file with this text; null: they can. */
  readonly objection?: (rest: string) => string | null;
}

/** A file of our own. */
export interface OwnFileStep {
  readonly kind: 'whole';
  readonly path: string;
  readonly text: string;
  /** Permissions, e.g. 0o644. */
  readonly mode: number;
  /** Other targets use it too: it is removed with the last of them. */
  readonly shared?: true;
}

/** The `statusLine` of Claude Code's settings. */
export interface StatuslineStep {
  readonly kind: 'statusline';
  readonly path: string;
  /** The command of ours; `--after` follows when there is another one already. */
  readonly command: string;
}
