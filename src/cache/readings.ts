import { readTextFile } from '../files.ts';
import type { System } from '../system.ts';
import { isObject } from '../usage/data.ts';
import type { WindowReading } from '../usage/merge.ts';
import type { Readings, SessionMemory } from '../usage/readings.ts';
import { NO_READINGS } from '../usage/readings.ts';
import { percentOf, READ_WINDOWS } from '../usage/session.ts';
import type { Reported } from '../usage/session.ts';
import { isoTime, parseTime, SECOND } from '../usage/time.ts';

/*
 * `statusline.json`: what the sessions of Claude Code have told. A file of its own, so that the endpoint's answers
 * and the status lines cannot overwrite each other; numbers and the sessions' memory in the same file, so that
 * whoever loses a race loses both, and tells the number again.
 */

export const READINGS_SCHEMA = 1;

/** What was read by a clock that has been set back since counts for nothing. */
const FUTURE_TOLERANCE_MS = 5 * SECOND;

/** Whatever is wrong with the file: then nothing was told yet. */
export function readReadings({ fs }: System, path: string, now: number): Readings {
  const read = readTextFile(fs, path, 'refuse');
  return (read.kind === 'file' && parseReadings(read.text, now)) || NO_READINGS;
}

/** The text of `statusline.json`; null when it is not as we write it. */
export function parseReadings(text: string, now: number): Readings | null {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(file) || file.schema_version !== READINGS_SCHEMA) return null;
  const { credentials, windows, sessions } = file;
  if ((typeof credentials !== 'string' && credentials !== null) || !isObject(windows) || !isObject(sessions))
    return null;
  const [five, seven] = READ_WINDOWS.map((name) => parseWindow(windows[name], now));
  if (five === undefined || seven === undefined) return null;
  const memories = new Map<string, SessionMemory>();
  for (const [id, value] of Object.entries(sessions)) {
    const memory = parseMemory(value);
    // One that is broken is forgotten: its session counts once more.
    if (memory) memories.set(id, memory);
  }
  return { credentials, windows: { five_hour: five, seven_day: seven }, sessions: memories };
}

export function serializeReadings({ credentials, windows, sessions }: Readings): string {
  const file = {
    schema_version: READINGS_SCHEMA,
    credentials,
    windows: { five_hour: windowJson(windows.five_hour), seven_day: windowJson(windows.seven_day) },
    // fromEntries defines properties: a session named __proto__ stays one.
    sessions: Object.fromEntries(
      [...sessions].map(([id, { at, five_hour: five, seven_day: seven }]) => [
        id,
        { at, five_hour: pairJson(five), seven_day: pairJson(seven) },
      ]),
    ),
  };
  return `${JSON.stringify(file)}\n`;
}

function windowJson(reading: WindowReading | null) {
  return (
    reading && {
      used_percent: reading.percent,
      resets_at: iso(reading.resetsAt),
      read_at: iso(reading.readAt),
      seen_at: iso(reading.seenAt),
    }
  );
}

function pairJson(reported: Reported | null) {
  return reported && [reported.percent, reported.resetsAt];
}

/** Undefined: broken, and with it the file, which nobody but us writes. */
function parseWindow(value: unknown, now: number): WindowReading | null | undefined {
  if (value === null) return null;
  if (!isObject(value)) return undefined;
  const percent = percentOf(value.used_percent);
  const resetsAt = value.resets_at === null ? null : parseTime(value.resets_at);
  const [readAt, seenAt] = [parseTime(value.read_at), parseTime(value.seen_at)];
  if (percent === null || readAt === null || seenAt === null || seenAt < readAt) return undefined;
  if (resetsAt === null && value.resets_at !== null) return undefined;
  return seenAt > now + FUTURE_TOLERANCE_MS ? null : { percent, resetsAt, readAt, seenAt };
}

/** A session's memory; null when it is broken. */
export function parseMemory(value: unknown): SessionMemory | null {
  if (!isObject(value) || typeof value.at !== 'number') return null;
  const [five, seven] = READ_WINDOWS.map((name) => parsePair(value[name]));
  if (five === undefined || seven === undefined) return null;
  return { at: value.at, five_hour: five, seven_day: seven };
}

function parsePair(value: unknown): Reported | null | undefined {
  if (value === null) return null;
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const percent = percentOf(value[0]);
  const resetsAt: unknown = value[1];
  if (percent === null || (resetsAt !== null && typeof resetsAt !== 'number')) return undefined;
  return { percent, resetsAt };
}

function iso(at: number | null): string | null {
  return at === null ? null : isoTime(at);
}
