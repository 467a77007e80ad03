import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anEndpoint, fixture, json } from '../support/endpoint.ts';
import { Machine, runProgram } from '../support/program.ts';
import { describeWith } from '../support/tools.ts';

const entry = new URL('../../bin/usageline.cjs', import.meta.url).pathname;
const LINE = '5h 22% 4h37m · 7d 33% 4d3h';

/** How a shell without a terminal loads the hook, draws a prompt, and draws prompts until the line is there. */
const shells = {
  bash: {
    load: (hook: string) => `eval "$(${hook})"`,
    prompt: '_usageline_precmd',
    untilShown: `for i in {1..240}; do _usageline_precmd; [[ $USAGELINE == *22%* ]] && break; sleep 0.25; done`,
    export: 'export CLAUDE_CONFIG_DIR=',
  },
  zsh: {
    load: (hook: string) => `eval "$(${hook})"`,
    prompt: '_usageline_precmd',
    untilShown: `for i in {1..240}; do _usageline_precmd; [[ $USAGELINE == *22%* ]] && break; sleep 0.25; done`,
    export: 'export CLAUDE_CONFIG_DIR=',
  },
  fish: {
    load: (hook: string) => `${hook} | source`,
    prompt: 'emit fish_prompt',
    untilShown: `for i in (seq 240); emit fish_prompt; string match -q '*22%*' -- $USAGELINE; and break; sleep 0.25; end`,
    export: 'set -gx CLAUDE_CONFIG_DIR ',
  },
} as const;

const flags: Record<keyof typeof shells, string[]> = {
  bash: ['--norc', '-c'],
  zsh: ['-f', '-c'],
  fish: ['-N', '-c'],
};

async function aHome() {
  const endpoint = await anEndpoint(json(fixture('2026-04-18-max.json')));
  const machine = new Machine(endpoint.url, { LC_ALL: 'C.UTF-8' });
  fs.mkdirSync(join(machine.home, '.local/share/fish/generated_completions'), { recursive: true });
  return { endpoint, machine };
}

describe.concurrent('the hook and CLAUDE_CONFIG_DIR', () => {
  for (const [name, shell] of Object.entries(shells)) {
    const run = (machine: Machine, lines: string[]) =>
      runProgram(name, [...flags[name as keyof typeof shells], lines.join('\n')], machine.env);

    describeWith(name, `in ${name}`, () => {
      it('shows the account of a relative directory after every cd', async () => {
        const { endpoint, machine } = await aHome();
        const project = join(machine.home, 'project');
        fs.mkdirSync(join(project, 'acct'), { recursive: true });
        fs.renameSync(machine.credentials, join(project, 'acct', '.credentials.json'));
        const { stdout } = await run(machine, [
          `cd ${project}`,
          `${shell.export}acct`,
          shell.load(`'${process.execPath}' '${entry}' init ${name}`),
          'cd /',
          shell.untilShown,
          'echo "<$USAGELINE>"',
        ]);
        expect(stdout).toContain(`<${LINE}>`);
        expect(endpoint.requests).toHaveLength(1);
      });

      it('shows the account of the directory that a changed link points to', async () => {
        const { machine } = await aHome();
        const { home } = machine;
        for (const account of ['one', 'two']) {
          fs.mkdirSync(join(home, account));
          fs.copyFileSync(machine.credentials, join(home, account, '.credentials.json'));
        }
        fs.utimesSync(join(home, 'one', '.credentials.json'), 1e9, 1e9);
        fs.symlinkSync('one', join(home, 'current'));
        const env = { CLAUDE_CONFIG_DIR: join(home, 'current') };
        await machine.run(['--wait'], env);
        await machine.run(['ready', name], env);
        const { stdout } = await run(machine, [
          `${shell.export}${home}/current`,
          shell.load(`'${process.execPath}' '${entry}' init ${name}`),
          shell.prompt,
          'echo "<$USAGELINE>"',
          `ln -sfn two '${home}/current'`,
          shell.prompt,
          'echo "<$USAGELINE>"',
          shell.untilShown,
          'echo "<$USAGELINE>"',
        ]);
        const shown = stdout.split('\n').filter((text) => text.startsWith('<'));
        expect(shown).toEqual([`<${LINE}>`, '<…>', `<${LINE}>`]);
      });
    });
  }
});
