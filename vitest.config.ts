import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Whoever runs the tests has a home, a colour taste and a time zone; no test may see them.
const env = {
  // `npm run test:dates` names zones in which its dates mean something.
  TZ: process.env.TESTS_ZONE ?? 'UTC',
  NO_COLOR: '',
  FORCE_COLOR: undefined as unknown as string,
  // Nothing can be made below it, not even by root.
  HOME: '/dev/null/home',
  XDG_CACHE_HOME: '',
  XDG_CONFIG_HOME: '',
  // A tmux without UTF-8 shows `_` for other characters.
  LC_ALL: 'C.UTF-8',
  // tmux starts its commands with this shell, or else with the shell of the account, which can be `nologin`.
  SHELL: '/bin/sh',
};

// A test that takes longer hangs. A busy machine makes a test ten times as slow, and not red.
const HANGS = 180_000;

const setupFiles = ['test/support/seed.ts', 'test/dates/setup.ts'];

// CI installs every tool, so a skipped test is an error there, except one that needs another user.
const reporters = process.env.CI ? ['./test/support/skipped.ts', 'default'] : ['default'];

export default defineConfig({
  test: {
    reporters,
    // By itself it leaves a core idle, of two that is half of the machine.
    maxWorkers: Math.max(1, availableParallelism()),
    projects: [
      {
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: ['test/process/**', 'test/hosts/**', 'test/fetch/**'],
          env,
          setupFiles,
          testTimeout: HANGS,
          hookTimeout: HANGS,
        },
      },
      {
        test: {
          // Real sockets and real deadlines.
          name: 'sockets',
          include: ['test/fetch/**/*.test.ts'],
          env,
          setupFiles,
          testTimeout: HANGS,
          hookTimeout: HANGS,
        },
      },
      {
        test: {
          // The built program, with deadlines of a second: what ran beside it would use them up.
          name: 'program',
          include: ['test/process/**/*.test.ts'],
          env,
          setupFiles,
          testTimeout: HANGS,
          hookTimeout: HANGS,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          // Real shells in real terminals, which a busy machine can keep waiting for longer than any test should.
          name: 'hosts',
          include: ['test/hosts/**/*.test.ts'],
          env,
          testTimeout: HANGS,
          hookTimeout: HANGS,
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
