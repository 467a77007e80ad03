import type { Usage } from '../usage/model.ts';
import { quoteInput } from '../usage/text.ts';
import { HOUR } from '../usage/time.ts';
import type { ProviderTexts } from '../usage/provider-facts.ts';
import { lengthOf } from '../usage/window-names.ts';
import { age, countdown, percentText } from './values.ts';
import { hasNumbers, isForLine, shownError, shownExtra } from './selection.ts';
import { errorSentence, shortMessage } from './messages.ts';
import { NO_SUCH_LIMIT } from './template/window-fields.ts';
import { limitNamed } from './template/placeholders.ts';

/** The states of a monitoring plugin, in the words of Nagios. */
export type Verdict = 'OK' | 'WARNING' | 'CRITICAL' | 'UNKNOWN';

/** Percent used from which the verdict is WARNING or CRITICAL; compared with the unrounded value, ≥. */
export interface CheckThresholds {
  readonly warning: number;
  readonly critical: number;
}

/** The output of `usageline check`. */
export interface Check {
  readonly verdict: Verdict;
  /** One line: a sentence, and after `|` the performance data. */
  readonly text: string;
}

/** One limit; `used` is null if its window was reset after it was read. */
interface Gauge {
  readonly id: string;
  readonly label: string;
  readonly used: number | null;
  readonly resetsAt: number | null;
  readonly locked?: boolean;
}

/** Age up to which numbers below the thresholds mean OK, ms. */
const MAX_OK_AGE_MS = HOUR;
/** Largest percentage in performance data, where exponents are not allowed. */
const MAX_PERCENT = 1e6;

/**
 * Usage as the output of a monitoring plugin. Without numbers the verdict is UNKNOWN, never CRITICAL.
 *
 * @param only id or label of the limit to check; null: all
 */
export function checkOf(usage: Usage, thresholds: CheckThresholds, only: string | null = null): Check {
  if (!hasNumbers(usage)) return unknownCheck(errorSentence(usage) ?? 'no data', usage.provider);
  const all = gaugesOf(usage, only === null);
  const gauges = only === null ? all : all.filter((gauge) => isNamed(gauge, only));
  if (only !== null && gauges.length === 0) return checkMissing(usage, only, all);
  const worst = Math.max(...gauges.map(({ used }) => used ?? 0));
  const verdict = verdictOf(worst, usage, thresholds);
  const limits = gauges.map((gauge) => gaugeText(gauge, usage.generatedAt, thresholds)).join(', ');
  const remarks = [ageText(usage), errorText(usage)].filter((text) => text !== '').join(', ');
  const text = `${limits || 'no limits reported'}${remarks && ` (${remarks})`}`;
  const performance = gauges.flatMap(({ id, used }) =>
    used === null ? [] : performanceText(id, used, thresholds),
  );
  return { verdict, text: line(verdict, text, usage.provider, performance) };
}

function isNamed({ id, label }: Gauge, text: string): boolean {
  // A limit of an unknown kind is found by the exact id or label alone.
  const given = text.trim().toLowerCase();
  return [id, label.toLowerCase()].some((name) => name === given || name === limitNamed(text));
}

/**
 * The check of a limit that the usage does not contain. A plan without the limit cannot exceed it: OK. Until the
 * endpoint has listed the limits, it is unknown whether the plan has it: UNKNOWN.
 */
function checkMissing(usage: Usage, text: string, all: readonly Gauge[]): Check {
  const { windows, lacking = [], provider, texts } = usage;
  const name = limitNamed(text);
  if (name === null || isUnusualLength(name, texts)) {
    const labels = all.map((gauge) => gauge.label).join(', ') || 'none';
    return unknownCheck(`no limit is called '${quoteInput(text)}'; there are: ${labels}`, provider);
  }
  const listed = lacking.length > 0 || windows.some(({ source }) => source === 'endpoint');
  const absent = Object.hasOwn(texts.mainWindows, name) ? lacking.includes(name) : listed;
  const label = texts.mainWindows[name] ?? name;
  if (!absent) return unknownCheck(`${label} is not known`, provider);
  return { verdict: 'OK', text: line('OK', `${label}: ${NO_SUCH_LIMIT}`, provider) };
}

/** Whether a name is a length that only a provider of the user's own can have, and this one has not: a mistake in typing. */
function isUnusualLength(name: string, { mainWindows }: ProviderTexts): boolean {
  return typeof lengthOf(name) === 'number' && !Object.hasOwn(mainWindows, name);
}

/** The verdicts, the worst one first. */
const WORST_FIRST: readonly Verdict[] = ['CRITICAL', 'WARNING', 'UNKNOWN', 'OK'];

/**
 * The check of several accounts: the worst verdict, and what each account says behind its label. The labels of performance
 * data begin with that of the account.
 */
export function checkOfAll(
  usages: readonly Usage[],
  thresholds: CheckThresholds,
  only: string | null = null,
): Check {
  const [first, ...more] = usages;
  if (first !== undefined && more.length === 0) return checkOf(first, thresholds, only);
  const checks = usages.map((usage) => ({
    ...checkOf(usage, thresholds, only),
    label: usage.label ?? usage.provider,
  }));
  const verdict = WORST_FIRST.find((it) => checks.some((check) => check.verdict === it)) ?? 'UNKNOWN';
  const parts = checks.map(({ label, text }) => {
    const [sentence = '', performance = ''] = text.split(' | ');
    return {
      said: `${label}: ${sentence.slice(sentence.indexOf(' - ') + 3).replace(/\.$/, '')}`,
      data: performance.replaceAll(/'([^']+)'=/g, `'${label} $1'=`),
    };
  });
  const data = parts.map((part) => part.data).filter((text) => text !== '');
  return { verdict, text: line(verdict, parts.map(({ said }) => said).join('; '), 'usageline', data) };
}

/** The check for a failure. `provider`: its id. */
export function unknownCheck(message: string, provider: string): Check {
  return { verdict: 'UNKNOWN', text: line('UNKNOWN', message, provider) };
}

/**
 * The verdict for the highest percentage. Usage only grows until a reset, so a limit over a threshold stays over it,
 * whatever the age of the number; a limit below it may have passed it since the number was read.
 */
function verdictOf(worst: number, usage: Usage, { warning, critical }: CheckThresholds): Verdict {
  if (worst >= critical) return 'CRITICAL';
  if (worst >= warning) return 'WARNING';
  return ageOf(usage) > MAX_OK_AGE_MS ? 'UNKNOWN' : 'OK';
}

/** @param inForce whether to leave out limits of unknown kinds that the endpoint does not mark as active */
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

/** Performance data, `'five_hour'=22%;80;95;0;100`: value, thresholds, minimum, maximum. */
function performanceText(id: string, used: number, { warning, critical }: CheckThresholds): string {
  return `'${id}'=${Number(Math.min(MAX_PERCENT, used).toFixed(3))}%;${warning};${critical};0;100`;
}

/** Age of the oldest number, ms. */
function ageOf({ state, ageMs, restAgeMs = 0 }: Usage): number {
  return Math.max(state === 'stale' ? (ageMs ?? 0) : 0, restAgeMs);
}

function ageText(usage: Usage): string {
  const ms = ageOf(usage);
  return ms === 0 ? '' : `read ${age(ms)}`;
}

function errorText(usage: Usage): string {
  const error = shownError(usage);
  return error === null ? '' : shortMessage(error, usage.generatedAt, usage.texts);
}

/** `|` in the text (a path can contain one) is replaced: it would begin the performance data. */
function line(verdict: Verdict, text: string, provider: string, performance: readonly string[] = []): string {
  const head = `${provider.toUpperCase()} ${verdict} - ${text.replaceAll('|', '/')}`;
  return performance.length === 0 ? head : `${head} | ${performance.join(' ')}`;
}
