import type { System } from '../platform/system.ts';
import type { ProgramLocation } from './program.ts';

/** The shells that have a hook. */
export type HookShell = 'zsh' | 'bash' | 'fish';

/** What a hook has to know before its first prompt: `hook.ts`. */
export interface HookPaths {
  /** The ready line; empty when there is none. */
  readonly prerendered: string;
  /** The files that may hold credentials. */
  readonly credentials: readonly string[];
  /** The configuration; empty when there can be none. */
  readonly config: string;
}

/** Where the program and its owner's files are: what every snippet is made of. All paths are absolute. */
export interface Runtime {
  readonly env: System['env'];
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /** Node and the program: cron, bars and Claude Code do not have the PATH of a shell that set up nvm. */
  readonly program: ProgramLocation;
  /** The launcher, if the user has installed it for its own sake (`init sh`): it stays when other targets go. */
  readonly launcher: string | null;
  /** Tells this user from others, so that not everybody's cron job runs in the same minute. */
  readonly user: string;
  /** A file of the package, as a path. */
  packagePath(...path: readonly string[]): string;
  packageText(...path: readonly string[]): string;
  hookPaths(shell: HookShell): HookPaths;
  /** Whether there is a file of that name. */
  exists(path: string): boolean;
}

/** `$XDG_CONFIG_HOME`, or what stands for it. */
export function configHome({ env, home }: Pick<Runtime, 'env' | 'home'>): string {
  return absoluteDirectory(env.XDG_CONFIG_HOME) ?? `${home}/.config`;
}

/** Where files of ours are that other programs read: hooks, and what has been installed. */
export function dataHome({ env, home }: Pick<Runtime, 'env' | 'home'>): string {
  return `${absoluteDirectory(env.XDG_DATA_HOME) ?? `${home}/.local/share`}/usageline`;
}

export const RUNNER_NAME = 'usageline-run';

/** Where the launcher is installed: on the PATH of most systems. */
export function launcherPath({ home }: Pick<Runtime, 'home'>): string {
  return `${home}/.local/bin/usageline-prompt`;
}

/** Where the runner is installed: it has absolute paths of this machine in it, so not among the user's own files. */
export function runnerPath(runtime: Pick<Runtime, 'env' | 'home'>): string {
  return `${dataHome(runtime)}/${RUNNER_NAME}`;
}

/** A directory that a variable names; null when it names none, or not an absolute one. */
export function absoluteDirectory(value: string | undefined): string | null {
  return value?.startsWith('/') ? value.replace(/(?<!\/)\/+$/, '') || '/' : null;
}
