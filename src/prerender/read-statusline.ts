import type { AccountDirectory } from '../cache/directory.ts';
import { readOwnFile } from '../cache/own-files.ts';
import { parseMemory } from '../cache/session-reports.ts';
import { wantsLog } from '../config/settings.ts';
import { providerFiles, reportFormat } from '../fetch/registry.ts';
import type { System } from '../platform/system.ts';
import { isObject } from '../usage/values.ts';
import { isModelOf, modelKey } from '../usage/model-name.ts';
import { hasNews } from '../usage/session-reports.ts';
import { isSameWindow } from '../usage/report.ts';
import type { Report, Reported, ReportedSpend } from '../usage/report.ts';
import { parseTime } from '../usage/time.ts';
import { fits } from '../render/fits.ts';
import { accountDirectoryByPointer, readVariant } from './read.ts';
import { requestedFormat, statuslineVariant, variantFileName } from './variant.ts';
import type { Variant, VariantOptions } from './variant.ts';

/** The options of `statusline` that decide whether a prerendered line can be printed. */
export interface StatuslineLineOptions extends VariantOptions {
  readonly wrappedCommand: string | null;
  readonly format: string | null;
  readonly debug: boolean;
}

/**
 * The prerendered status line, with its line end; null when there is no valid one, or when the session's report has
 * something new.
 */
export function readPrerenderedStatusline(
  system: System,
  options: StatuslineLineOptions,
  report: Report | null,
): string | null {
  if (options.wrappedCommand !== null || options.output !== 'ansi' || options.debug || wantsLog(system.env))
    return null;
  const directory = accountDirectoryByPointer(system);
  if (directory === null) return null;
  if (report !== null && hasOwnLine(system, directory, report)) return null;
  const format = requestedFormat(system.env, options.format);
  const variant = statuslineVariant(system, { ...options, format });
  const file = readVariant(system, directory, withModel(system, directory, variant, report?.model ?? null));
  if (file === null || file.isDue || !fits(file.text, reportedColumns(system.env))) return null;
  return `${file.text}\n`;
}

/** The width of the client's terminal, in columns, as it sets it in `COLUMNS`; null where it does not. */
export function reportedColumns(env: System['env']): number | null {
  const columns = Number(env.COLUMNS);
  return Number.isInteger(columns) && columns > 0 ? columns : null;
}

/**
 * Whether the session's own line can differ from the prerendered one: its report is new, or has other numbers than the
 * latest report of any session.
 */
function hasOwnLine(system: System, { reports }: AccountDirectory, report: Report): boolean {
  const { windows, spend, session } = report;
  const names = reportFormat?.windows ?? {};
  if (Object.values(windows).every((number) => number === null) && spend === null) return false;
  const read = readOwnFile(system, reports);
  const file: unknown = read.kind === 'file' ? JSON.parse(read.text) : null;
  if (!isObject(file) || !isObject(file.sessions) || !isObject(file.windows)) return true;
  const memory = Object.hasOwn(file.sessions, session) ? parseMemory(file.sessions[session], names) : null;
  if (memory === null || memory.foreign || hasNews(memory, report)) return true;
  if (providerFiles.isForeignSession(system, () => providerFiles.fingerprint(system, null))) return true;
  const latest = file.windows;
  return !(
    Object.entries(windows).every(([name, number]) => isLatest(number, latest[name])) &&
    isLatest(spend, file.spend) &&
    isLatestAmount(spend, file.spend)
  );
}

/** Whether a number is the latest of its window that any session reported. */
function isLatest(reported: Reported | null, window: unknown): boolean {
  if (reported === null) return true;
  if (!isObject(window)) return false;
  const { used_percent: percent, resets_at: resets } = window;
  return percent === reported.percent && isSameWindow(reported, { resetsAt: parseTime(resets) });
}

/** Whether the amounts of a spending limit are the latest: its percentage can stay the same while they change. */
function isLatestAmount(reported: ReportedSpend | null, spend: unknown): boolean {
  if (reported === null || !isObject(spend)) return reported === null;
  return spend.used_usd === reported.usedUsd && spend.limit_usd === reported.limitUsd;
}

/** The variant for a session's model: with the model where its limit has a line of its own. */
function withModel(
  { fs }: System,
  directory: AccountDirectory,
  variant: Variant,
  model: string | null,
): Variant {
  if (model === null) return variant;
  const session = modelKey(model);
  const prefix = `${variantFileName(variant)}@`;
  const limits = fs
    .readdirSync(directory.prerendered)
    .filter((file) => file.startsWith(prefix) && !file.includes('.'))
    .map((file) => file.slice(prefix.length))
    .filter((limit) => isModelOf(session, limit, providerFiles.id));
  // The line takes the first in the order of the windows, which is not known here.
  if (limits.length > 1) throw new Error('more than one limit');
  return limits[0] === undefined ? variant : { ...variant, model: limits[0] };
}
