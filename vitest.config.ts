import { defineConfig } from 'vitest/config';

// Whoever runs the tests has a home, a colour taste and a time zone; no test may see them.
const env = {
  TZ: 'UTC',
  NO_COLOR: '',
  FORCE_COLOR: undefined as unknown as string,
  HOME: '/nonexistent',
  XDG_CACHE_HOME: '',
  XDG_CONFIG_HOME: '',
};

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: ['test/process/**', 'test/hosts/**'],
          env,
          testTimeout: 20_000,
        },
      },
      {
        test: {
          // The built program, with deadlines of a second: what ran beside it would use them up.
          // A machine that others keep busy can still do so: once more, and the summary says so.
          name: 'program',
          retry: 1,
          include: ['test/process/**/*.test.ts'],
          env,
          testTimeout: 30_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          // Real shells in real terminals, which a busy machine can keep waiting for longer than any test should.
          name: 'hosts',
          retry: 1,
          include: ['test/hosts/**/*.test.ts'],
          env,
          testTimeout: 30_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['src/cache/**', 'src/fetch/**', 'src/resolve/**', 'src/usage/**', 'src/render/**'],
      reporter: ['text', 'json-summary'],
      thresholds: {
        'src/cache/**': { branches: 95 },
        'src/fetch/**': { branches: 95 },
        'src/resolve/**': { branches: 95 },
      },
    },
  },
});
