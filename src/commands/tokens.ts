import { replaceFile } from '../cache/write.ts';
import { claude } from '../fetch/providers.ts';
import { placesOf } from '../resolve/places.ts';
import type { System } from '../system.ts';
import { readTranscripts } from '../transcripts/read.ts';
import { transcriptRoots } from '../transcripts/roots.ts';
import type { TokenEstimate } from '../usage/model.ts';

/** How long a line waits for the reading of transcripts, ms; what is left is read at the next call. */
const PATIENCE_MS = 200;

/** Tokens in this account's local transcripts; null when there are none. Reads what is new since the last time. */
export function tokensOf(system: System): TokenEstimate | null {
  const { cache } = placesOf(system, claude);
  const { estimate } = readTranscripts(system, {
    roots: transcriptRoots(system),
    statePath: cache && `${cache.path}/transcripts.json`,
    deadline: system.monotonic() + PATIENCE_MS,
    write: (path, content) => replaceFile(system, path, content),
  });
  return estimate;
}
