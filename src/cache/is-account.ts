import { SEPARATOR } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';
import { isObject } from '../usage/values.ts';
import { namesIn } from './list.ts';
import { isWrittenName } from './names.ts';
import { readOwnFile } from './own-files.ts';

/*
 * The cache root may be any directory of the user's, in which a directory with the id of a provider as its name (`cursor`,
 * `factory`) can be a project of the user's. So the name alone is no reason to remove anything.
 */

/** Files that prove it, with the key that has a number in them. The one that is removed last comes first. */
const PROOFS = [
  ['usage.lock', 'blocked_until'],
  ['usage.json', 'schema_version'],
  ['counts.json', 'schema_version'],
  ['statusline.json', 'schema_version'],
] as const;

const CLAIM = /^(attempt|background)\.[1-9]\d*$/;

/** Whether a directory contains a file that only this program writes. */
export function provesAccount(system: System, path: string): boolean {
  if (PROOFS.some(([name, key]) => hasNumber(system, `${path}${SEPARATOR}${name}`, key))) return true;
  const claim = namesIn(system.fs, path).find((name) => CLAIM.test(name));
  return claim !== undefined && hasNumber(system, `${path}${SEPARATOR}${claim}`, 'at');
}

/** Whether a directory is an account's: by a file in it, or because it has no other names than those of the cache. */
export function isAccount(system: System, path: string): boolean {
  return provesAccount(system, path) || namesIn(system.fs, path).every(isWrittenName);
}

function hasNumber(system: System, path: string, key: string): boolean {
  const read = readOwnFile(system, path);
  if (read.kind !== 'file') return false;
  try {
    const value: unknown = JSON.parse(read.text);
    return isObject(value) && typeof value[key] === 'number';
  } catch {
    return false;
  }
}
