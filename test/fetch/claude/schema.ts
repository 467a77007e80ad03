import * as z from 'zod/mini';
import { isObject, MAX_EXPONENT } from '../../../src/usage/values.ts';
import type { UsageData } from '../../../src/fetch/claude/wire.ts';
import { parseTime } from '../../../src/usage/time.ts';

/*
 * The shape of a response as a zod schema, with which tests compare src/fetch/claude/data.ts. Known from public captures.
 * Lenient on purpose: every part is optional, a broken part is omitted without its neighbours, unknown keys are kept.
 */

const text = z.string();
const flag = z.boolean();
const amount = z.number().check(z.gte(0));
const orNull = <T extends z.ZodMiniType>(schema: T) => z.catch(z.nullable(schema), null as never);
const amountOrNull = orNull(amount);
const time = orNull(z.string().check(z.refine((value) => parseTime(value) !== null)));
/** A part that is omitted when it is broken. */
const part = <T extends z.ZodMiniType>(schema: T) => z.catch(z.optional(schema), undefined);

const bucket = part(z.nullable(z.looseObject({ utilization: amountOrNull, resets_at: time })));

const limit = z.looseObject({
  kind: text,
  percent: amount,
  resets_at: time,
  scope: orNull(z.looseObject({})),
});

const extraUsage = z.looseObject({
  is_enabled: flag,
  monthly_limit: amountOrNull,
  used_credits: amountOrNull,
  utilization: amountOrNull,
  currency: orNull(text),
});

const money = z.looseObject({
  amount_minor: amount,
  currency: text,
  exponent: z.int().check(z.gte(0), z.lte(MAX_EXPONENT)),
});
const moneyOrNull = orNull(money);

const spend = z.looseObject({
  enabled: flag,
  percent: amountOrNull,
  used: moneyOrNull,
  limit: moneyOrNull,
});

/** A list of the valid elements. */
const listOf = <T extends z.ZodMiniType>(schema: T) =>
  z.pipe(
    z.array(z.catch(z.nullable(schema), null as never)),
    z.transform((items) => items.filter((item) => item !== null)),
  );

const breakdown = z.looseObject({
  rows: z.optional(z.catch(listOf(z.looseObject({ percent: amount })), [])),
});

const known = {
  five_hour: bucket,
  seven_day: bucket,
  seven_day_opus: bucket,
  seven_day_sonnet: bucket,
  seven_day_oauth_apps: bucket,
  limits: part(listOf(limit)),
  extra_usage: part(z.nullable(extraUsage)),
  spend: part(z.nullable(spend)),
  seven_day_breakdown: part(z.nullable(breakdown)),
};

const parts = z.object(known);

/** The schema of `data` in `usage.json`: a response with its unknown keys under `unknown_buckets`. */
export const usageDataSchema = z.pipe(
  z.custom<Json>(isObject),
  z.transform(({ unknown_buckets: earlier, ...body }) => withUnknown(body, isObject(earlier) ? earlier : {})),
);

/**
 * A response body as data. Throws nothing for any JSON object: broken parts are omitted. Unknown keys go under
 * `unknown_buckets`, so that they never collide with keys of this program.
 */
export function parseBySchema(body: Json): UsageData {
  return withUnknown(body, {});
}

type Json = Record<string, unknown>;

/** The known parts of a body, and its unknown keys together with those that were stored earlier. */
function withUnknown(body: Json, earlier: Json): UsageData {
  const read = Object.entries(z.parse(parts, body)).filter(([, value]) => value !== undefined);
  // From the body itself, because zod drops a key named __proto__; fromEntries keeps it a key.
  const unknown = Object.entries(body).filter(([key]) => !Object.hasOwn(known, key));
  const all = [...Object.entries(earlier), ...unknown];
  if (all.length > 0) read.push(['unknown_buckets', Object.fromEntries(all) as never]);
  return Object.fromEntries(read) as UsageData;
}
