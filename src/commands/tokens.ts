import { ensureDirectory } from '../cache/make-directory.ts';
import { readOwnFile, removeIfPresent } from '../cache/own-files.ts';
import type { TranscriptSource } from '../fetch/provider.ts';
import { provider } from '../fetch/registry.ts';
import type { System } from '../platform/system.ts';
import type { EstimateAge, LocalTokens } from '../resolve/read-state.ts';
import { pathsOf } from '../resolve/paths.ts';
import { MINUTE } from '../usage/time.ts';

/** Age up to which a prepared estimate needs no new scan, ms. */
const RECENT_MS = MINUTE;
/** Deadline of other scans, ms. The next scan goes on where this one stopped. */
const PATIENCE_MS = 200;
/** Deadline of a scan to the end, ms. The first gigabyte takes four seconds. */
const LIMIT_MS = 10_000;

/**
 * The tokens in the transcripts of this account.
 *
 * @param age how old the numbers may be; if they are older, transcripts are scanned
 * @param scansAll whether a scan goes on to its end; see `callers.ts`
 */
export async function tokensOf(
  system: System,
  transcripts: TranscriptSource,
  age: EstimateAge,
  scansAll: boolean,
): Promise<LocalTokens> {
  const { cache } = pathsOf(system, provider);
  const reader = await transcripts.load();
  const file = cache && readOwnFile(system, `${cache.path}/transcripts.json`);
  const { tokens, scannedAt, mayHaveMore } = reader.prepared(
    system,
    file?.kind === 'file' ? file.text : null,
  );
  const now = system.now();
  const isRecent = scannedAt !== null && scannedAt <= now && now - scannedAt < RECENT_MS;
  if (age === 'any' || (age === 'recent' && isRecent)) return { tokens, isDue: !isRecent && mayHaveMore() };

  const { replaceDurably } = await import('../cache/replace-durably.ts');
  const scanned = await reader.scan(system, {
    directory: cache?.path ?? null,
    deadline: system.monotonic() + (scansAll ? LIMIT_MS : PATIENCE_MS),
    write: (path, content) => {
      const failure = replaceDurably(system, path, content);
      // Before the first request there is no directory yet.
      if (failure !== 'ENOENT' || cache === null || ensureDirectory(system, cache) !== null) return failure;
      return replaceDurably(system, path, content);
    },
  });
  // Earlier versions kept a third file.
  if (cache !== null) removeIfPresent(system, `${cache.path}/transcripts.new`);
  return { tokens: scanned, isDue: false };
}
