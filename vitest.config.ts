import { accessSync, constants, readFileSync, statfsSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { defineConfig } from 'vitest/config';

/**
 * Where tests put their homes: memory, where Linux offers enough of it. Tests make and remove tens of thousands of small
 * files, which takes a disk minutes. A TMPDIR of the environment wins; `.ci/run` and the fault suite use a disk.
 */
function temporaryDirectory(): string {
  const memory = '/dev/shm';
  if (process.env.TMPDIR || process.platform !== 'linux') return tmpdir();
  try {
    accessSync(memory, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(memory);
    const options = / \/dev\/shm tmpfs (\S+)/.exec(readFileSync('/proc/mounts', 'utf8'))?.[1] ?? 'noexec';
    return bavail * bsize >= ENOUGH && !options.split(',').includes('noexec') ? memory : tmpdir();
  } catch {
    return tmpdir();
  }
}

/** Bytes: copies of Node and of the package, for the layouts of version managers. */
const ENOUGH = 2 * 2 ** 30;

// The home, the colours and the time zone of the user who runs the tests must not change their results.
const env = {
  // `npm run test:dates` names zones in which its dates mean something.
  TZ: process.env.TESTS_ZONE ?? 'UTC',
  NO_COLOR: '',
  FORCE_COLOR: undefined as unknown as string,
  // No file can be created below it, not even by root.
  HOME: '/dev/null/home',
  XDG_CACHE_HOME: '',
  XDG_CONFIG_HOME: '',
  // A tmux without UTF-8 shows `_` for other characters.
  LC_ALL: 'C.UTF-8',
  // tmux starts its commands with this shell, or else with the shell of the account, which can be `nologin`.
  SHELL: '/bin/sh',
  TMPDIR: temporaryDirectory(),
};

/** A test that takes longer hangs, ms. A busy machine makes a test ten times as slow, and must not fail it. */
const HANGS = 180_000;

const setupFiles = ['test/support/seed.ts', 'test/dates/setup.ts'];

// CI installs every tool, so a skipped test is an error there, except one that needs another user.
const reporters = process.env.CI ? ['./test/support/skipped.ts', 'default'] : ['default'];

/**
 * Which tests run: `TESTS=all` (`npm run test:all`) adds the long ones, which take a minute of computing, or try the shells
 * with unusual options, after a move, and with what a refresh inherits; `TESTS=long` is those alone. `TESTS=user`, for
 * another run as an ordinary user, leaves out what takes minutes and cannot depend on the user: tests that compute for long,
 * the build, and the contract of every provider through the built program.
 */
const { TESTS } = process.env;
const LONG = '**/*.long.test.ts';
const named = TESTS === 'long' ? LONG : '**/*.test.ts';
const leftOut = TESTS === 'all' || TESTS === 'long' ? [] : [LONG];
if (TESTS === 'user')
  leftOut.push(
    'test/{docs,property,simulation}/**',
    'test/init/linear.test.ts',
    'test/prerender/forecast.test.ts',
    'test/process/{build,providers}.test.ts',
  );

export default defineConfig({
  test: {
    reporters,
    // The default leaves one core idle, which is half of a machine with two.
    maxWorkers: Math.max(1, availableParallelism()),
    projects: [
      {
        test: {
          name: 'parts',
          include: [`test/${named}`],
          exclude: ['test/process/**', 'test/hosts/**', 'test/fetch/**', ...leftOut],
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
          // The built program, with deadlines of a second: the parts, which use all cores, do not run beside it.
          name: 'program',
          include: [`test/process/${named}`],
          exclude: leftOut,
          env,
          setupFiles,
          testTimeout: HANGS,
          hookTimeout: HANGS,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          // The built program in real shells and terminals.
          name: 'hosts',
          include: [`test/hosts/${named}`],
          exclude: leftOut,
          env,
          testTimeout: HANGS,
          hookTimeout: HANGS,
          sequence: { groupOrder: 1 },
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['src/cache/**', 'src/fetch/**', 'src/resolve/**', 'src/usage/**', 'src/render/**'],
      // Tested through the built program, which is not measured, or only on a Node that has SQLite.
      exclude: [
        'src/cache/verify.ts',
        'src/fetch/claude/cli-program.ts',
        'src/fetch/claude/cli-source.ts',
        'src/fetch/kit/sqlite.ts',
        'src/fetch/kiro/index.ts',
        '**/*.sh',
      ],
      // CI keeps the end of what is printed, and failures come before a table of all files.
      reporter: process.env.CI ? ['text-summary', 'json-summary'] : ['text', 'json-summary'],
      thresholds: {
        'src/cache/**': { branches: 95 },
        'src/fetch/**': { branches: 95 },
        'src/resolve/**': { branches: 95 },
      },
    },
  },
});
