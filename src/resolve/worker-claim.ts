import { readClaims, sweepClaims, takeClaim } from '../cache/claims.ts';
import type { ClaimResult } from '../cache/claims.ts';
import { ensureDirectory } from '../cache/make-directory.ts';
import { SECOND } from '../usage/time.ts';
import type { ResolveDeps } from './read-state.ts';
import type { Paths } from './paths.ts';

/** At most one detached refresh is started per account in this time. */
const START_INTERVAL_MS = 10 * SECOND;

/**
 * Claims the right to start the one detached refresh. `lost`: somebody else started one just now.
 * `failed`: the cache cannot be written.
 */
export function claimWorker({ system, log }: ResolveDeps, { cache, warning }: Paths): ClaimResult {
  if (cache === null) return { kind: 'failed', reason: warning ?? 'no cache directory' };
  const problem = ensureDirectory(system, cache);
  if (problem !== null) return { kind: 'failed', reason: problem };
  const now = system.now();
  const latest = readClaims(system, cache.path, 'background')[0];
  // Only a claim from a clock that has been set back since can be later than now: it counts for nothing.
  const age = latest ? now - latest.at : Number.POSITIVE_INFINITY;
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
