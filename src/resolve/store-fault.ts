import { readBackoff, serializeBackoff } from '../cache/backoff.ts';
import { ensureDirectory } from '../cache/make-directory.ts';
import { acquireMutex } from '../cache/mutex.ts';
import { replaceDurably } from '../cache/replace-durably.ts';
import { backoffAfterFailure } from './backoff.ts';
import type { ResolveDeps } from './read-state.ts';
import { isBlocking } from './decide.ts';
import { diskFingerprint } from './credentials-fingerprint.ts';
import { pathsOf } from './paths.ts';

/**
 * Stores the backoff of a worker that an exception has ended before it could store one. The next prompt then shows the
 * failure and does not start the same worker again. Writes nothing while another process has the mutex, or while a backoff
 * is in force.
 */
export async function storeFault(deps: Pick<ResolveDeps, 'system' | 'provider'>): Promise<void> {
  const { system, provider } = deps;
  const { cache: directory } = pathsOf(system, provider);
  if (directory === null || ensureDirectory(system, directory) !== null) return;
  const { fingerprint } = diskFingerprint(system, provider, directory);
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
