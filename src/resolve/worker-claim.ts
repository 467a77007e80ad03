import { readClaims, sweepClaims, takeClaim } from '../cache/claims.ts';
import type { ClaimResult } from '../cache/claims.ts';
import { ensureDirectory } from '../cache/make-directory.ts';
import { SECOND } from '../usage/time.ts';
import type { ResolveDeps } from './read-state.ts';
import type { Paths } from './paths.ts';

/** The shortest time between the starts of two workers of one account, ms. */
const START_INTERVAL_MS = 10 * SECOND;

/**
 * Takes the claim to start the worker. `lost`: another process has just started one. `failed`: the cache cannot be
 * written.
 */
export function claimWorker(
  { system, log }: Pick<ResolveDeps, 'system' | 'log'>,
  { cache, warning }: Pick<Paths, 'cache' | 'warning'>,
): ClaimResult {
  if (cache === null) return { kind: 'failed', reason: warning ?? 'no cache directory' };
  const problem = ensureDirectory(system, cache);
  if (problem !== null) return { kind: 'failed', reason: problem };
  const latest = readClaims(system, cache.path, 'background')[0];
  // After reading: of two processes that start at once, the other's claim is then never in the future.
  const now = system.now();
  // A claim in the future was taken before the clock was set back. It does not count, not even within the tolerance: the
  // price is one more worker, which finds the entry or the request of the other.
  // A claim that is being written has the time of its file, which has fractions of a millisecond.
  const age = latest ? now - Math.floor(latest.at) : Number.POSITIVE_INFINITY;
  if (age >= 0 && age < START_INTERVAL_MS) {
    log(`background refresh: started ${Math.round(age / SECOND)} s ago by another process`);
    return { kind: 'lost' };
  }
  const until = now + START_INTERVAL_MS;
  const claim = takeClaim(system, cache.path, 'background', latest, { at: now, until, credentials: null });
  if (claim.kind === 'claimed') sweepClaims(system, cache.path, 'background', now);
  log(`background refresh: ${claim.kind}`);
  return claim;
}
