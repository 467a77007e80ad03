import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runDemo } from '../../src/demo/demo.ts';
import { fakeSystem } from '../support/system.ts';

/** A directory for the stage, and the output so far. */
function audience() {
  const printed: string[] = [];
  const writeSync = (_fd: number, bytes: Uint8Array) => {
    printed.push(Buffer.from(bytes).toString('utf8'));
    return bytes.length;
  };
  const system = fakeSystem({ fs: { ...fs, writeSync } as typeof fs, now: () => Date.now() });
  const parent = join(system.root, 'tmp');
  fs.mkdirSync(parent);
  return { system, parent, text: () => printed.join('') };
}

/** Another program instead of usageline. */
function program(directory: string, source: string): string {
  const file = join(directory, 'program.cjs');
  fs.writeFileSync(file, source);
  return file;
}

describe('a demo whose checks fail', () => {
  it('names the failed checks for a program with other output, and leaves no files', async () => {
    const { system, parent, text } = audience();
    const entry = program(system.root, `console.log('hello');`);
    const outcome = await runDemo(system, { entry, color: false, parent });
    expect(outcome.kind === 'played' && outcome.failures).toBeGreaterThan(5);
    expect(text()).toContain('NOT AS ANNOUNCED: 1 request, not 0');
    expect(fs.readdirSync(parent)).toEqual([]);
  });

  it('counts every request of a program that sends too many', async () => {
    const { system, parent, text } = audience();
    const greedy = `
      const fs = require('node:fs');
      const directory = process.env.XDG_CACHE_HOME + '/usageline/claude';
      fs.mkdirSync(directory, { recursive: true });
      const ask = () => fetch(process.env.USAGELINE_API_BASE_URL + '/api/oauth/usage', {
        headers: { authorization: 'Bearer sk-ant-oat01-EXAMPLE-NOT-A-TOKEN' },
      });
      ask().then(ask).then((answer) => answer.json()).then((data) => {
        const cached_at = new Date().toISOString();
        fs.writeFileSync(directory + '/usage.json', JSON.stringify({ schema_version: 1, cached_at, data }));
        console.log('5h 34% 3h · 7d 38% 4d');
      });
    `;
    const outcome = await runDemo(system, { entry: program(system.root, greedy), color: false, parent });
    expect(outcome.kind === 'played' && outcome.failures).toBeGreaterThan(5);
    expect(text()).toContain('NOT AS ANNOUNCED: 1 request, not 2');
    expect(text()).toContain('NOT AS ANNOUNCED: one request, not 20');
    expect(fs.readdirSync(parent)).toEqual([]);
  });
});

describe('a demo that cannot begin', () => {
  it('names the missing port', async () => {
    const { system, parent } = audience();
    // An address for documentation (RFC 5737), which no machine has.
    const outcome = await runDemo(system, { entry: '/none', color: false, parent, host: '192.0.2.1' });
    const reason = 'no port on this machine for the endpoint of the demo: EADDRNOTAVAIL';
    expect(outcome).toEqual({ kind: 'impossible', reason });
    expect(fs.readdirSync(parent)).toEqual([]);
  });

  it('names the directory in which no files can be created', async () => {
    const { system } = audience();
    const parent = join(system.root, 'nowhere');
    const outcome = await runDemo(system, { entry: '/none', color: false, parent });
    expect(outcome).toEqual({
      kind: 'impossible',
      reason: `no directory can be made in ${parent}: ENOENT`,
    });
  });
});

it('a demo does not play in a directory in which other users can replace its files', async () => {
  const { system, parent } = audience();
  fs.chmodSync(parent, 0o777);
  const entry = program(system.root, `require('node:fs').writeFileSync(process.env.HOME + '/played', '');`);
  const outcome = await runDemo(system, { entry, color: false, parent });
  expect(outcome).toMatchObject({ kind: 'impossible' });
  expect(fs.readdirSync(parent)).toEqual([]);
});
