import { DAY, HOUR, MINUTE, SECOND } from '../../usage/time.ts';
import type { SecondExample } from '../provider.ts';

/** A part of a token, which is encoded and not secret. */
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The token of the example. Its endpoint accepts no other one. */
const EXAMPLE_TOKEN = `${encode({ alg: 'none' })}.${encode({ exp: 4_102_444_800 })}.EXAMPLE-NOT-A-TOKEN`;

const window = (percent: number, length: number, left: number, start: number) => ({
  used_percent: percent,
  limit_window_seconds: length / SECOND,
  reset_after_seconds: left / SECOND,
  reset_at: Math.round((start + left) / SECOND),
});

/** An account that does not exist, for `usageline demo`. */
export const codexExample: SecondExample = {
  login: (home) => ({
    path: [home, '.codex', 'auth.json'],
    text: JSON.stringify({ tokens: { access_token: EXAMPLE_TOKEN, account_id: 'example' } }),
  }),
  isUsageRequest: (path, authorization) =>
    path === '/backend-api/wham/usage' && authorization === `Bearer ${EXAMPLE_TOKEN}`,
  body: (start) => ({
    plan_type: 'plus',
    rate_limit: {
      allowed: true,
      limit_reached: false,
      primary_window: window(12, 5 * HOUR, 2 * HOUR + 40 * MINUTE, start),
      secondary_window: window(64, 7 * DAY, DAY + 2 * HOUR + 30 * MINUTE, start),
    },
  }),
};
