import { ensureDirectory } from '../cache/directory.ts';
import type { AccountDirectory } from '../cache/directory.ts';
import { readEntry } from '../cache/entry.ts';
import { readReadings, serializeReadings } from '../cache/readings.ts';
import { traceOf } from '../cache/ready.ts';
import { replaceLightly } from '../cache/replace.ts';
import type { System } from '../system.ts';
import { answerOf } from '../usage/merge.ts';
import { countReport } from '../usage/readings.ts';
import type { Report } from '../usage/session.ts';
import type { Sources } from './context.ts';
import type { Places } from './places.ts';

/** Fifty sessions can write at once, and the last one wins: who lost tries again, but not for ever. */
const MAX_TURNS = 4;

/** What was written, with what it was made from. */
export interface Kept extends Sources {
  /** Traces of the two files as they were then. */
  readonly traces: string;
}

/**
 * Takes a session's report into `statusline.json`, when it says something new. What cannot be kept does not count: a
 * number that is not remembered would be new at every call, however old it is.
 *
 * @returns null when nothing was written
 */
export function keepReport(
  system: System,
  { cache }: Pick<Places, 'cache'>,
  report: Report,
  stamp: string | null,
): Kept | null {
  if (cache === null) return null;
  let kept: Kept | null = null;
  for (let turn = 0; turn < MAX_TURNS; turn += 1) {
    // What was written is still there: nobody else has written at the same time.
    if (kept !== null && kept.traces === tracesOf(system, cache)) return kept;
    const now = system.now();
    const known = readReadings(system, cache.readings, now);
    const entry = traced(system, cache.entry);
    const stored = readEntry(system, cache.entry);
    const answered = stored.kind === 'entry' && stored.entry.cachedAt <= now ? stored.entry : null;
    const next = countReport(
      known,
      report,
      (name) => (answered?.data ? answerOf(answered.data, name, answered.cachedAt) : null),
      stamp,
      now,
    );
    if (next === known) return kept;
    const readings = write(system, cache, serializeReadings(next));
    if (readings === null) return null;
    kept = { stored, readings: next, traces: `${entry} ${readings}` };
  }
  return kept;
}

/** Whether what was kept is still what is on disk. */
export function isAsKept(system: System, { cache }: Pick<Places, 'cache'>, { traces }: Kept): boolean {
  return cache !== null && tracesOf(system, cache) === traces;
}

function tracesOf(system: System, { entry, readings }: AccountDirectory): string {
  return `${traced(system, entry)} ${traced(system, readings)}`;
}

/** As `traceOf`, and a word for what cannot be looked at. */
function traced(system: System, path: string): string {
  try {
    return traceOf(system, path);
  } catch {
    return 'unseen';
  }
}

/** @returns the trace of the file that was written; null when it could not be */
function write(system: System, cache: AccountDirectory, text: string): string | null {
  let trace: string | null = null;
  const replaced = () =>
    replaceLightly(system, cache.readings, text, null, (temporary) => {
      trace = traced(system, temporary);
    });
  // The directory is there, as a rule.
  if (replaced() || (ensureDirectory(system, cache) === null && replaced())) return trace;
  return null;
}
