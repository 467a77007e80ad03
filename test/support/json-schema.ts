import * as z from 'zod/mini';
import { LOCAL_CODES, REFRESH_CODES } from '../../src/usage/failure.ts';

/**
 * The promised object of `usageline --json`, field by field and in this order; a field that is not promised
 * fails, too. `errorCodes` are those of a usage; exit codes 2 and 1 have their own.
 */

const time = z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/));
/** Foreign text after sanitizing. */
const safe = z.string().check(z.regex(/^[A-Za-z0-9 ._+:/()-]{1,40}$/));
const label = z.string().check(z.regex(/^[A-Za-z0-9 ._+:/()?-]{1,43}$/));
const percent = z.number().check(z.gte(0));

const pace = z.strictObject({
  expected_percent: z.number().check(z.gte(0), z.lte(100)),
  delta: z.number(),
  status: z.enum(['on_pace', 'ahead', 'behind']),
  empty_at: z.nullable(time),
});

export const windowJsonSchema = z
  .strictObject({
    id: z.string(),
    label,
    model: z.nullable(label),
    used_percent: z.nullable(percent),
    resets_at: z.nullable(time),
    window_seconds: z.nullable(z.int().check(z.gt(0))),
    elapsed: z.boolean(),
    source: z.enum(['endpoint', 'statusline']),
    read_at: time,
    pace: z.nullable(pace),
    amount: z.nullable(
      z.strictObject({
        used: z.nullable(z.number()),
        limit: z.nullable(z.number()),
        currency: z.nullable(safe),
      }),
    ),
    locked_reason: z.nullable(safe),
  })
  .check(z.refine((window) => window.elapsed === (window.used_percent === null), 'elapsed goes with null'));

export const errorJsonSchema = z.strictObject({
  code: z.string(),
  message: z.string().check(z.minLength(1)),
  retry_at: z.nullable(time),
});

/** The object of `--json`, of any state and with any error. */
export const jsonSchema = z.strictObject({
  schema: z.literal('usageline/v1'),
  generated_at: time,
  provider: z.literal('claude'),
  account: safe,
  plan: z.nullable(safe),
  state: z.enum(['fresh', 'stale', 'last_known', 'estimate', 'none']),
  source: z.nullable(z.enum(['cache', 'endpoint', 'statusline', 'transcripts'])),
  cached_at: z.nullable(time),
  age_seconds: z.nullable(z.int().check(z.gte(0))),
  fresh_until: z.nullable(time),
  windows: z.array(windowJsonSchema),
  extra_usage: z.nullable(
    z.strictObject({
      enabled: z.boolean(),
      used: z.nullable(z.number()),
      limit: z.nullable(z.number()),
      currency: z.nullable(safe),
      used_percent: z.nullable(percent),
    }),
  ),
  tokens: z.null(),
  error: z.nullable(errorJsonSchema),
  pools: z.array(
    z.strictObject({
      id: label,
      label,
      used: z.nullable(z.number()),
      limit: z.number().check(z.gt(0)),
      remaining: z.nullable(z.number()),
      currency: z.literal('USD'),
      expires_at: z.nullable(time),
      expired: z.boolean(),
      locked_reason: z.nullable(safe),
    }),
  ),
  seven_day_breakdown: z.array(z.strictObject({ key: z.nullable(safe), name: label, percent })),
  locked: z.array(z.strictObject({ id: label, reason: safe })),
  credits: z.nullable(
    z.strictObject({
      balance: z.nullable(z.number()),
      currency: z.nullable(safe),
      unlimited: z.boolean(),
    }),
  ),
});

/** The codes that the error of a usage can have. */
export const errorCodes: readonly string[] = [...REFRESH_CODES, ...LOCAL_CODES];
