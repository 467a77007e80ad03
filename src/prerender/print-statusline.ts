import { accountDirectory } from '../cache/directory.ts';
import type { AccountDirectory } from '../cache/directory.ts';
import { readOwnFile } from '../cache/own-files.ts';
import { readPointer } from '../cache/pointer.ts';
import { parseMemory } from '../cache/session-reports.ts';
import { readPrerenderedFile, prerenderedDirectory, prerenderedFile, variantFileName } from './read.ts';
import type { Variant } from './read.ts';
import { cacheRoot } from '../cache/root.ts';
import { isOwnDirectory } from '../cache/trust.ts';
import { wantsLog } from '../config/settings.ts';
import { environmentHash } from '../cache/environment-hash.ts';
import { claudeFiles as claude } from '../fetch/claude/on-disk.ts';
import type { StatuslineOptions } from '../cli/fast-args.ts';
import { validatorsOf } from './validators.ts';
import type { System } from '../platform/system.ts';
import { isObject } from '../usage/data.ts';
import { isModelOf, modelKey } from '../usage/model-name.ts';
import { hasNews } from '../usage/session-reports.ts';
import { isSameWindow } from '../usage/report.ts';
import type { Report, Reported, ReportedSpend } from '../usage/report.ts';
import { parseTime } from '../usage/time.ts';
import { fits } from '../commands/fits.ts';
import { requestedFormat, variantOf } from './print.ts';

/** The ready line of Claude Code's status line: like `ansi`, but there is one per model with a limit of its own. */
export const STATUSLINE_KIND = 'statusline';

/**
 * The line that was prepared, when the session says nothing that it has not said before; null when there is more to
 * do than to print it.
 */
export function readPrerenderedStatusline(
  system: System,
  options: StatuslineOptions,
  report: Report | null,
): string | null {
  if (options.wrappedCommand !== null || options.output !== 'ansi' || options.debug || wantsLog(system.env))
    return null;
  const { path } = cacheRoot(system);
  if (path === null) return null;
  const key = claude.accountKey(system);
  const account = key === null ? claude.account(system).directory : readPointer(system, path, key);
  if (account === null) return null;
  const directory = accountDirectory(path, account, environmentHash(system.env));
  if (!isOwnDirectory(system, directory)) return null;
  if (report !== null && hasOwnLine(system, directory, report)) return null;
  const name = statuslineVariant(system, { ...options, format: requestedFormat(system.env, options.format) });
  const file = prerenderedFile(directory, withModel(system, directory, name, report?.model ?? null));
  const text = readPrerenderedFile(system, file, validatorsOf(system, claude, directory), name.format);
  if (text === null || !fits(text, terminalColumns(system.env))) return null;
  return `${text}\n`;
}

/** The ready line for sessions whose model has no limit of its own. */
export function statuslineVariant(
  system: System,
  options: Pick<StatuslineOptions, 'output' | 'color' | 'format'>,
): Variant {
  return { ...variantOf(system, options), kind: STATUSLINE_KIND };
}

/** How wide Claude Code says its terminal is; null when it does not. */
export function terminalColumns(env: System['env']): number | null {
  const columns = Number(env.COLUMNS);
  return Number.isInteger(columns) && columns > 0 ? columns : null;
}

/** Whether the session's own line can differ from the prepared one: it has news, or other numbers than the latest. */
function hasOwnLine(system: System, { reports: readings }: AccountDirectory, report: Report): boolean {
  const { windows, spend, session } = report;
  if (windows.five_hour === null && windows.seven_day === null && spend === null) return false;
  const read = readOwnFile(system, readings);
  const file: unknown = read.kind === 'file' ? JSON.parse(read.text) : null;
  if (!isObject(file) || !isObject(file.sessions) || !isObject(file.windows)) return true;
  const memory = Object.hasOwn(file.sessions, session) ? parseMemory(file.sessions[session]) : null;
  if (memory === null || memory.foreign || hasNews(memory, report)) return true;
  if (claude.isForeignSession(system, () => claude.fingerprint(system, null))) return true;
  const { five_hour: five, seven_day: seven } = file.windows;
  return !(
    isLatest(windows.five_hour, five) &&
    isLatest(windows.seven_day, seven) &&
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

/** A limit on money whose share stays a whole number while its amount changes. */
function isLatestAmount(reported: ReportedSpend | null, spend: unknown): boolean {
  if (reported === null || !isObject(spend)) return reported === null;
  return spend.used_usd === reported.usedUsd && spend.limit_usd === reported.limitUsd;
}

/** The prepared line of the model with which a session works, where there is one. */
function withModel(
  { fs }: System,
  directory: AccountDirectory,
  name: Variant,
  model: string | null,
): Variant {
  if (model === null) return name;
  const session = modelKey(model);
  const prefix = `${variantFileName(name)}@`;
  const limits = fs
    .readdirSync(prerenderedDirectory(directory))
    .filter((file) => file.startsWith(prefix) && !file.includes('.'))
    .map((file) => file.slice(prefix.length))
    .filter((limit) => isModelOf(session, limit));
  // As the line does: the first in the order of the windows is not known here, so there must be no choice.
  if (limits.length > 1) throw new Error('more than one limit');
  return limits[0] === undefined ? name : { ...name, model: limits[0] };
}
