import * as z from 'zod/mini';
import { isObject, MAX_EXPONENT } from '../../usage/values.ts';
import type { UsageData } from './wire.ts';
import { parseTime } from '../../usage/time.ts';

/**
 * The shape of the endpoint's answer, as public captures show it. Lenient on purpose: every part is
 * optional, a broken one is dropped without its neighbours, unknown keys are kept.
 * `zod/mini`, because it bundles to a fortieth of `zod`.
 */

// For one answer, functions made of text cost more than they save.
z.config({ jitless: true });

const text = z.string();
const flag = z.boolean();
const amount = z.number().check(z.gte(0));
const orNull = <T extends z.ZodMiniType>(schema: T) => z.catch(z.nullable(schema), null as never);
const amountOrNull = orNull(amount);
const time = orNull(z.string().check(z.refine((value) => parseTime(value) !== null)));
/** A part that is left out when it is broken. */
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

/** The elements that are as they should be. */
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

/**
 * `data` of `usage.json`: the same, with what we do not know in a drawer of its own. A function, since only the
 * tests ask for it: `parseUsageData` has to agree with it.
 */
export const usageDataSchema = () =>
  z.pipe(
    z.custom<Json>(isObject),
    z.transform(({ unknown_buckets: drawer, ...body }) => withUnknown(body, isObject(drawer) ? drawer : {})),
  );

/**
 * A response body as data. Throws nothing for any JSON object: what is broken is left out.
 * Keys of the endpoint that we do not know go under `unknown_buckets`, so that they never collide with ours.
 */
export function parseResponse(body: Json): UsageData {
  return withUnknown(body, {});
}

type Json = Record<string, unknown>;

/** The parts we know, and the keys we do not know beside those that are in the drawer already. */
function withUnknown(body: Json, drawer: Json): UsageData {
  const read = Object.entries(z.parse(parts, body)).filter(([, value]) => value !== undefined);
  // From the body itself, because zod drops a key named __proto__; fromEntries keeps it a key.
  const unknown = Object.entries(body).filter(([key]) => !Object.hasOwn(known, key));
  const all = [...Object.entries(drawer), ...unknown];
  if (all.length > 0) read.push(['unknown_buckets', Object.fromEntries(all) as never]);
  return Object.fromEntries(read) as UsageData;
}
