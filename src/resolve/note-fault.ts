import { readBackoff, serializeBackoff } from '../cache/backoff.ts';
import { ensureDirectory } from '../cache/make-directory.ts';
import { acquireMutex } from '../cache/mutex.ts';
import { replaceDurably } from '../cache/replace-durably.ts';
import { backoffAfterFailure } from './backoff.ts';
import type { ResolveDeps } from './read-state.ts';
import { isBlocking } from './decide.ts';
import { startOf } from './resolve.ts';

/**
 * Writes the backoff of a refresh that an exception ended before it could write one: the next prompt then names the
 * cause, rather than to start the same again. Nothing is written while another process asks, or where a backoff holds.
 */
export async function storeFault(deps: Pick<ResolveDeps, 'system' | 'provider'>): Promise<void> {
  const { system } = deps;
  const {
    paths: { cache: directory },
    onDisk: { fingerprint },
  } = startOf(deps);
  if (directory === null || ensureDirectory(system, directory) !== null) return;
  const mutex = await acquireMutex(system, directory);
  if (mutex.kind !== 'held') return;
  try {
    const now = system.now();
    const backoff = readBackoff(system, directory.backoff, now);
    if (backoff && isBlocking(backoff, now, fingerprint)) return;
    const after = backoffAfterFailure(backoff, { code: 'internal_error' }, fingerprint, now, system.random());
    replaceDurably(system, directory.backoff, serializeBackoff(after));
  } finally {
    await mutex.release();
  }
}
