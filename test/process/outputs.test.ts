import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isLineKind, OUTPUT_KINDS } from '../../src/render/outputs/kinds.ts';
import { anEndpoint, fixture, json } from '../support/endpoint.ts';
import { Machine, runProgram } from '../support/program.ts';
import { aDirectoryWith } from '../support/tools.ts';

const kinds = Object.keys(OUTPUT_KINDS);
const lines = kinds.filter(isLineKind);
const documents = kinds.filter((kind) => !isLineKind(kind));
const launcher = new URL('../../bin/usageline-prompt', import.meta.url).pathname;
const dateOnly = aDirectoryWith('date');
/** A text that only a prerendered line can contain. */
const MARK = 'from the prerendered line';

async function aMachine(answer = json(fixture('2026-04-18-max.json'))) {
  const endpoint = await anEndpoint(answer);
  return { endpoint, machine: new Machine(endpoint.url) };
}

/** Runs the launcher where PATH has `date` only: without the program it prints only what it has read itself. */
const launch = ({ env }: Machine, kind: string) =>
  runProgram('/bin/sh', [launcher, '--output', kind], { ...env, PATH: dateOnly });

describe('every kind of output', () => {
  it.concurrent.each(kinds)('%s: shows at once that the first response is pending, exit 0', async (kind) => {
    const { machine } = await aMachine(() => {});
    const run = await machine.run(['--output', kind, '--timeout', '0.2']);
    expect(run).toMatchObject({ stderr: '', code: 0 });
    expect(run.stdout).toMatch(kind === 'openmetrics' ? /^usageline_up\{.*\} 0\n[^]*# EOF\n$/m : /…/);
  });

  it.concurrent.each(kinds)('%s: shows the failure, exit 0', async (kind) => {
    const { machine } = await aMachine(json({}, 401));
    const run = await machine.run(['--wait', '--output', kind]);
    expect(run).toMatchObject({ stderr: '', code: 0 });
    expect(run.stdout).toMatch(kind === 'openmetrics' ? /code="unauthorized"/ : /sign in/);
  });
});

describe('a kind that is one line', () => {
  it.concurrent.each(lines)('%s: is prerendered, for Node and for the launcher', async (kind) => {
    const { endpoint, machine } = await aMachine();
    const first = await machine.run(['--wait', '--output', kind]);
    expect(first).toMatchObject({ stderr: '', code: 0 });
    expect(first.stdout).toMatch(/^.*22%.*\n$/);
    expect(await launch(machine, kind)).toMatchObject({ stdout: first.stdout, stderr: '', code: 0 });

    const path = join(machine.cache, 'ready', kind);
    const text = fs.readFileSync(path, 'utf8').replaceAll(/^(\d+) .*$/gm, `$1 ${MARK}`);
    fs.writeFileSync(path, text);
    expect(await machine.run(['--output', kind])).toMatchObject({ stdout: `${MARK}\n`, code: 0 });
    expect(endpoint.requests).toHaveLength(1);
  });

  it.concurrent.each(lines)('%s: is prerendered without colour, too', async (kind) => {
    const { machine } = await aMachine();
    machine.env.NO_COLOR = '1';
    const { stdout } = await machine.run(['--wait', '--output', kind]);
    expect(stdout).not.toMatch(/\u001B|%F|#\[|%\{|color/);
    expect(await launch(machine, kind)).toMatchObject({ stdout, stderr: '', code: 0 });
  });
});

describe('a kind of several lines', () => {
  it.concurrent.each(documents)('%s: is rendered at each call, and not stored', async (kind) => {
    const { endpoint, machine } = await aMachine();
    const first = await machine.run(['--wait', '--output', kind]);
    const second = await machine.run(['--output', kind]);
    for (const run of [first, second]) {
      expect(run).toMatchObject({ stderr: '', code: 0 });
      expect(run.stdout).toMatch(/\n[^]*[^\n]\n$/);
    }
    expect(fs.existsSync(join(machine.cache, 'ready', kind))).toBe(false);
    expect(endpoint.requests).toHaveLength(1);
  });

  it.concurrent.each(documents)('%s: cannot be prerendered, nor used in a status line', async (kind) => {
    const { machine } = await aMachine();
    for (const args of [
      ['ready', kind],
      ['statusline', '--output', kind],
    ]) {
      const run = await machine.run(args);
      expect(run).toMatchObject({ stdout: '', code: 2 });
      expect(run.stderr).toMatch(new RegExp(`(kind|--output) is '${kind}'; accepted: plain, .*sketchybar\n`));
    }
  });
});
