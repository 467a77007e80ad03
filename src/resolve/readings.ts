import { ensureDirectory } from '../cache/directory.ts';
import { readEntry } from '../cache/entry.ts';
import { readReadings, serializeReadings } from '../cache/readings.ts';
import { replaceLightly } from '../cache/replace.ts';
import type { System } from '../system.ts';
import { answerOf } from '../usage/merge.ts';
import { countReport } from '../usage/readings.ts';
import type { Report } from '../usage/session.ts';
import type { Places } from './places.ts';

/** Fifty sessions can write at once, and the last one wins: who lost tries again, but not for ever. */
const MAX_TURNS = 4;

/**
 * Takes a session's report into `statusline.json`, when it says something new. What cannot be kept does not count: a
 * number that is not remembered would be new at every call, however old it is.
 *
 * @returns whether something was written
 */
export function keepReport(
  system: System,
  { cache }: Pick<Places, 'cache'>,
  report: Report,
  stamp: string | null,
): boolean {
  if (cache === null) return false;
  for (let turn = 0; turn < MAX_TURNS; turn += 1) {
    const now = system.now();
    const known = readReadings(system, cache.readings, now);
    let read: ReturnType<typeof readEntry> | null = null;
    const next = countReport(
      known,
      report,
      (name) => {
        read ??= readEntry(system, cache.entry);
        const data = read.kind === 'entry' && read.entry.cachedAt <= now ? read.entry.data : null;
        return data && read.kind === 'entry' ? answerOf(data, name, read.entry.cachedAt) : null;
      },
      stamp,
      now,
    );
    // Nothing new; or what we wrote is still there.
    if (next === known) return turn > 0;
    const text = serializeReadings(next);
    // The directory is there, as a rule.
    if (replaceLightly(system, cache.readings, text, null)) continue;
    if (ensureDirectory(system, cache) !== null) return false;
    if (!replaceLightly(system, cache.readings, text, null)) return false;
  }
  return true;
}
