import { errno } from '../platform/errno.ts';
import { SEPARATOR } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';
import { createOwnFile, removeOwnFile } from './own-files.ts';
import { trustIn } from '../platform/trust.ts';

/** The files of one account. Nothing else is ever written below the cache root. */
export interface AccountDirectory {
  readonly root: string;
  readonly path: string;
  /** The ready lines; each variant of the environment has a directory of its own. */
  readonly prerendered: string;
  /** `usage.json`: what is known. */
  readonly entry: string;
  /** `usage.lock`: the backoff and the requests of the last hour. Not a mutex. */
  readonly backoff: string;
  /** The mutex: a directory that `proper-lockfile` makes and removes. */
  readonly mutex: string;
  /** `statusline.json`: the reports of sessions. */
  readonly reports: string;
  /** When macOS' keychain item was last looked at. */
  readonly keychain: string;
  /** The account that was signed in; written only when the file that names it is large. */
  readonly identity: string;
}

/**
 * @param name the account's directory name, e.g. `<provider>-1a2b3c4d`
 * @param variant what our variables make of the ready lines, as `variantOf` puts it
 */
export function accountDirectory(root: string, name: string, variant = ''): AccountDirectory {
  const path = `${root}${SEPARATOR}${name}`;
  return {
    root,
    path,
    prerendered: `${path}${SEPARATOR}ready${variant === '' ? '' : `-${variant}`}`,
    entry: `${path}${SEPARATOR}usage.json`,
    backoff: `${path}${SEPARATOR}usage.lock`,
    mutex: `${path}${SEPARATOR}refresh.mutex`,
    reports: `${path}${SEPARATOR}statusline.json`,
    keychain: `${path}${SEPARATOR}keychain.json`,
    identity: `${path}${SEPARATOR}identity.json`,
  };
}

// https://bford.info/cachedir/
const TAG = `Signature: 8a477f597d28d172789f06886806bc55
# This file marks a cache directory of usageline. Backup programs may leave it out.
`;

/** The root of the cache and the account's part of it: the user's alone. */
const CLOSED = 2;

/**
 * Makes the directory, 0700 for every level that is missing; the modes of existing ones are left alone.
 * @returns the errno name of what went wrong, or null
 */
export function ensureDirectory(system: System, directory: AccountDirectory): string | null {
  const problem = makeDirectory(system, directory.path, CLOSED);
  if (problem === null) markAsCache(system, directory);
  return problem;
}

/** Writes the tag into a root that contains only files of the cache: backup programs omit everything beside the tag. */
function markAsCache(system: System, { root, path }: AccountDirectory): void {
  const { fs } = system;
  const [provider = ''] = path.slice(root.length + 1).split('-');
  const isOfCache = (name: string) => name === 'accounts' || isAccountName(name, provider);
  const tag = `${root}${SEPARATOR}CACHEDIR.TAG`;
  try {
    if (fs.lstatSync(tag, { throwIfNoEntry: false })) return;
    if (fs.lstatSync(root).isSymbolicLink() || !fs.readdirSync(root).every(isOfCache)) return;
    const fd = createOwnFile(system, tag);
    try {
      fs.writeFileSync(fd, TAG);
    } catch {
      // Half of one would stay half for good.
      removeOwnFile(system, tag);
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    // Only backups would notice.
  }
}

/** Whether a name is that of an account's directory. `provider`: the id of the account's provider. */
export function isAccountName(name: string, provider: string): boolean {
  return name === provider || (name.startsWith(`${provider}-`) && HASH.test(name.slice(provider.length + 1)));
}

const HASH = /^[0-9a-f]{8}$/;

/**
 * Makes a directory and every level above it that is missing, 0700. Nothing is made below a directory that is not
 * trusted: for root also one of another user, who would be locked out of what root makes there. Node's own `recursive`
 * tries for ever where a parent exists and yet nothing can be made in it (`/proc/nowhere`, Node 20).
 *
 * @param own how many of the last directories are the own ones of the cache, see `End`
 * @returns the errno name of what went wrong, or null
 */
export function makeDirectory(system: System, path: string, own: number): string | null {
  const before = trustIn(system, path, { own });
  if (before.kind !== 'trusted') return NOT_TRUSTED;
  let made = makeOne(system.fs, path);
  const parent = path.slice(0, path.lastIndexOf(SEPARATOR));
  if (made === 'ENOENT' && parent !== '')
    made = makeDirectory(system, parent, Math.max(0, own - 1)) ?? makeOne(system.fs, path);
  if (made !== null || before.exists) return made;
  // Where others can make directories, theirs can have come first.
  return trustIn(system, path, { own }).kind === 'trusted' ? null : NOT_TRUSTED;
}

/** What the system says of what only the owner may do. */
const NOT_TRUSTED = 'EPERM';

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
