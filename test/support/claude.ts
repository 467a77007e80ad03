import * as entry from '../../src/cache/entry.ts';
import * as stored from '../../src/cache/session-reports.ts';
import { claudeReader } from '../../src/fetch/claude/reader.ts';
import { REPORTED_WINDOWS as LENGTHS } from '../../src/fetch/claude/report.ts';
import { resetsOf } from '../../src/fetch/claude/windows.ts';
import type { UsageData } from '../../src/fetch/claude/wire.ts';
import * as merge from '../../src/usage/merge.ts';
import type { Merged, MergeMoment, WindowReports } from '../../src/usage/merge.ts';
import type { Dated, Origins } from '../../src/usage/report.ts';
import * as reports from '../../src/usage/session-reports.ts';
import type { SessionReports } from '../../src/usage/session-reports.ts';
import * as windows from '../../src/usage/windows.ts';
import type { System } from '../../src/platform/system.ts';

/* What takes a provider's part as a parameter, for Claude. */

export const WINDOW_LENGTHS = LENGTHS as Readonly<Record<ReportedWindow, number>>;
export type ReportedWindow = 'five_hour' | 'seven_day';
export const REPORTED_WINDOWS = ['five_hour', 'seven_day'] as const;

export const parseEntry = (text: string) => entry.parseEntry(text, claudeReader);
export const readEntry = (system: System, path: string) => entry.readEntry(system, path, claudeReader);

export const readSessionReports = (system: System, path: string, now: number) =>
  stored.readSessionReports(system, path, now, LENGTHS);
export const parseSessionReports = (text: string, now: number) =>
  stored.parseSessionReports(text, now, LENGTHS);
export const serializeSessionReports = (sessionReports: SessionReports) =>
  stored.serializeSessionReports(sessionReports, LENGTHS);
export const parseMemory = (value: unknown) => stored.parseMemory(value, LENGTHS);

export const countReport = (
  sessionReports: SessionReports,
  report: Parameters<typeof reports.countReport>[1],
  answers: reports.EndpointWindows,
  moment: MergeMoment,
) => reports.countReport(sessionReports, report, answers, moment, LENGTHS);

export const mergeReports = (
  data: UsageData,
  answeredAt: number,
  reported: Readonly<Record<ReportedWindow, WindowReports>>,
  moment: MergeMoment,
): Merged => merge.mergeReports(claudeReader, data, answeredAt, reported, moment);
export const endpointNumber = (data: UsageData, name: ReportedWindow, readAt: number): Dated | null =>
  claudeReader.numberOf(data, name, readAt);

export const nextReset = (data: UsageData, readAt: number, without: Origins = {}) =>
  windows.nextReset(resetsOf(data, without), readAt);
