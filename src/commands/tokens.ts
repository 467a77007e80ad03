import { ensureDirectory } from '../cache/make-directory.ts';
import { readOwnFile, removeIfPresent } from '../cache/own-files.ts';
import { estimateAt } from '../fetch/claude/transcripts/estimate.ts';
import { parsePrepared } from '../fetch/claude/transcripts/prepared.ts';
import { realRoots, transcriptRoots } from '../fetch/claude/transcripts/roots.ts';
import { provider } from '../fetch/registry.ts';
import type { System } from '../platform/system.ts';
import type { EstimateAge, LocalTokens } from '../resolve/read-state.ts';
import { pathsOf } from '../resolve/paths.ts';
import { MINUTE } from '../usage/time.ts';

/** A prepared estimate that is older, ms, is due for a new scan. */
const RECENT_MS = MINUTE;
/** How long a line waits for a scan, ms; the next scan goes on where this one stopped. */
const PATIENCE_MS = 200;
/** How long a person or the worker waits for a scan, ms: the first gigabyte takes four seconds. */
const THOROUGH_MS = 10_000;

/**
 * The tokens in this account's local transcripts.
 *
 * @param age how old the numbers may be: where they are older, transcripts are scanned
 * @param thorough whether a scan may take as long as it has to
 */
export async function tokensOf(system: System, age: EstimateAge, thorough: boolean): Promise<LocalTokens> {
  const { cache } = pathsOf(system, provider);
  const roots = transcriptRoots(system);
  const file = cache && readOwnFile(system, `${cache.path}/transcripts.json`);
  const prepared = file?.kind === 'file' ? parsePrepared(file.text, roots) : null;
  const now = system.now();
  const isRecent =
    prepared?.complete === true && prepared.scannedAt <= now && now - prepared.scannedAt < RECENT_MS;
  if (age === 'any' || (age === 'recent' && isRecent)) {
    const mayHaveMore = (prepared?.use?.hours.length ?? 0) > 0 || realRoots(system, roots).length > 0;
    const tokens = prepared?.use ? estimateAt(prepared.use, now) : null;
    return { tokens, isDue: !isRecent && mayHaveMore };
  }
  const { scanTranscripts } = await import('../fetch/claude/transcripts/scan.ts');
  const { replaceDurably } = await import('../cache/replace-durably.ts');
  const { use } = scanTranscripts(system, {
    roots,
    directory: cache?.path ?? null,
    deadline: system.monotonic() + (thorough ? THOROUGH_MS : PATIENCE_MS),
    write: (path, content) => {
      const failure = replaceDurably(system, path, content);
      // Before the first request there is no directory yet.
      if (failure !== 'ENOENT' || cache === null || ensureDirectory(system, cache) !== null) return failure;
      return replaceDurably(system, path, content);
    },
  });
  // Earlier versions kept a third file.
  if (cache !== null) removeIfPresent(system, `${cache.path}/transcripts.new`);
  return { tokens: use && estimateAt(use, now), isDue: false };
}
