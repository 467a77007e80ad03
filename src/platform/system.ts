import { isAbsolutePath } from './paths.ts';

/**
 * The machine as one value: clock, randomness, environment, user and files. Tests replace it with another machine,
 * platform or time. Files are Node's synchronous functions: the program has nothing to do while it waits, and a blocking
 * read takes a tenth of the time of a promise.
 */
export interface System {
  /** The wall clock, epoch ms. */
  now(): number;
  /** A monotonic clock, ms: for deadlines, which a correction of the wall clock must not move. */
  monotonic(): number;
  /** A random number in [0, 1). */
  random(): number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** The user's home directory as an absolute path; null if there is none. */
  home(): string | null;
  /** The working directory of the process; null if it has been removed. */
  cwd(): string | null;
  /** The login name, for the keychain; null if there is none. */
  userName(): string | null;
  /** The numeric user id; null on a platform without user ids. */
  readonly uid: number | null;
  /** The numeric id of the user's primary group; null on a platform without group ids. */
  readonly gid: number | null;
  readonly fs: typeof import('node:fs');
  /** The path of macOS' keychain tool. */
  readonly securityCommand: string;
}

/**
 * This machine. Values that take time to find out are functions.
 *
 * @param directory the base of relative paths; the working directory of this process by default
 */
export function nodeSystem(directory?: string): System {
  const { env, platform } = process;
  return {
    now: () => Date.now(),
    // `performance.now` would load ten modules.
    monotonic: () => Number(process.hrtime.bigint()) / 1e6,
    random: () => Math.random(),
    env,
    platform,
    home: () =>
      (platform !== 'win32' && absolute(env.HOME)) ||
      absolute(tryOr(() => os().homedir(), null)) ||
      absolute(tryOr(() => os().userInfo().homedir, null)),
    cwd: () => directory ?? tryOr(() => process.cwd(), null),
    userName: () => env.USER || tryOr(() => os().userInfo().username, null) || null,
    uid: process.getuid?.() ?? null,
    gid: process.getgid?.() ?? null,
    // With an `import`, the bundle would copy all functions of the module at every start.
    fs: process.getBuiltinModule('node:fs'),
    securityCommand: '/usr/bin/security',
  };
}

/** A relative home directory counts as none: its files would depend on the working directory. */
function absolute(path: string | null | undefined): string | null {
  return path && isAbsolutePath(path) ? path : null;
}

function os(): typeof import('node:os') {
  return process.getBuiltinModule('node:os');
}

function tryOr<T, U>(read: () => T, otherwise: U): T | U {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
