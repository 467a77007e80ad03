import type { System } from '../platform/system.ts';
import { isObject } from '../usage/values.ts';
import type { Dispute } from '../usage/merge.ts';
import type {
  Reported,
  ReportedNumber,
  ReportedSpend,
  ReportedSpendNumber,
  ReportedWindows,
} from '../usage/report.ts';
import type { SessionReports, SessionMemory } from '../usage/session-reports.ts';
import { NO_SESSION_REPORTS } from '../usage/session-reports.ts';
import { percentOf } from '../usage/values.ts';
import { isFromFuture, isoTime, parseTime } from '../usage/time.ts';
import { readOwnFile } from './own-files.ts';

/*
 * `statusline.json`: what the sessions of a provider's client have reported. Responses are in another file, so that a
 * report and a response cannot overwrite each other. Numbers and the memory of the sessions are in one file: a process whose
 * write is overwritten loses both, and its session reports the number again.
 */

export const SESSION_REPORTS_SCHEMA = 1;

/** Reads `statusline.json`. A broken file counts as one without reports. */
export function readSessionReports(
  system: System,
  path: string,
  now: number,
  names: ReportedWindows,
): SessionReports {
  const read = readOwnFile(system, path);
  return (read.kind === 'file' && parseSessionReports(read.text, now, names)) || NO_SESSION_REPORTS;
}

/** Parses the text of `statusline.json`; null when it is broken. Keys that an earlier version did not write may be absent. */
export function parseSessionReports(
  text: string,
  now: number,
  names: ReportedWindows,
): SessionReports | null {
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
  const numbers = byName(names, (name) => parseWindow(windows[name], now));
  if (numbers === null) return null;
  const memories = new Map<string, SessionMemory>();
  for (const [id, value] of Object.entries(sessions)) {
    const memory = parseMemory(value, names);
    // Without a memory, the session's next report counts as new.
    if (memory) memories.set(id, memory);
  }
  return {
    credentials,
    account: typeof file.account === 'string' ? file.account : null,
    since: parseTime(file.since),
    windows: numbers,
    disputes: byName(names, (name) => parseDispute(isObject(disputes) ? disputes[name] : null, now)) ?? {},
    spend: parseSpend(file.spend, now),
    unstored: file.unstored === true,
    sessions: memories,
  };
}

/** The text of `statusline.json`, with a key for each of the windows in `names`. */
export function serializeSessionReports(reports: SessionReports, names: ReportedWindows): string {
  const { credentials, account, since, windows, disputes, spend, unstored, sessions } = reports;
  const file = {
    schema_version: SESSION_REPORTS_SCHEMA,
    credentials,
    account,
    since: iso(since),
    windows: byName(names, (name) => windowJson(windows[name] ?? null)),
    disputes: byName(names, (name) => disputeJson(disputes[name] ?? null)),
    spend: spend && { ...windowJson(spend), used_usd: spend.usedUsd, limit_usd: spend.limitUsd },
    ...(unstored && { unstored }),
    // `fromEntries` also defines a property for a session with the id `__proto__`.
    sessions: Object.fromEntries([...sessions].map(([id, memory]) => [id, memoryJson(memory, names)])),
  };
  return `${JSON.stringify(file)}\n`;
}

function windowJson(number: ReportedNumber | null) {
  return (
    number && {
      used_percent: number.percent,
      resets_at: iso(number.resetsAt),
      read_at: iso(number.readAt),
      seen_at: iso(number.seenAt),
    }
  );
}

function disputeJson(dispute: Dispute | null) {
  return dispute && { ...windowJson(dispute), session: dispute.session, maybe_idle: dispute.maybeIdle };
}

/** Leaves out false and null values, because up to two hundred sessions are read at every run of the status line. */
function memoryJson({ at, windows, spend, disputedAt, foreign }: SessionMemory, names: ReportedWindows) {
  return {
    at,
    ...byName(names, (name) => pairJson(windows[name] ?? null)),
    ...(spend && { spend: [spend.percent, spend.resetsAt, spend.usedUsd, spend.limitUsd] }),
    ...(disputedAt !== null && { disputed_at: disputedAt }),
    ...(foreign && { foreign }),
  };
}

function pairJson(reported: Reported | null) {
  return reported && [reported.percent, reported.resetsAt];
}

/** A window's number; null when it is absent or from the future; undefined when the file is broken. */
function parseWindow(value: unknown, now: number): ReportedNumber | null | undefined {
  if (value === null) return null;
  if (!isObject(value)) return undefined;
  const percent = percentOf(value.used_percent);
  const resetsAt = value.resets_at === null ? null : parseTime(value.resets_at);
  const [readAt, seenAt] = [parseTime(value.read_at), parseTime(value.seen_at)];
  if (percent === null || readAt === null || seenAt === null || seenAt < readAt) return undefined;
  if (resetsAt === null && value.resets_at !== null) return undefined;
  return isFromFuture(seenAt, now) ? null : { percent, resetsAt, readAt, seenAt };
}

function parseDispute(value: unknown, now: number): Dispute | null {
  const number = parseWindow(value ?? null, now);
  if (!number || !isObject(value) || typeof value.session !== 'string') return null;
  return { ...number, session: value.session, maybeIdle: value.maybe_idle === true };
}

function parseSpend(value: unknown, now: number): ReportedSpendNumber | null {
  const number = parseWindow(value ?? null, now);
  if (!number || !isObject(value)) return null;
  return { ...number, usedUsd: percentOf(value.used_usd), limitUsd: percentOf(value.limit_usd) };
}

/** A session's memory; null when it is broken. */
export function parseMemory(value: unknown, names: ReportedWindows): SessionMemory | null {
  if (!isObject(value) || typeof value.at !== 'number') return null;
  const windows = byName(names, (name) => parsePair(value[name]));
  const spend = parseSpendPair(value.spend ?? null);
  if (windows === null || spend === undefined) return null;
  const { at, disputed_at: disputedAt, foreign } = value;
  return {
    at,
    windows,
    spend,
    disputedAt: typeof disputedAt === 'number' ? disputedAt : null,
    foreign: foreign === true,
  };
}

/** Parses `[percent, reset, used, limit]`, amounts in dollars; undefined when it is broken. */
function parseSpendPair(value: unknown): ReportedSpend | null | undefined {
  const pair = parsePair(Array.isArray(value) ? value.slice(0, 2) : value);
  if (!pair || !Array.isArray(value)) return pair as null | undefined;
  return { ...pair, usedUsd: percentOf(value[2]), limitUsd: percentOf(value[3]) };
}

/** Parses `[percent, reset]`; undefined when it is broken. */
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

/** A value for each window in `names`; null when one of the values is undefined. */
function byName<T>(
  names: ReportedWindows,
  valueOf: (name: string) => T | undefined,
): Record<string, T> | null {
  const values: Record<string, T> = {};
  for (const name in names) {
    const value = valueOf(name);
    if (value === undefined) return null;
    values[name] = value;
  }
  return values;
}
