import { defineConfig } from 'vitest/config';

/** The tests that mutants of the decision, backoff, budget and parsing code are held against. */
export default defineConfig({
  test: {
    include: [
      'test/resolve/{decide,freshness,backoff,budget,answer,told,own-usage,known,network-off,same-token}.test.ts',
      'test/cache/{entry,backoff-lock,claims}.test.ts',
      'test/usage/*.test.ts',
    ],
    env: { TZ: 'UTC' },
    // As in vitest.config.ts: a busy machine makes no test red.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
