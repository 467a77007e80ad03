import { defineConfig } from 'vitest/config';

/** Real faults against the built program: `npm run test:faults`, or one row with `-- -t network-07`. */
export default defineConfig({
  test: {
    include: ['test/faults/**/*.faults.ts'],
    globalSetup: ['test/faults/report.ts'],
    env: { TZ: 'UTC' },
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Rows promise wall times: files that run side by side would break each other's promises.
    fileParallelism: false,
  },
});
