import type { System } from '../platform/system.ts';
import { isObject } from '../usage/data.ts';
import type { Dispute } from '../usage/merge.ts';
import type { Reported, ReportedNumber, ReportedSpend, ReportedSpendNumber } from '../usage/report.ts';
import type { SessionReports, SessionMemory } from '../usage/session-reports.ts';
import { NO_SESSION_REPORTS } from '../usage/session-reports.ts';
import { percentOf, REPORTED_WINDOWS } from '../usage/report.ts';
import { CLOCK_TOLERANCE_MS, isoTime, parseTime } from '../usage/time.ts';
import { readOwnFile } from './own-files.ts';

/*
 * `statusline.json`: what the sessions of Claude Code have reported. A file of its own, so that the endpoint's answers
 * and the status lines cannot overwrite each other. Numbers and the sessions' memory are in the same file: a process
 * that loses a race loses both, and reports the number again.
 */

export const SESSION_REPORTS_SCHEMA = 1;

/** Reads `statusline.json`. A broken file counts as one without reports. */
export function readSessionReports(system: System, path: string, now: number): SessionReports {
  const read = readOwnFile(system, path);
  return (read.kind === 'file' && parseSessionReports(read.text, now)) || NO_SESSION_REPORTS;
}

/** The text of `statusline.json`; null when it is not as we write it. Keys of an earlier version may be absent. */
export function parseSessionReports(text: string, now: number): SessionReports | null {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(file) || file.schema_version !== SESSION_REPORTS_SCHEMA) return null;
  const { credentials, windows, sessions, disputes } = file;
  if ((typeof credentials !== 'string' && credentials !== null) || !isObject(windows) || !isObject(sessions))
    return null;
  const [five, seven] = REPORTED_WINDOWS.map((name) => parseWindow(windows[name], now));
  if (five === undefined || seven === undefined) return null;
  const [fiveDispute, sevenDispute] = REPORTED_WINDOWS.map((name) =>
    parseDispute(isObject(disputes) ? disputes[name] : null, now),
  );
  const memories = new Map<string, SessionMemory>();
  for (const [id, value] of Object.entries(sessions)) {
    const memory = parseMemory(value);
    // A broken one is dropped: its session's next report counts as new.
    if (memory) memories.set(id, memory);
  }
  return {
    credentials,
    account: typeof file.account === 'string' ? file.account : null,
    since: parseTime(file.since),
    windows: { five_hour: five, seven_day: seven },
    disputes: { five_hour: fiveDispute ?? null, seven_day: sevenDispute ?? null },
    spend: parseSpend(file.spend, now),
    unstored: file.unstored === true,
    sessions: memories,
  };
}

export function serializeSessionReports(readings: SessionReports): string {
  const { credentials, account, since, windows, disputes, spend, unstored, sessions } = readings;
  const file = {
    schema_version: SESSION_REPORTS_SCHEMA,
    credentials,
    account,
    since: iso(since),
    windows: { five_hour: windowJson(windows.five_hour), seven_day: windowJson(windows.seven_day) },
    disputes: { five_hour: disputeJson(disputes.five_hour), seven_day: disputeJson(disputes.seven_day) },
    spend: spend && { ...windowJson(spend), used_usd: spend.usedUsd, limit_usd: spend.limitUsd },
    ...(unstored && { unstored }),
    // fromEntries defines properties: a session named __proto__ stays one.
    sessions: Object.fromEntries([...sessions].map(([id, memory]) => [id, memoryJson(memory)])),
  };
  return `${JSON.stringify(file)}\n`;
}

function windowJson(reading: ReportedNumber | null) {
  return (
    reading && {
      used_percent: reading.percent,
      resets_at: iso(reading.resetsAt),
      read_at: iso(reading.readAt),
      seen_at: iso(reading.seenAt),
    }
  );
}

function disputeJson(dispute: Dispute | null) {
  return dispute && { ...windowJson(dispute), session: dispute.session, maybe_idle: dispute.maybeIdle };
}

/** False and null values are left out: two hundred sessions are read at every run of the status line. */
function memoryJson({ at, five_hour: five, seven_day: seven, spend, disputedAt, foreign }: SessionMemory) {
  return {
    at,
    five_hour: pairJson(five),
    seven_day: pairJson(seven),
    ...(spend && { spend: [spend.percent, spend.resetsAt, spend.usedUsd, spend.limitUsd] }),
    ...(disputedAt !== null && { disputed_at: disputedAt }),
    ...(foreign && { foreign }),
  };
}

function pairJson(reported: Reported | null) {
  return reported && [reported.percent, reported.resetsAt];
}

/** Undefined: broken. Then the whole file is, since no other program writes it. */
function parseWindow(value: unknown, now: number): ReportedNumber | null | undefined {
  if (value === null) return null;
  if (!isObject(value)) return undefined;
  const percent = percentOf(value.used_percent);
  const resetsAt = value.resets_at === null ? null : parseTime(value.resets_at);
  const [readAt, seenAt] = [parseTime(value.read_at), parseTime(value.seen_at)];
  if (percent === null || readAt === null || seenAt === null || seenAt < readAt) return undefined;
  if (resetsAt === null && value.resets_at !== null) return undefined;
  return seenAt > now + CLOCK_TOLERANCE_MS ? null : { percent, resetsAt, readAt, seenAt };
}

function parseDispute(value: unknown, now: number): Dispute | null {
  const reading = parseWindow(value ?? null, now);
  if (!reading || !isObject(value) || typeof value.session !== 'string') return null;
  return { ...reading, session: value.session, maybeIdle: value.maybe_idle === true };
}

function parseSpend(value: unknown, now: number): ReportedSpendNumber | null {
  const reading = parseWindow(value ?? null, now);
  if (!reading || !isObject(value)) return null;
  return { ...reading, usedUsd: percentOf(value.used_usd), limitUsd: percentOf(value.limit_usd) };
}

/** A session's memory; null when it is broken. */
export function parseMemory(value: unknown): SessionMemory | null {
  if (!isObject(value) || typeof value.at !== 'number') return null;
  const [five, seven] = REPORTED_WINDOWS.map((name) => parsePair(value[name]));
  const spend = parseSpendPair(value.spend ?? null);
  if (five === undefined || seven === undefined || spend === undefined) return null;
  const { at, disputed_at: disputedAt, foreign } = value;
  return {
    at,
    five_hour: five,
    seven_day: seven,
    spend,
    disputedAt: typeof disputedAt === 'number' ? disputedAt : null,
    foreign: foreign === true,
  };
}

/** Percentage and reset, used and limit in dollars. */
function parseSpendPair(value: unknown): ReportedSpend | null | undefined {
  const pair = parsePair(Array.isArray(value) ? value.slice(0, 2) : value);
  if (!pair || !Array.isArray(value)) return pair as null | undefined;
  return { ...pair, usedUsd: percentOf(value[2]), limitUsd: percentOf(value[3]) };
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
