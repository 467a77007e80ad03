import { defineConfig } from 'vitest/config';

/** The tests that mutants of the decision, backoff, budget and parsing code are held against. */
export default defineConfig({
  test: {
    include: [
      'test/resolve/{decide,freshness,backoff,budget,to-usage,overlay,session-usage,network-off,same-token}.test.ts',
      'test/prerender/forecast-input.test.ts',
      'test/cache/{entry,backoff,claims}.test.ts',
      'test/fetch/claude/{data,windows,pools}.test.ts',
      'test/usage/*.test.ts',
    ],
    env: { TZ: 'UTC' },
    // As in vitest.config.ts: a busy machine makes no test red.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
