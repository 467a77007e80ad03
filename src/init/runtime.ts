import type { System } from '../system.ts';

/** The shells that have a hook. */
export type HookShell = 'zsh' | 'bash' | 'fish';

/** What a hook has to know before its first prompt: `hook.ts`. */
export interface HookPlace {
  /** The ready line; empty when there is none. */
  readonly ready: string;
  /** The files that may hold credentials. */
  readonly logins: readonly string[];
  /** The configuration; empty when there can be none. */
  readonly config: string;
}

/** Where the program and its owner's files are: what every snippet is made of. All paths are absolute. */
export interface Runtime {
  readonly env: System['env'];
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /**
   * Node and the program. Both by their own path: what cron, bars and Claude Code start does not have the PATH of a
   * shell that set up nvm.
   */
  readonly program: readonly [node: string, script: string];
  /** The launcher, if it has been installed. */
  readonly launcher: string | null;
  /** Tells this user from others, so that not everybody's cron job runs in the same minute. */
  readonly user: string;
  /** A file of the package, as a path. */
  packagePath(...path: readonly string[]): string;
  packageText(...path: readonly string[]): string;
  hook(shell: HookShell): HookPlace;
  /** Whether there is a file of that name. */
  exists(path: string): boolean;
}

/** The line as one host wants it: the launcher where it has been installed, since it costs a shell and not a Node. */
export function lineOf({ launcher, program }: Runtime, output: string): string[] {
  return [...(launcher === null ? program : [launcher]), '--output', output];
}

/** Any other command of the program. */
export function programOf({ program }: Runtime, ...args: readonly string[]): string[] {
  return [...program, ...args];
}

/** `$XDG_CONFIG_HOME`, or what stands for it. */
export function configHome({ env, home }: Pick<Runtime, 'env' | 'home'>): string {
  return absolute(env.XDG_CONFIG_HOME) ?? `${home}/.config`;
}

/** Where files of ours are that other programs read: hooks, and what has been installed. */
export function dataHome({ env, home }: Pick<Runtime, 'env' | 'home'>): string {
  return `${absolute(env.XDG_DATA_HOME) ?? `${home}/.local/share`}/usageline`;
}

/** Where the launcher is installed: on the PATH of most systems. */
export function launcherPath({ home }: Pick<Runtime, 'home'>): string {
  return `${home}/.local/bin/usageline-prompt`;
}

/** A directory that a variable names; null when it names none, or not an absolute one. */
export function absolute(value: string | undefined): string | null {
  return value?.startsWith('/') ? value.replace(/\/+$/, '') || '/' : null;
}
