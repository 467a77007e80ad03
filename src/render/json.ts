import type { Credits, ExtraUsage, Pool, TokenCount, TokenEstimate, Usage, Window } from '../usage/model.ts';
import { sanitize } from '../usage/text.ts';
import { isoTime } from '../usage/time.ts';
import { errorSentence } from './messages.ts';
import { ageSeconds, paceJson } from './json-template.ts';
import type { JsonTemplate } from './json-template.ts';

/** Name of the format, in every object. An incompatible change needs a new name. */
const SCHEMA = 'usageline/v1';

interface JsonError {
  readonly code: string;
  readonly message: string;
  readonly retry_at: string | null;
}

/**
 * Usages for programs: one object per account, each on a line, without a newline at the end. A missing value is null,
 * never 0.
 */
export function renderJson(usages: readonly Usage[]): string {
  return usages.map(usageText).join('\n');
}

/**
 * The usages of all accounts as one object: `{"schema": …, "generated_at": …, "accounts": […]}`.
 *
 * @param now epoch ms
 */
export function renderJsonOfAll(usages: readonly Usage[], now: number): string {
  const head = JSON.stringify({ schema: SCHEMA, generated_at: isoTime(now) });
  return `${head.slice(0, -1)},"accounts":[${usages.map(usageText).join(',')}]}`;
}

function usageText(usage: Usage): string {
  const { error } = usage;
  return stringify(
    usage,
    error && { code: error.code, message: errorSentence(usage) as string, retry_at: iso(error.retryAt) },
  );
}

/**
 * The object for an error without usage: a wrong command line, or an internal error.
 *
 * @param now epoch ms
 * @param provider its id
 */
export function renderErrorJson(code: string, message: string, now: number, provider: string): string {
  return stringify({ ...nothing, provider, generatedAt: now }, { code, message, retry_at: null });
}

const nothing: Omit<Numbers, 'generatedAt' | 'provider'> = {
  account: 'default',
  plan: null,
  state: 'none',
  source: null,
  cachedAt: null,
  ageMs: null,
  freshUntil: null,
  pending: false,
  windows: [],
  extraUsage: null,
  tokens: null,
  error: null,
};

/**
 * The template of the object for later calls, without the values that change with the time. Null unless the numbers
 * are fresh: else more than those values would change.
 */
export function jsonTemplate(usage: Usage): JsonTemplate | null {
  const { cachedAt, windows, state, error } = usage;
  if (state !== 'fresh' || cachedAt === null || error !== null) return null;
  const object = objectOf(usage, null, { generatedAt: SLOT, age: SLOT, pace: () => SLOT });
  const paced = windows.map(({ usedPercent, resetsAt, windowSeconds }) => ({
    usedPercent,
    resetsAt,
    windowSeconds,
  }));
  return { pieces: JSON.stringify(object).split(JSON.stringify(SLOT)), cachedAt, windows: paced };
}

/** Stands for a value to fill in. `sanitize` removes this character from all texts of the object. */
const SLOT = '\u0000';

/** A usage without what only sentences need. */
type Numbers = Omit<Usage, 'texts'>;

function stringify(usage: Numbers, error: JsonError | null): string {
  const { generatedAt, ageMs } = usage;
  const age = ageMs === null ? null : ageSeconds(ageMs);
  const pace = (window: Window) => paceJson(window, generatedAt);
  return JSON.stringify(objectOf(usage, error, { generatedAt: isoTime(generatedAt), age, pace }));
}

/** The values that change with the time. */
interface TimeValues {
  readonly generatedAt: string;
  readonly age: number | string | null;
  readonly pace: (window: Window) => unknown;
}

function objectOf(usage: Numbers, error: JsonError | null, time: TimeValues) {
  const { provider, state, source, tokens } = usage;
  return {
    schema: SCHEMA,
    generated_at: time.generatedAt,
    provider,
    account: sanitize(usage.account),
    plan: (usage.plan && sanitize(usage.plan)) || null,
    state,
    source,
    cached_at: iso(usage.cachedAt),
    age_seconds: time.age,
    fresh_until: iso(usage.freshUntil),
    windows: usage.windows.map((window) => windowJson(window, time)),
    extra_usage: extraJson(usage.extraUsage),
    tokens: tokensJson(tokens),
    error,
    pools: (usage.pools ?? []).map(poolJson),
    seven_day_breakdown: (usage.breakdown ?? []).map(({ key, name, percent }) => {
      return { key, name, percent: exact(percent) };
    }),
    locked: (usage.locks ?? []).map(({ id, reason }) => ({ id, reason })),
    credits: creditsJson(usage.credits),
  };
}

function poolJson({ id, label, used, limit, remaining, expiresAt, expired, lockedReason }: Pool) {
  return {
    id,
    label,
    used: exact(used),
    limit: exact(limit),
    remaining: exact(remaining),
    currency: 'USD',
    expires_at: iso(expiresAt),
    expired,
    locked_reason: lockedReason,
  };
}

function creditsJson(credits: Credits | undefined) {
  if (credits === undefined) return null;
  const { balance, currency, unlimited } = credits;
  return { balance: balance === null ? null : exact(Number(balance)), currency: currency || null, unlimited };
}

function tokensJson(tokens: TokenEstimate | null) {
  if (tokens === null) return null;
  const { fiveHour, sevenDay } = tokens;
  return {
    five_hour: fiveHour && { ...countJson(fiveHour), ends_at: iso(fiveHour.endsAt) },
    seven_day: sevenDay && countJson(sevenDay),
  };
}

function countJson({ total, input, output, cacheCreation, cacheRead }: TokenCount) {
  return { total, input, output, cache_creation: cacheCreation, cache_read: cacheRead };
}

function windowJson(window: Window, { pace }: TimeValues) {
  return {
    id: window.id,
    label: window.label,
    model: window.model,
    used_percent: exact(window.usedPercent),
    resets_at: iso(window.resetsAt),
    window_seconds: window.windowSeconds,
    elapsed: window.elapsed,
    source: window.source,
    read_at: iso(window.readAt),
    pace: pace(window),
    amount: amountJson(window.amount),
    locked_reason: window.lockedReason ?? null,
  };
}

function amountJson(amount: Window['amount']) {
  if (!amount) return null;
  const { used, limit, currency } = amount;
  return { used: exact(used), limit: exact(limit), currency: currency || null };
}

function extraJson(extra: ExtraUsage | null) {
  if (extra === null) return null;
  const { enabled, used, limit, currency, usedPercent } = extra;
  return {
    enabled,
    used: exact(used),
    limit: exact(limit),
    currency: currency || null,
    used_percent: exact(usedPercent),
  };
}

function iso(at: number | null): string | null {
  return at === null ? null : isoTime(at);
}

/** Removes the noise of floating point: 14.000000000000002 becomes 14, and 49.999 stays 49.999. */
function exact(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(12));
}
