import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HOUR, SECOND } from '../../src/usage/time.ts';
import { anEndpoint, fixture, json } from '../support/endpoint.ts';
import { Machine, runProgram, until } from '../support/program.ts';

const dist = new URL('../../dist/', import.meta.url).pathname;
const BARS = '5h ┻━────── 22% 4h37m · 7d ━━╾┸──── 33% 4d3h\n';
const TEMPLATE = '{5h.used} of 5h[, {7d.used} of 7d]';
/** A text that only a prerendered line can contain. */
const MARK = 'from the prerendered line';

async function aMachine(env: Record<string, string> = {}) {
  const endpoint = await anEndpoint(json(fixture('2026-04-18-max.json')));
  const machine = new Machine(endpoint.url, env);
  expect((await machine.run(['--wait'])).code).toBe(0);
  return { endpoint, machine };
}

const ready = (machine: Machine) => join(machine.cache, 'ready');
const formats = (machine: Machine) =>
  fs.readdirSync(ready(machine)).filter((name) => /~[a-z0-9]+$/.test(name));

/** Replaces the prerendered texts of all formats by a text that nothing else prints. */
function mark(machine: Machine): void {
  for (const name of formats(machine)) {
    const path = join(ready(machine), name);
    const { atimeMs, mtimeMs } = fs.statSync(path);
    fs.writeFileSync(path, fs.readFileSync(path, 'utf8').replaceAll(/^(\d+) .*$/gm, `$1 ${MARK}`));
    fs.utimesSync(path, atimeMs / SECOND, mtimeMs / SECOND);
  }
}

describe('a format', () => {
  it.each<[string, string[], Record<string, string>, string]>([
    ['a preset', ['--format', 'bars'], {}, BARS],
    ['a template', [`--format=${TEMPLATE}`], {}, '22% of 5h, 33% of 7d\n'],
    ['from the environment', [], { USAGELINE_FORMAT: 'bars' }, BARS],
    [
      'from the flag rather than from the environment',
      ['--format', 'compact'],
      { USAGELINE_FORMAT: 'bars' },
      '5h 22% · 7d 33%\n',
    ],
    ['from the environment, empty', [], { USAGELINE_FORMAT: '' }, '5h 22% 4h37m · 7d 33% 4d3h\n'],
    ['from the environment, wrong', [], { USAGELINE_FORMAT: '{5h.x}' }, '5h 22% 4h37m · 7d 33% 4d3h\n'],
    ['for zsh', ['--format', '{5h.used} #', '--output', 'zsh', '--color=never'], {}, '22%% #\n'],
  ])('%s', async (_name, args, env, line) => {
    const { machine } = await aMachine();
    expect(await machine.run(args, env)).toMatchObject({ stdout: line, stderr: '', code: 0 });
    expect(await machine.run(args, env)).toMatchObject({ stdout: line, stderr: '', code: 0 });
  });

  it.each([
    [
      ['--format', '{5h.percnt}'],
      /unknown placeholder '\{5h\.percnt\}' at character 1; accepted: .*; did you mean '\{5h\.percent\}'\?/,
    ],
    [['--format='], 'no placeholder in it'],
    [['--format', 'x\u001B[2J'], "--format is 'x?[2J': a character that cannot be shown at character 2"],
    [['statusline', '--format', '{5h.percnt}'], "unknown placeholder '{5h.percnt}'"],
    [['show', '--format', 'bars'], "unknown option '--format'"],
    [['--json', '--format', 'bars'], '--format cannot be used with --json; accepted: one of them'],
    [['--format'], '--format needs a value; accepted: default, compact, '],
  ])('%j is wrong usage, and the mistake is named', async (args, message) => {
    const { machine, endpoint } = await aMachine();
    const run = await machine.run(args);
    expect(run.code).toBe(2);
    expect(`${run.stdout}${run.stderr}`).toMatch(message);
    expect(run.stderr).not.toContain('\u001B');
    expect(endpoint.requests).toHaveLength(1);
  });

  it('a mistake in the environment is reported where there is room for it', async () => {
    const { machine } = await aMachine({ USAGELINE_FORMAT: '{5h.percnt}' });
    const run = await machine.run(['show']);
    expect(run).toMatchObject({ code: 0 });
    expect(run.stderr).toContain('USAGELINE_FORMAT is "{5h.percnt}": unknown placeholder');
  });

  it('applies to Claude Code’s status line as well', async () => {
    const { machine } = await aMachine();
    const run = () => machine.run(['statusline', '--format', 'minimal', '--color', 'never']);
    expect((await run()).stdout).toBe('7d 33%\n');
    expect((await run()).stdout).toBe('7d 33%\n');
  });

  it('`ascii` prints the table in 7-bit characters', async () => {
    const { machine } = await aMachine({ USAGELINE_FORMAT: 'ascii' });
    const run = await machine.run(['show']);
    expect(run.stdout).toMatch(/^Claude \| Ultra\n\n5h +[#+-]+ +22%/);
    expect(run.stdout).toMatch(/^[ -~\n]+$/);
  });
});

describe('the prerendered line of a format', () => {
  it('is printed by every further call with this format, and by no other', async () => {
    const { machine } = await aMachine();
    await machine.run(['--format', 'bars']);
    expect(formats(machine)).toHaveLength(1);
    mark(machine);
    expect((await machine.run(['--format', 'bars'])).stdout).toBe(`${MARK}\n`);
    expect((await machine.run([], { USAGELINE_FORMAT: 'bars' })).stdout).toBe(`${MARK}\n`);
    expect((await machine.run(['--format', 'compact'])).stdout).toBe('5h 22% · 7d 33%\n');
    expect((await machine.run()).stdout).toBe('5h 22% 4h37m · 7d 33% 4d3h\n');
  });

  it('needs no more files and modules than any other prerendered line', async () => {
    const { machine } = await aMachine();
    await machine.run(['--format', TEMPLATE]);
    mark(machine);
    const spy = join(machine.home, 'spy.cjs');
    const list = join(machine.home, 'list');
    fs.writeFileSync(
      spy,
      `const fs = require('node:fs');
       process.on('exit', () => {
         const bundles = Object.keys(require.cache).filter((path) => path !== __filename);
         fs.writeFileSync(${JSON.stringify(list)}, JSON.stringify({ modules: process.moduleLoadList, bundles }));
       });`,
    );
    const env = { ...machine.env, NODE_OPTIONS: `--require=${spy}` };
    const loaded = async (args: string[]) => {
      const run = await runProgram(process.execPath, [join(dist, 'hot.cjs'), ...args], env);
      return {
        run,
        ...(JSON.parse(fs.readFileSync(list, 'utf8')) as Record<'modules' | 'bundles', string[]>),
      };
    };
    const without = await loaded([]);
    const hit = await loaded(['--format', TEMPLATE]);
    expect(hit.run.stdout).toBe(`${MARK}\n`);
    expect(hit.bundles).toEqual([join(dist, 'hot.cjs')]);
    expect(hit.modules).toEqual(without.modules);
  });

  it('is renewed with every response, also by the worker', async () => {
    const { machine } = await aMachine();
    await machine.run(['--format', TEMPLATE]);
    const [name] = formats(machine);
    const text = () => fs.readFileSync(join(ready(machine), name as string), 'utf8');
    const before = text();
    machine.ageBy(HOUR);
    await machine.run();
    await until(() => text() !== before);
    const after = text();
    expect(after).toContain(`\n~ ${TEMPLATE}\n# `);
    expect(after).toMatch(/^\d+ 22% of 5h, 33% of 7d$/m);
  });

  it('is removed when too many formats have been used, except for the last one', async () => {
    const { machine } = await aMachine();
    for (let n = 0; n < 9; n += 1) await machine.run(['--format', `${n} {5h.used}`]);
    expect(formats(machine)).toHaveLength(9);
    await machine.run(['--format', 'last {5h.used}']);
    expect(formats(machine)).toHaveLength(1);
    mark(machine);
    expect((await machine.run(['--format', 'last {5h.used}'])).stdout).toBe(`${MARK}\n`);
  });
});
