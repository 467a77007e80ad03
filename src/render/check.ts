import type { Usage } from '../usage/model.ts';
import { quoteInput } from '../usage/text.ts';
import { HOUR } from '../usage/time.ts';
import { age, countdown } from './duration.ts';
import { hasNumbers, shownError } from './summary.ts';
import { errorSentence } from './error-sentence.ts';
import { NO_SUCH_LIMIT } from './format/places.ts';
import { limitNamed } from './limit-name.ts';
import { shortMessage } from './messages.ts';
import { shownExtra } from './money.ts';
import { percentText } from './percent.ts';
import { isForLine } from './selection.ts';

/** What a monitoring plugin can say, as Nagios names it. */
export type Verdict = 'OK' | 'WARNING' | 'CRITICAL' | 'UNKNOWN';

/** From these percentages used on a limit is reported; compared with the raw value, ≥. */
export interface CheckThresholds {
  readonly warning: number;
  readonly critical: number;
}

export interface Check {
  readonly verdict: Verdict;
  /** One line for people, and behind `|` the numbers for graphs. */
  readonly text: string;
}

/** One limit with a percentage, or one whose window has been reset since (null). */
interface Gauge {
  readonly id: string;
  readonly label: string;
  readonly used: number | null;
  readonly resetsAt: number | null;
  readonly locked?: boolean;
}

/** Numbers of so long ago do not show any more that all is well, ms. */
const OLD_MS = HOUR;
/** Performance data knows no exponents. */
const MOST = 1e6;

/**
 * Usage as a monitoring plugin reports it. That it cannot be asked for is UNKNOWN, never CRITICAL.
 *
 * @param only the one limit that is asked about, by id or label; null: all
 */
export function checkOf(usage: Usage, thresholds: CheckThresholds, only: string | null = null): Check {
  if (!hasNumbers(usage)) return unknownCheck(errorSentence(usage) ?? 'no data', usage.provider);
  const all = gaugesOf(usage, only === null);
  const gauges = only === null ? all : all.filter((gauge) => isNamed(gauge, only));
  if (only !== null && gauges.length === 0) return missing(usage, only, all);
  const worst = Math.max(...gauges.map(({ used }) => used ?? 0));
  const verdict = verdictOf(worst, usage, thresholds);
  const limits = gauges.map((gauge) => gaugeText(gauge, usage.generatedAt, thresholds)).join(', ');
  const claims = [ageText(usage), errorText(usage)].filter((text) => text !== '').join(', ');
  const text = `${limits || 'no limits reported'}${claims && ` (${claims})`}`;
  const graph = gauges.flatMap(({ id, used }) => (used === null ? [] : graphText(id, used, thresholds)));
  return { verdict, text: line(verdict, text, usage.provider, graph) };
}

function isNamed({ id, label }: Gauge, text: string): boolean {
  // A limit of a kind that is not known has a name of its own.
  const name = limitNamed(text) ?? text.trim().toLowerCase();
  return id === name || label.toLowerCase() === name;
}

/**
 * A limit that is not there. It cannot be exceeded, so a plan that has none is OK; but it is not known to have none
 * before the endpoint has listed its limits.
 */
function missing(usage: Usage, text: string, all: readonly Gauge[]): Check {
  const { windows, lacking = [], provider } = usage;
  const name = limitNamed(text);
  if (name === null) {
    const known = all.map(({ label }) => label).join(', ') || 'none';
    return unknownCheck(`no limit is called '${quoteInput(text)}'; there are: ${known}`, provider);
  }
  const listed = lacking.length > 0 || windows.some(({ source }) => source === 'endpoint');
  const absent = name in PLAN_LABELS ? (lacking as readonly string[]).includes(name) : listed;
  const label = PLAN_LABELS[name] ?? name;
  if (!absent) return unknownCheck(`${label} is not known`, provider);
  return { verdict: 'OK', text: line('OK', `${label}: ${NO_SUCH_LIMIT}`, provider) };
}

/** The windows that a plan can lack. */
const PLAN_LABELS: Readonly<Record<string, string>> = { five_hour: '5h', seven_day: '7d' };

/** What a plugin says that could not do its work. */
export function unknownCheck(message: string, provider: Usage['provider'] = 'claude'): Check {
  return { verdict: 'UNKNOWN', text: line('UNKNOWN', message, provider) };
}

/**
 * Use only grows until a window is reset: a limit that was over a threshold still is, however old the number. One that
 * was below it may have passed it since.
 */
function verdictOf(worst: number, usage: Usage, { warning, critical }: CheckThresholds): Verdict {
  if (worst >= critical) return 'CRITICAL';
  if (worst >= warning) return 'WARNING';
  return ageOf(usage) > OLD_MS ? 'UNKNOWN' : 'OK';
}

/** @param inForce whether to leave out limits of unknown kinds that are not active */
function gaugesOf(usage: Usage, inForce: boolean): Gauge[] {
  const windows = inForce ? usage.windows.filter(isForLine) : usage.windows;
  const gauges = windows.map(({ id, label, usedPercent, resetsAt, lockedReason }) => {
    return { id, label, used: usedPercent, resetsAt, locked: lockedReason != null };
  });
  const extra = shownExtra(usage);
  if (extra === null || extra.usedPercent === null) return gauges;
  return [...gauges, { id: 'extra_usage', label: 'extra', used: extra.usedPercent, resetsAt: null }];
}

function gaugeText(gauge: Gauge, now: number, { warning }: CheckThresholds): string {
  const { label, used, resetsAt, locked } = gauge;
  if (used === null) return `${label} reset${locked ? ' locked' : ''}`;
  const soon = used >= warning && resetsAt !== null && resetsAt > now;
  return `${label} ${percentText(used)}${locked ? ' locked' : ''}${soon ? ` resets in ${countdown(resetsAt - now)}` : ''}`;
}

/** `'five_hour'=22%;80;95;0;100`: value, thresholds, least and most. */
function graphText(id: string, used: number, { warning, critical }: CheckThresholds): string {
  return `'${id}'=${Number(Math.min(MOST, used).toFixed(3))}%;${warning};${critical};0;100`;
}

/** Of the oldest number among those shown. */
function ageOf({ state, ageMs, restAgeMs = 0 }: Usage): number {
  return Math.max(state === 'stale' ? (ageMs ?? 0) : 0, restAgeMs);
}

function ageText(usage: Usage): string {
  const ms = ageOf(usage);
  return ms === 0 ? '' : `read ${age(ms)}`;
}

function errorText(usage: Usage): string {
  const error = shownError(usage);
  return error === null ? '' : shortMessage(error, usage.generatedAt);
}

/** A `|` of somebody's path would begin the numbers. */
function line(verdict: Verdict, text: string, provider: string, graph: readonly string[] = []): string {
  const head = `${provider.toUpperCase()} ${verdict} - ${text.replaceAll('|', '/')}`;
  return graph.length === 0 ? head : `${head} | ${graph.join(' ')}`;
}
