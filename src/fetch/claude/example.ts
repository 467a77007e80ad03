import { DAY, HOUR, MINUTE } from '../../usage/time.ts';
import type { ProviderExample } from '../provider.ts';
import { CREDENTIALS_FILE, join } from './config-directory.ts';

/** The token of the example. Its endpoint accepts no other one. */
const EXAMPLE_TOKEN = 'sk-ant-oat01-EXAMPLE-NOT-A-TOKEN';

/** The time from the start of the demo to the resets of its windows, ms. */
const SESSION_LEFT = 3 * HOUR + 12 * MINUTE;
const WEEK_LEFT = 4 * DAY + 3 * HOUR + 30 * MINUTE;

/** How many percent each response shows more than the one before, so that responses can be distinguished. */
const STEP = { session: 3, week: 1, model: 2 } as const;

/**
 * A response body in the endpoint's format since July 2026: a session, a week, and a model with a tighter week of its own.
 *
 * @param start the start of the demo, epoch ms, on the endpoint's clock, which the demo moves
 * @param answered the number of earlier responses
 */
function exampleBody(start: number, answered: number): object {
  const session = { percent: 34 + STEP.session * answered, resets_at: timestamp(start + SESSION_LEFT) };
  const week = { percent: 38 + STEP.week * answered, resets_at: timestamp(start + WEEK_LEFT) };
  const model = { percent: 39 + STEP.model * answered, resets_at: week.resets_at };
  return {
    five_hour: { utilization: session.percent, resets_at: session.resets_at },
    seven_day: { utilization: week.percent, resets_at: week.resets_at },
    seven_day_opus: null,
    seven_day_sonnet: null,
    seven_day_oauth_apps: null,
    limits: [
      { kind: 'session', ...session, scope: null, severity: 'normal', is_active: false },
      { kind: 'weekly_all', ...week, scope: null, severity: 'normal', is_active: false },
      {
        kind: 'weekly_scoped',
        ...model,
        scope: { model: { display_name: 'Fable', id: null }, surface: null },
        severity: 'warning',
        is_active: true,
      },
    ],
    extra_usage: {
      is_enabled: false,
      monthly_limit: null,
      used_credits: null,
      utilization: null,
      currency: null,
    },
  };
}

/**
 * The text of a credentials file in Claude Code's format.
 *
 * @param expiresAt epoch ms, for the access token and the refresh token
 */
function exampleCredentials(expiresAt: number): string {
  return JSON.stringify({
    claudeAiOauth: {
      accessToken: EXAMPLE_TOKEN,
      refreshToken: 'sk-ant-ort01-EXAMPLE-NOT-A-TOKEN',
      expiresAt,
      refreshTokenExpiresAt: expiresAt,
      scopes: ['user:inference', 'user:profile'],
      subscriptionType: 'max',
      rateLimitTier: 'default_claude_max_5x',
    },
  });
}

/** An account that does not exist, for `usageline demo`. */
export const claudeExample: ProviderExample = {
  labels: ['5h', '7d'],
  login: ({ platform }, home, expiresAt) => ({
    path: join(platform, home, '.claude', CREDENTIALS_FILE),
    text: exampleCredentials(expiresAt),
  }),
  environment: ({ platform }, home): Record<string, string> =>
    // On macOS the user's credentials are in the keychain, under a name that depends on this variable.
    platform === 'darwin' ? { CLAUDE_CONFIG_DIR: join(platform, home, '.claude') } : {},
  isUsageRequest: (path, authorization) =>
    path === '/api/oauth/usage' && authorization === `Bearer ${EXAMPLE_TOKEN}`,
  body: exampleBody,
  refusal: { type: 'error', error: { type: 'rate_limit_error' } },
};

/** Writes a time in the endpoint's format: RFC 3339 with microseconds. */
function timestamp(at: number): string {
  return new Date(at).toISOString().replace('Z', '000+00:00');
}
