import fs from 'node:fs';
import { dirname } from 'node:path';
import * as fc from 'fast-check';
import { stringify } from 'smol-toml';
import { beforeAll, describe, expect, it } from 'vitest';
import { usage } from '../../src/commands/usage.ts';
import { configCheck, configShow } from '../../src/commands/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { NAMES, OUTPUTS } from '../../src/config/schema.ts';
import { findConfigFile } from '../../src/config/config-file.ts';
import { parseFastArgs } from '../../src/cli/fast-args.ts';
import { anEntry } from '../support/build.ts';
import { accountDirectory } from '../../src/cache/directory.ts';
import { serializeEntry } from '../../src/cache/entry.ts';
import { fakeSystem } from '../support/system.ts';
import { anyBytes, damaged, hostileText, PATIENCE, runs, useMemoryAsDisk } from './support.ts';

beforeAll(useMemoryAsDisk);

const WORDS = [
  'auto',
  'always',
  'never',
  'used',
  'left',
  '12h',
  'green',
  'bold red',
  '#ff8800',
  'none',
  'bars',
  '',
];
const leaf = fc.oneof(
  fc.constantFrom(...WORDS),
  fc.double({ noNaN: true }),
  fc.constantFrom(0, 0.1, 1, 50, 80, 150, 300, -1, 2 ** 53 - 1),
  fc.boolean(),
  fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-01-01') }),
  hostileText,
  fc.array(hostileText, { maxLength: 3 }),
);
const name = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...NAMES).map((dotted) => dotted.split('.')) },
  { weight: 1, arbitrary: fc.array(hostileText, { minLength: 1, maxLength: 3 }) },
);

/** A file with known and unknown keys and values of all kinds. */
const anyToml = fc.array(fc.tuple(name, leaf), { maxLength: 12 }).map((entries) => {
  const root: Record<string, unknown> = {};
  for (const [path, value] of entries) {
    let table = root;
    for (const part of path.slice(0, -1)) {
      if (!isTable(table, part)) table[part] = {};
      table = table[part] as Record<string, unknown>;
    }
    table[path.at(-1) as string] = value;
  }
  try {
    return stringify(root);
  } catch {
    // Lone surrogates cannot be written as UTF-8.
    return '';
  }
});

function isTable(table: Record<string, unknown>, part: string): boolean {
  const there = Object.hasOwn(table, part) ? table[part] : undefined;
  return typeof there === 'object' && there !== null && !Array.isArray(there) && !(there instanceof Date);
}

describe('any file in place of the configuration', () => {
  it(
    'leaves the line as it is, breaks nothing, and is reported in few and printable characters',
    async () => {
      const system = fakeSystem({ env: { USAGELINE_NETWORK: 'never' } });
      const path = findConfigFile(system).path as string;
      const directory = accountDirectory(`${system.root}/.cache/usageline`, 'claude');
      fs.mkdirSync(dirname(path), { recursive: true });
      fs.mkdirSync(directory.path, { recursive: true });
      fs.writeFileSync(directory.entry, serializeEntry(anEntry({ credentials: null })));
      const options = parseFastArgs(['--output', 'tmux'])!;
      const file = fc.oneof(
        anyToml.map((text) => Buffer.from(text)),
        damaged(anyToml),
        anyBytes,
      );
      await fc.assert(
        fc.asyncProperty(file, async (bytes) => {
          fs.writeFileSync(path, bytes);
          const { settings, warnings, common, outputs } = await loadConfig(system);
          for (const ms of [settings.cacheDurationMs, settings.scopedRefreshMs, settings.maxStaleMs]) {
            expect(ms).toBeGreaterThanOrEqual(150_000);
          }
          expect(settings.timeoutMs).toBeGreaterThanOrEqual(100);
          expect(settings.timeoutMs).toBeLessThanOrEqual(300_000);
          for (const { appearance } of [common, ...Object.values(outputs)]) {
            expect(appearance.thresholds.warn).toBeLessThanOrEqual(appearance.thresholds.critical);
          }
          expect(Object.keys(outputs).every((output) => OUTPUTS.includes(output))).toBe(true);
          expect(warnings.length).toBeLessThanOrEqual(21 + OUTPUTS.length);
          for (const warning of warnings) expect(warning).toMatch(/^[\u0020-\u007E…]{1,900}$/);

          const check = await configCheck(system);
          expect(check.exitCode).toBe(check.stderr === '' ? 0 : 2);
          const { stdout } = await configShow(system, { color: null, timeoutMs: null });
          expect(stdout).toMatch(/^[\n\u0020-\u007E]*$/);
          // A refused base URL ends the call, as promised.
          const line = await usage(system, options).catch(({ message }: Error) => message);
          if (typeof line === 'string') expect(line).toMatch(/^api_base_url \(.* is refused: [ -~]*$/);
          else {
            expect(line).toMatchObject({ stderr: '', exitCode: 0 });
            expect(line.stdout).toMatch(/^[^\n]+\n$/);
          }
        }),
        { numRuns: runs(300) },
      );
    },
    PATIENCE,
  );
});
