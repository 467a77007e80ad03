import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { json } from '../support/endpoint.ts';
import { runProgram } from '../support/program.ts';
import { describeWith } from '../support/tools.ts';
import { aHost, launcher } from './host.ts';
import type { Host } from './host.ts';
import { script, shells } from './shells.ts';

/** The time that passes after a line was prerendered, while nothing new is learnt, ms. */
const moments: readonly (readonly [string, number])[] = [
  ['the numbers are fresh', 0],
  ['a minute has passed', 75 * SECOND],
  ['freshness has ended', 4 * MINUTE],
  ['the far texts are reached', 9 * MINUTE],
  ['the numbers are hours old', 3 * HOUR],
  ['a window has been reset', 5 * HOUR],
  ['the numbers are too old', DAY + HOUR],
];

/** Moves all times on disk into the past: those that the program reads, and those that shells read. */
function pass(host: Host, ms: number): void {
  host.letTimePass(ms / SECOND);
  host.machine.ageBy(ms);
  const path = join(host.machine.cache, 'usage.json');
  const file = JSON.parse(fs.readFileSync(path, 'utf8'));
  for (const window of [file.data.five_hour, file.data.seven_day]) {
    window.resets_at = new Date(Date.parse(window.resets_at) - ms).toISOString();
  }
  for (const limit of file.data.limits ?? []) {
    if (limit.resets_at) limit.resets_at = new Date(Date.parse(limit.resets_at) - ms).toISOString();
  }
  fs.writeFileSync(path, JSON.stringify(file));
}

const print: Record<string, string> = {
  zsh: 'print -r -- "$usageline_prompt"',
  bash: 'printf "%s\\n" "$usageline_prompt"',
  fish: 'echo -- "$usageline_prompt"',
};

/**
 * Removes what prerendered lines of the far future leave out by docs/specs/files.md: countdowns, and
 * minutes of an age.
 */
function coarse(line: string): string {
  return line.replace(/ (\d+[dhm])+(?! ago)(?= |$)/gm, '');
}

describe('all routes print the same line', () => {
  for (const shell of Object.values(shells)) {
    describeWith(shell.name, `the hook of ${shell.name}`, () => {
      it.concurrent.each(moments)('when %s', async (_, ms) => {
        const host = await aHost([shell.name]);
        // The endpoint never responds, so that the due refresh changes nothing.
        host.endpoint.answer = () => {};
        const init = host.write('init', (await host.machine.run(['init', shell.name])).stdout);
        pass(host, ms);
        const text = `source '${init}'\n${shell.counted}\n${shell.hook}\n${print[shell.name]}`;
        const run = await script(host, { ...shell, init: '', counted: '' }, text);
        expect(run.stderr).toBe('');
        const truth = (await host.machine.run(['--cached', '--output', shell.name])).stdout.trimEnd();
        if (ms > DAY) expect(run.stdout.trimEnd()).toBe('');
        else if (ms < HOUR) expect(run.stdout.trimEnd()).toBe(truth);
        else expect(coarse(run.stdout.trimEnd())).toBe(coarse(truth));
      });

      it.concurrent('while a backoff asked for by the endpoint lasts', async () => {
        const host = await aHost([]);
        host.machine.ageBy(12 * MINUTE);
        host.endpoint.answer = json({}, 429, { 'retry-after': '600' });
        await host.machine.run(['--wait']);
        await host.machine.run(['ready', shell.name]);
        const run = await script(host, shell, `${shell.hook}\n${print[shell.name]}`);
        const truth = await host.printedLine(shell.name);
        expect(truth).toContain('rate limited');
        expect(run).toMatchObject({ stdout: `${truth}\n`, stderr: '' });
        expect(host.started).toEqual([]);
      });
    });
  }

  for (const argv of [['dash'], ['bash', '--posix'], ['busybox', 'ash']]) {
    describeWith(argv[0] ?? '', `the launcher under ${argv.join(' ')}`, () => {
      it.concurrent.each(moments)('when %s', async (_, ms) => {
        const host = await aHost(['plain']);
        host.endpoint.answer = () => {};
        pass(host, ms);
        const [file = '', ...options] = argv;
        fs.mkdirSync(join(host.home, 'bin'));
        fs.symlinkSync(join(host.home, 'counted'), join(host.home, 'bin/usageline'));
        const env = { ...host.machine.env, PATH: `${host.home}/bin:${host.machine.env.PATH}` };
        const run = await runProgram(file, [...options.filter(Boolean), launcher], env);
        expect(run.stderr).toBe('');
        const truth = (await host.machine.run(['--cached'])).stdout;
        if (ms > DAY) expect(run.stdout).toBe('…\n');
        else if (ms < HOUR) expect(run.stdout).toBe(truth);
        else expect(coarse(run.stdout)).toBe(coarse(truth));
      });
    });
  }
});
