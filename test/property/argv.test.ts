import fs from 'node:fs';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { interpret } from '../../src/cli/program.ts';
import { isUsageError, result } from '../../src/commands/command.ts';
import type { Command, CommandResult } from '../../src/commands/command.ts';
import { parseFastArgs } from '../../src/cli/fast-args.ts';
import { renderErrorJson } from '../../src/render/json.ts';
import { NOW } from '../support/build.ts';
import { jsonSchema } from '../support/json-schema.ts';
import { fakeSystem } from '../support/system.ts';
import { COLOURS } from './promises.ts';
import { corpus, hostileText, PATIENCE, runs, useMemoryAsDisk } from './support.ts';

// The demo starts processes and takes time. This test only checks how it is reached.
vi.mock('../../src/commands/demo.ts', async (original) => {
  const { command } = await original<{ command: Command<object> }>();
  return { command: { ...command, run: () => result('demo\n') } };
});

beforeAll(useMemoryAsDisk);

const WORDS = [
  'show',
  'refresh',
  'cache',
  'path',
  'clear',
  'config',
  'check',
  'schema',
  'demo',
  'explain',
  'help',
  'get',
  'set',
  'format',
  '--json',
  '--color',
  '--color=always',
  '--wait',
  '--no-wait',
  '--cached',
  '--timeout',
  '--timeout=0.1',
  '--debug',
  '--force',
  '--quiet',
  '--help',
  '-h',
  '--version',
  '-V',
  '--',
  '-',
  '5',
  '300',
  'auto',
];
const word = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 1, arbitrary: hostileText },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...WORDS), hostileText).map(([a, b]) => `${a}=${b}`) },
  { weight: 1, arbitrary: hostileText.map((text) => `--${text}`) },
);
const anyArgv = fc.array(word, { maxLength: 7 });
const interesting = corpus<string[]>('argv').map((argv): [string[]] => [argv]);

describe('any command line', () => {
  it(
    'means the same to the fast parser and to the full one, or the fast parser leaves it to the full one',
    () => {
      fc.assert(
        fc.property(anyArgv, (argv) => {
          const options = parseFastArgs(argv);
          if (options === null) return;
          expect(argv.every((word) => /^(show|--?[a-z-]+(=.*)?|[a-z0-9.]+)$/.test(word))).toBe(true);
          expect(options.json).toBe(argv.includes('--json'));
          if (options.timeoutMs !== null) {
            expect(options.timeoutMs).toBeGreaterThanOrEqual(100);
            expect(options.timeoutMs).toBeLessThanOrEqual(300_000);
          }
        }),
        { numRuns: runs(3000), examples: interesting },
      );
    },
    PATIENCE,
  );

  it(
    'ends with a result or a usage error, and without a request',
    async () => {
      // There is no login, and no server listens at the endpoint's address.
      const env = { USAGELINE_API_BASE_URL: 'http://127.0.0.1:9' };
      // `--debug` writes to descriptors of this process.
      const writeSync = ((fd: number, data: Uint8Array, ...rest: []) =>
        fd <= 2 ? data.length : fs.writeSync(fd, data, ...rest)) as typeof fs.writeSync;
      const system = fakeSystem({ env, fs: { ...fs, writeSync } });
      await fc.assert(
        fc.asyncProperty(anyArgv, async (argv) => {
          const started = performance.now();
          const outcome = await interpret(system, argv).catch((error: unknown) => error as Error);
          expect(performance.now() - started, 'it does not hang').toBeLessThan(PATIENCE);
          if (outcome instanceof Error) {
            expect(isUsageError(outcome), String(outcome.stack)).toBe(true);
            expect(outcome.message.trim()).not.toBe('');
            jsonSchema.parse(JSON.parse(renderErrorJson('wrong_usage', outcome.message, NOW, 'claude')));
            expect(parseFastArgs(argv), 'what is wrong is not read quickly').toBeNull();
            return;
          }
          expectResult(outcome);
        }),
        { numRuns: runs(500), examples: interesting },
      );
    },
    PATIENCE,
  );

  function expectResult({ stdout, stderr, exitCode }: CommandResult): void {
    expect([0, 1, 3, 4]).toContain(exitCode);
    expect(stdout.replaceAll(COLOURS, '')).toMatch(/^[\u0020-\u007E\n·…━╾─┻┹┸]*$/);
    expect(stderr).toMatch(/^[\u0020-\u007E\n]*$/);
    if (!stdout.startsWith('{"schema"')) return;
    expect(stdout.endsWith('}\n')).toBe(true);
    jsonSchema.parse(JSON.parse(stdout));
    expect(stderr).toBe('');
  }
});
