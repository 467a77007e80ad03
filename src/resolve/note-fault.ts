import { readBackoffLock, serializeBackoffLock } from '../cache/backoff-lock.ts';
import { ensureDirectory } from '../cache/directory.ts';
import { acquireMutex } from '../cache/mutex.ts';
import { replaceFile } from '../cache/write.ts';
import { lockAfterFailure } from './backoff.ts';
import type { ResolveDeps } from './read-state.ts';
import { isBlocking } from './decide.ts';
import { startOf } from './resolve.ts';

/**
 * Writes the backoff of a refresh that an exception ended before it could write one: the next prompt then names the
 * cause, rather than to start the same again. Nothing is written while another process asks, or where a backoff holds.
 */
export async function noteFault(deps: Pick<ResolveDeps, 'system' | 'provider'>): Promise<void> {
  const { system } = deps;
  const {
    places: { cache: directory },
    known: { stamp },
  } = startOf(deps);
  if (directory === null || ensureDirectory(system, directory) !== null) return;
  const mutex = await acquireMutex(system, directory);
  if (mutex.kind !== 'held') return;
  try {
    const now = system.now();
    const lock = readBackoffLock(system, directory.lock, now);
    if (lock && isBlocking(lock, now, stamp)) return;
    const after = lockAfterFailure(lock, { code: 'internal_error' }, stamp, now, system.random());
    replaceFile(system, directory.lock, serializeBackoffLock(after));
  } finally {
    await mutex.release();
  }
}
