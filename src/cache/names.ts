/*
 * The names that this program gives in the cache. The root may be any directory of the user's, so a clean-up touches
 * nothing with another name.
 */

/** The file of the clean-up in the cache root: size and last use of each account, and where the next run goes on. The name is one that no other program gives. */
export const UPKEEP_NAME = 'usageline.upkeep';
/** Tells backup programs that the root is a cache. Other programs write such a file as well. */
export const TAG_NAME = 'CACHEDIR.TAG';
/** The directory of the pointers, see `pointer.ts`. */
export const POINTERS_NAME = 'accounts';

/**
 * Matches the names of temporary files. Those of earlier versions were the name of a file and a number, and
 * `transcripts.new`.
 */
const TEMPORARY =
  /^((usage\.json|usage\.lock|keychain\.json|transcripts\.(json|bin|new)|\.new(\.\d+)?)\.\d+|transcripts\.new)$/;

/** Matches the names of all files and directories that any version has written into an account's directory. */
const WRITTEN =
  /^(usage\.json|usage\.lock|counts\.json|statusline\.json|after\.json|keychain\.json|identity\.json|transcripts\.(json|bin|new)|ready(-[0-9a-f]{8})?|refresh\.mutex|(attempt|background)\.\d+|\.new\.\d+(\.\d+)?|[a-z]+\.(json|lock|bin|new)\.\d+)$/;

/** Matches those that say when the next request may be sent. */
const PACING = /^(usage\.lock|refresh\.mutex|(attempt|background)\.\d+)$/;

/** Matches the directories of prerendered lines. */
const LINES = /^ready(-[0-9a-f]{8})?$/;

/** Whether a file in an account's directory is what a killed process has left in the middle of a write. */
export function isTemporaryName(name: string): boolean {
  return TEMPORARY.test(name);
}

/** Whether any version has given this name to a file or directory in an account's directory. */
export function isWrittenName(name: string): boolean {
  return WRITTEN.test(name);
}

/** Whether a file in an account's directory is one of backoff, budget and mutex: it must outlive the numbers. */
export function isPacingName(name: string): boolean {
  return PACING.test(name);
}

/** Whether a name in an account's directory is that of a directory of prerendered lines. */
export function isLinesName(name: string): boolean {
  return LINES.test(name);
}

const HASH_SUFFIX = /-[0-9a-f]{8}$/;

/** The name of an account's directory without the hash of its login's directory. */
export function withoutHash(name: string): string {
  return name.replace(HASH_SUFFIX, '');
}

/**
 * The provider of an account's directory, by its name; null for any other name.
 *
 * @param providers the ids of all providers
 */
export function providerOfName(name: string, providers: ReadonlySet<string>): string | null {
  if (providers.has(name)) return name;
  const id = withoutHash(name);
  return id !== name && providers.has(id) ? id : null;
}
