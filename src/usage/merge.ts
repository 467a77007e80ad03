import type { UsageData, WindowSource } from './model.ts';
import { isSameWindow, READ_WINDOWS } from './session.ts';
import type { Reported, ReadWindow } from './session.ts';
import { isoTime, parseTime } from './time.ts';
import { bucketOf, lackingIn } from './windows.ts';

/** A window's number with the time at which it was read, epoch ms. */
export interface Dated extends Reported {
  readonly readAt: number;
}

/** A number that Claude Code's status line has told. */
export interface WindowReading extends Dated {
  /** When a new response last said the same, epoch ms: the number moved at `readAt` and was right until then. */
  readonly seenAt: number;
}

export type ReadingTimes = Pick<WindowReading, 'readAt' | 'seenAt'>;

/** Which windows show the status line's number, and of when that is. All others are the endpoint's. */
export type Origins = { readonly [name in ReadWindow]?: ReadingTimes };

/**
 * Which of two numbers for a window is shown: the table of docs/specs/sources.md, whose rows are the cases of the
 * test. Null when there is none.
 */
export function mergeWindow(answer: Dated | null, reading: Dated | null): WindowSource | null {
  if (answer === null) return reading && 'statusline';
  if (reading === null) return 'endpoint';
  if (!isSameWindow(answer, reading)) {
    return (reading.resetsAt as number) > (answer.resetsAt as number) ? 'statusline' : 'endpoint';
  }
  // Read after the end of the answer's window, it is of the next one, whose end it does not know.
  if (reading.resetsAt === null && answer.resetsAt !== null && reading.readAt >= answer.resetsAt)
    return reading.readAt > answer.readAt ? 'statusline' : 'endpoint';
  // The endpoint knows best, so it may lower a number; within a window use only grows, so nobody else may.
  if (answer.readAt >= reading.readAt) return 'endpoint';
  return reading.percent >= answer.percent ? 'statusline' : 'endpoint';
}

/** Numbers of both sources in one: what is shown, and which of it is the status line's. */
export function mergeUsage(
  data: UsageData,
  answeredAt: number,
  readings: Readonly<Record<ReadWindow, WindowReading | null>>,
): { readonly data: UsageData; readonly origins: Origins } {
  const merged: { -readonly [key in keyof UsageData]: UsageData[key] } = { ...data };
  const origins: { [name in ReadWindow]?: ReadingTimes } = {};
  const lacking = lackingIn(data);
  for (const name of READ_WINDOWS) {
    const reading = readings[name];
    // The plan has lost the window since this number was read, even if a session still repeats it.
    if (reading !== null && lacking.includes(name) && reading.readAt <= answeredAt) continue;
    if (reading === null || mergeWindow(answerOf(data, name, answeredAt), reading) !== 'statusline') continue;
    // An answer that does not speak of a window any more, because it had ended by then, is the newer one.
    if (reading.resetsAt !== null && reading.resetsAt <= answeredAt) continue;
    const { percent, resetsAt, readAt, seenAt } = reading;
    merged[name] = {
      utilization: percent,
      resets_at: resetsAt === null ? null : isoTime(resetsAt),
    };
    origins[name] = { readAt, seenAt };
  }
  return { data: merged, origins };
}

/** The endpoint's number for a window. */
export function answerOf(data: UsageData, name: ReadWindow, readAt: number): Dated | null {
  const bucket = bucketOf(data, name, readAt);
  return bucket && { percent: bucket.utilization, resetsAt: parseTime(bucket.resets_at), readAt };
}
