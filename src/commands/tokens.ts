import { ensureDirectory } from '../cache/directory.ts';
import { replaceFile } from '../cache/write.ts';
import { claude } from '../fetch/registry.ts';
import { pathsOf } from '../resolve/paths.ts';
import type { System } from '../platform/system.ts';
import { readTranscripts } from '../fetch/claude/transcripts/read.ts';
import { transcriptRoots } from '../fetch/claude/transcripts/roots.ts';
import type { TokenEstimate } from '../usage/model.ts';

/** How long a line waits for the reading of transcripts, ms; what is left is read at the next call. */
const PATIENCE_MS = 200;
/** How long a person does, who is to be told everything: a gigabyte takes four seconds the first time. */
const THOROUGH_MS = 10_000;

/**
 * Tokens in this account's local transcripts; null when there are none. Reads what is new since the last time.
 *
 * @param thorough whether everything is to be looked at, as long as that takes
 */
export function tokensOf(system: System, thorough: boolean): TokenEstimate | null {
  const { cache } = pathsOf(system, claude);
  const { estimate } = readTranscripts(system, {
    roots: transcriptRoots(system),
    statePath: cache && `${cache.path}/transcripts.json`,
    deadline: system.monotonic() + (thorough ? THOROUGH_MS : PATIENCE_MS),
    thorough,
    write: (path, content) => {
      const failure = replaceFile(system, path, content);
      // Where nobody has ever asked the endpoint there is no directory yet.
      if (failure !== 'ENOENT' || cache === null || ensureDirectory(system, cache) !== null) return failure;
      return replaceFile(system, path, content);
    },
  });
  return estimate;
}
