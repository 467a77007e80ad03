import type { ExtraUsage, Pool, TokenCount, TokenEstimate, Usage, Window } from '../usage/model.ts';
import { sanitize } from '../usage/text.ts';
import { isoTime } from '../usage/time.ts';
import { errorSentence } from './messages.ts';
import { ageSeconds, paceJson } from './json-template.ts';
import type { JsonTemplate } from './json-template.ts';

/** Named in every object; a change that could break a reader gets a new name. */
const SCHEMA = 'usageline/v1';

interface JsonError {
  readonly code: string;
  readonly message: string;
  readonly retry_at: string | null;
}

/** Usage for programs: one object on one line, without a newline. Missing is null, never 0. */
export function renderJson(usage: Usage): string {
  const { error } = usage;
  return stringify(
    usage,
    error && { code: error.code, message: errorSentence(usage) as string, retry_at: iso(error.retryAt) },
  );
}

/**
 * The same object where there is no usage to speak of: wrong usage of the command line, or a fault of ours.
 *
 * @param now epoch ms
 */
export function renderErrorJson(code: string, message: string, now: number): string {
  return stringify({ ...nothing, generatedAt: now }, { code, message, retry_at: null });
}

const nothing: Omit<Usage, 'generatedAt'> = {
  provider: 'claude',
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
 * The same object for moments to come, with holes for what changes; null when there are no fresh numbers, whose
 * object would say more than the time.
 */
export function jsonTemplate(usage: Usage): JsonTemplate | null {
  const { cachedAt, windows, state, error } = usage;
  if (state !== 'fresh' || cachedAt === null || error !== null) return null;
  const object = objectOf(usage, null, { generatedAt: HOLE, age: HOLE, pace: () => HOLE });
  const paced = windows.map(({ usedPercent, resetsAt, windowSeconds }) => ({
    usedPercent,
    resetsAt,
    windowSeconds,
  }));
  return { pieces: JSON.stringify(object).split(JSON.stringify(HOLE)), cachedAt, windows: paced };
}

/** No text of ours has this character: it is on no allowlist. */
const HOLE = '\u0000';

function stringify(usage: Usage, error: JsonError | null): string {
  const { generatedAt, ageMs } = usage;
  const age = ageMs === null ? null : ageSeconds(ageMs);
  const pace = (window: Window) => paceJson(window, generatedAt);
  return JSON.stringify(objectOf(usage, error, { generatedAt: isoTime(generatedAt), age, pace }));
}

/** What changes from one moment to the next. */
interface Moment {
  readonly generatedAt: string;
  readonly age: number | string | null;
  readonly pace: (window: Window) => unknown;
}

function objectOf(usage: Usage, error: JsonError | null, moment: Moment) {
  const { provider, state, source, tokens } = usage;
  return {
    schema: SCHEMA,
    generated_at: moment.generatedAt,
    provider,
    account: sanitize(usage.account),
    plan: (usage.plan && sanitize(usage.plan)) || null,
    state,
    source,
    cached_at: iso(usage.cachedAt),
    age_seconds: moment.age,
    fresh_until: iso(usage.freshUntil),
    windows: usage.windows.map((window) => windowJson(window, moment)),
    extra_usage: extraJson(usage.extraUsage),
    tokens: tokensJson(tokens),
    error,
    pools: (usage.pools ?? []).map(poolJson),
    seven_day_breakdown: (usage.breakdown ?? []).map(({ key, name, percent }) => {
      return { key, name, percent: exact(percent) };
    }),
    locked: (usage.locks ?? []).map(({ id, reason }) => ({ id, reason })),
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

function windowJson(window: Window, { pace }: Moment) {
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

/** The number as it was meant: 14.000000000000002 is 14, and 49.999 stays below any threshold of 50. */
function exact(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(12));
}
