/** The made-up numbers of all pictures, as the files of the cache hold them. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const iso = (at) => new Date(at).toISOString();

/** Two limits: the five hours last until their reset, the week is used faster than that. */
const two = (now) => ({
  five_hour: { utilization: 42, resets_at: iso(now + 2 * HOUR + 10 * MINUTE) },
  seven_day: { utilization: 61, resets_at: iso(now + 3 * DAY + HOUR) },
});

/** The same two, the weekly limit of a model that is nearly used up, and extra usage. */
const four = (now) => ({
  ...two(now),
  limits: [
    {
      kind: 'weekly_scoped',
      percent: 82,
      resets_at: iso(now + 3 * DAY + HOUR),
      scope: { model: { display_name: 'Fable' } },
    },
  ],
  extra_usage: { is_enabled: true, monthly_limit: 2000, used_credits: 763, currency: 'EUR', utilization: 38.15 },
});

export const DATA = { two, four };

/**
 * `usage.json` at the moment `now` (epoch ms).
 * @param {keyof typeof DATA} data
 * @param {number} minutesAgo the age of the numbers
 */
export function entryOf(data, now, minutesAgo) {
  return {
    schema_version: 1,
    cached_at: iso(now - minutesAgo * MINUTE),
    plan: 'max_5x',
    data: DATA[data](now),
    error: null,
  };
}

/** `usage.lock` at the moment `now` (epoch ms): the endpoint could not be reached a minute ago. */
export function offlineAt(now) {
  return { blocked_until: now / 1000 + 60, error: 'network_error', failures: 2, written_at: now / 1000 - 60 };
}
