import { mergeWindow } from './merge.ts';
import type { Dated, WindowReading } from './merge.ts';
import { isRepeated, isSameWindow, READ_WINDOWS, WINDOW_LENGTHS } from './session.ts';
import type { ReadWindow, Report, Reported } from './session.ts';
import { DAY } from './time.ts';

/** What a session said last: what it says again is nothing new. */
export type SessionMemory = Readonly<Record<ReadWindow, Reported | null>> & {
  /** When it last said something else, epoch ms. */
  readonly at: number;
};

/** What the sessions of Claude Code on this machine have told. */
export interface Readings {
  /** Stamp of the credentials the numbers were read under: under others they count for nothing. */
  readonly credentials: string | null;
  readonly windows: Readonly<Record<ReadWindow, WindowReading | null>>;
  readonly sessions: ReadonlyMap<string, SessionMemory>;
}

/** A session that has been silent for longer has numbers of windows that are over. */
const FORGET_AFTER_MS = 7 * DAY;
const MAX_SESSIONS = 200;

export const NO_READINGS: Readings = {
  credentials: null,
  windows: { five_hour: null, seven_day: null },
  sessions: new Map(),
};

/** The endpoint's numbers, by which a reading is measured. */
export type Answers = (name: ReadWindow) => Dated | null;

/**
 * Takes a report into account. A number counts when it is not what the same session said before; then it is shown
 * if its window is newer than the one known, or it is not below what is known. The same object when the report
 * says nothing new.
 *
 * @param stamp of the credentials as they are now
 * @param now epoch ms
 */
export function countReport(
  known: Readings,
  report: Report,
  answers: Answers,
  stamp: string | null,
  now: number,
): Readings {
  const memory = known.sessions.get(report.session);
  if (!saysSomethingNew(memory, report)) return known;
  const ours = known.credentials === stamp ? known.windows : NO_READINGS.windows;
  const count = (name: ReadWindow): WindowReading | null => {
    const reported = report.windows[name];
    const standing = ours[name];
    if (reported === null || isOver({ ...reported, readAt: now }, name, now)) return standing;
    if (!isRepeated(memory?.[name], reported)) {
      const base = baseOf(answers(name), standing);
      if (base !== null && !isOver(base, name, now) && !outdoes(reported, base)) return standing;
      // Who does not say when the window ends speaks of the one that is known to be under way.
      const resetsAt =
        reported.resetsAt ?? (base !== null && !isOver(base, name, now) ? base.resetsAt : null);
      return { ...reported, resetsAt, readAt: now, seenAt: now };
    }
    // The response is new, since its other window moved: this number is still right.
    if (standing === null || !isRepeated(standing, reported)) return standing;
    // A clock that is a little behind the last one has not seen it earlier than it was read.
    return { ...standing, seenAt: Math.max(standing.seenAt, now) };
  };
  const remember = (name: ReadWindow) => report.windows[name] ?? memory?.[name] ?? null;
  return {
    credentials: stamp,
    windows: { five_hour: count('five_hour'), seven_day: count('seven_day') },
    sessions: remembered(known.sessions, report.session, {
      at: now,
      five_hour: remember('five_hour'),
      seven_day: remember('seven_day'),
    }),
  };
}

/** Whether a report differs from what its session said before. */
export function saysSomethingNew(
  memory: Partial<Record<ReadWindow, Reported | null>> | undefined,
  { windows }: Report,
): boolean {
  return READ_WINDOWS.some((name) => !isRepeated(memory?.[name], windows[name]));
}

function baseOf(answer: Dated | null, standing: WindowReading | null): Dated | null {
  return mergeWindow(answer, standing) === 'endpoint' ? answer : standing;
}

/** A later reset is a newer window; within one use only grows. */
function outdoes(reported: Reported, base: Dated): boolean {
  if (!isSameWindow(reported, base)) return (reported.resetsAt as number) > (base.resetsAt as number);
  return reported.percent >= base.percent;
}

/** A number whose window has ended says nothing of the next one. */
function isOver({ resetsAt, readAt }: Dated, name: ReadWindow, now: number): boolean {
  return resetsAt === null ? now - readAt >= WINDOW_LENGTHS[name] : resetsAt <= now;
}

function remembered(
  sessions: Readings['sessions'],
  id: string,
  memory: SessionMemory,
): ReadonlyMap<string, SessionMemory> {
  const recent = [...sessions]
    .filter(([other, { at }]) => other !== id && memory.at - at < FORGET_AFTER_MS)
    .sort(([, a], [, b]) => b.at - a.at)
    .slice(0, MAX_SESSIONS - 1);
  return new Map([[id, memory], ...recent]);
}
