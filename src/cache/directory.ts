import { errno } from '../errno.ts';
import { SEPARATOR } from '../paths.ts';
import type { System } from '../system.ts';

/** The files of one account. Nothing else is ever written below the cache root. */
export interface AccountDirectory {
  readonly root: string;
  readonly path: string;
  /** The ready lines; each variant of the environment has a directory of its own. */
  readonly ready: string;
  /** `usage.json`: what is known. */
  readonly entry: string;
  /** `usage.lock`: the backoff and the requests of the last hour. Not a mutex. */
  readonly lock: string;
  /** The mutex: a directory that `proper-lockfile` makes and removes. */
  readonly mutex: string;
  /** `statusline.json`: what the sessions of Claude Code have told. */
  readonly readings: string;
  /** When macOS' keychain item was last looked at. */
  readonly keychain: string;
  /** The account that was signed in; written only when the file that names it is large. */
  readonly identity: string;
}

/**
 * @param name the account's directory name, e.g. `claude`
 * @param variant what our variables make of the ready lines, as `variantOf` puts it
 */
export function accountDirectory(root: string, name: string, variant = ''): AccountDirectory {
  const path = `${root}${SEPARATOR}${name}`;
  return {
    root,
    path,
    ready: `${path}${SEPARATOR}ready${variant === '' ? '' : `-${variant}`}`,
    entry: `${path}${SEPARATOR}usage.json`,
    lock: `${path}${SEPARATOR}usage.lock`,
    mutex: `${path}${SEPARATOR}refresh.mutex`,
    readings: `${path}${SEPARATOR}statusline.json`,
    keychain: `${path}${SEPARATOR}keychain.json`,
    identity: `${path}${SEPARATOR}identity.json`,
  };
}

// https://bford.info/cachedir/
const TAG = `Signature: 8a477f597d28d172789f06886806bc55
# This file marks a cache directory of usageline. Backup programs may leave it out.
`;

/**
 * Makes the directory, 0700 for every level that is missing; the modes of existing ones are left alone.
 * @returns the errno name of what went wrong, or null
 */
export function ensureDirectory({ fs }: System, directory: AccountDirectory): string | null {
  const problem = makeDirectory(fs, directory.path);
  if (problem !== null) return problem;
  const tag = `${directory.root}${SEPARATOR}CACHEDIR.TAG`;
  try {
    fs.writeFileSync(tag, TAG, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    // There already, or not to be had: only backups would notice. Half of one would stay half for good.
    if (errno(error) !== 'EEXIST') removeFile(fs, tag);
  }
  return null;
}

/**
 * Makes a directory and every level above it that is missing, 0700. Node's own `recursive` tries for ever where a parent
 * exists and yet nothing can be made in it (`/proc/nowhere`, Node 20).
 *
 * @returns the errno name of what went wrong, or null
 */
export function makeDirectory(fs: System['fs'], path: string): string | null {
  const made = makeOne(fs, path);
  const parent = path.slice(0, path.lastIndexOf(SEPARATOR));
  if (made !== 'ENOENT' || parent === '') return made;
  return makeDirectory(fs, parent) ?? makeOne(fs, path);
}

function makeOne(fs: System['fs'], path: string): string | null {
  try {
    fs.mkdirSync(path, { mode: 0o700 });
    return null;
  } catch (error) {
    const code = errno(error);
    return code === 'EEXIST' ? whyNoDirectory(fs, path) : code;
  }
}

/** What is wrong with a path that exists, or null for a directory. A link can lead to nowhere. */
function whyNoDirectory(fs: System['fs'], path: string): string | null {
  try {
    return fs.statSync(path).isDirectory() ? null : 'EEXIST';
  } catch (error) {
    return errno(error);
  }
}

function removeFile(fs: System['fs'], path: string): void {
  try {
    fs.unlinkSync(path);
  } catch {
    // There is none.
  }
}
