import type { System } from '../platform/system.ts';

/** The shells that have a hook. */
export type HookShell = 'zsh' | 'bash' | 'fish';

/** The paths that a hook compares and reads at every prompt. */
export interface HookPaths {
  /** The prerendered line; empty if there is none. */
  readonly prerendered: string;
  /** The files that may hold credentials. */
  readonly credentials: readonly string[];
  /** The configuration file; empty if there cannot be one. */
  readonly config: string;
}

/** The paths of Node and of the program, and further paths to try after an upgrade has moved them. */
export interface ProgramLocation {
  readonly node: string;
  readonly script: string;
  /** The directory of the package. */
  readonly root: string;
  /** Other paths of Node and of the program; the last one that exists is preferred. */
  readonly otherNodes: readonly Candidate[];
  readonly otherScripts: readonly Candidate[];
  /** The path of the command `usageline` in PATH; null if PATH does not have it. */
  readonly command: string | null;
  /** Why the program's directory is temporary, as a clause; null if it does not seem to be. */
  readonly temporaryReason: string | null;
}

/** A path; or a path with the version of Node left out, between `version` (`v` or nothing) and `after`. */
export type Candidate =
  | string
  | { readonly before: string; readonly version: string; readonly after: string };

/** The machine, the user and the program, as snippets need them. All paths are absolute. */
export interface Runtime {
  readonly env: System['env'];
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /** Snippets name Node by its path: cron, bars and a status line's client do not have the PATH of a shell that set up nvm. */
  readonly program: ProgramLocation;
  /** The launcher, if the user has installed it itself (`init sh`) and it stays when other targets are removed. */
  readonly launcher: string | null;
  /** A text that differs between users, to spread their cron jobs over the minutes of an hour. */
  readonly user: string;
  /** The path of a file of the package. */
  packagePath(...path: readonly string[]): string;
  /** The text of a file of the package. */
  packageText(...path: readonly string[]): string;
  /**
   * The variables on which the path of the prerendered line depends. At every prompt the hooks compare the same variables
   * in the same order, and call the program if one of them has changed.
   */
  readonly hookVariables: readonly string[];
  /** The paths for the hook of a shell, in the caller's environment. */
  hookPaths(shell: HookShell): HookPaths;
  /** Whether a path leads to a file or directory. */
  exists(path: string): boolean;
  /** The text of a file; null if there is none, or it cannot be read. */
  readText(path: string): string | null;
  /** The directory of `.zshrc`, as zsh has it; null if zsh does not say it. Asks zsh at the first call. */
  zshDirectory(): string | null;
  /** Whether a directory of PATH has this command. */
  hasCommand(name: string): boolean;
  /** The script with the completions of a shell. */
  completions(shell: HookShell): string;
}

/** `$XDG_CONFIG_HOME` or its default. */
export function configHome({ env, home }: Pick<Runtime, 'env' | 'home'>): string {
  return absoluteDirectory(env.XDG_CONFIG_HOME) ?? `${home}/.config`;
}

/** The directory of the files that other programs read (hooks, the runner) and of `installed.json`. */
export function dataHome({ env, home }: Pick<Runtime, 'env' | 'home'>): string {
  return `${absoluteDirectory(env.XDG_DATA_HOME) ?? `${home}/.local/share`}/usageline`;
}

/** The name of the runner's file. Installed files contain it: it must stay. */
export const RUNNER_NAME = 'usageline-run';

/** The path at which the launcher is installed: most systems have its directory in PATH. */
export function launcherPath({ home }: Pick<Runtime, 'home'>): string {
  return `${home}/.local/bin/usageline-prompt`;
}

/** The path at which the runner is installed: it contains this machine's paths, so it is no file for dotfiles. */
export function runnerPath(runtime: Pick<Runtime, 'env' | 'home'>): string {
  return `${dataHome(runtime)}/${RUNNER_NAME}`;
}

/** The directory that a variable names, without slashes at its end; null if it is unset or not absolute. */
export function absoluteDirectory(value: string | undefined): string | null {
  return value?.startsWith('/') ? value.replace(/(?<!\/)\/+$/, '') || '/' : null;
}
