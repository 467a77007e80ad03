import { isAbsolutePath } from './paths.ts';

/**
 * The world as one value: everything the program asks of the machine goes through here, so a test can be
 * another machine, another platform or another time. Files are Node's own synchronous functions: the hot
 * path has nothing to do while it waits, and one blocking read is a tenth of the price of a promise.
 */
export interface System {
  /** Wall clock, epoch ms. */
  now(): number;
  /** Monotonic clock, ms: for deadlines, which a corrected wall clock must not move. */
  monotonic(): number;
  /** [0, 1) */
  random(): number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** The user's home directory, absolute; null where there is none. */
  home(): string | null;
  /** The directory in which the process was started; null where it is gone. */
  cwd(): string | null;
  /** Login name, for the keychain; null where there is none. */
  userName(): string | null;
  /** Numeric user id; null where the platform has none. */
  readonly uid: number | null;
  /** Numeric id of the user's own group; null where the platform has none. */
  readonly gid: number | null;
  readonly fs: typeof import('node:fs');
  /** macOS' keychain tool. */
  readonly securityCommand: string;
}

/**
 * This machine. Whatever costs time to find out is looked up when asked for.
 *
 * @param directory the directory that relative paths count from; not given: the one of this process
 */
export function nodeSystem(directory?: string): System {
  const { env, platform } = process;
  return {
    now: () => Date.now(),
    // `performance` would load ten modules.
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
    // An `import` would copy all of its functions in the bundle.
    fs: process.getBuiltinModule('node:fs'),
    securityCommand: '/usr/bin/security',
  };
}

/** Null for a relative home: everything below it would be in whatever directory the program was started. */
function absolute(path: string | null | undefined): string | null {
  return path && isAbsolutePath(path) ? path : null;
}

function os(): typeof import('node:os') {
  return process.getBuiltinModule('node:os');
}

function tryOr<T, U>(ask: () => T, otherwise: U): T | U {
  try {
    return ask();
  } catch {
    return otherwise;
  }
}
