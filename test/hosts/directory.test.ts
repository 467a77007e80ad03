import fs from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { anEndpoint, fixture, json } from '../support/endpoint.ts';
import { Machine, runProgram } from '../support/program.ts';
import { describeWith } from '../support/tools.ts';

const entry = new URL('../../bin/usageline.cjs', import.meta.url).pathname;
const LINE = '5h 22% 4h37m · 7d 33% 4d3h';

/** How a shell without a terminal loads the hook, draws a prompt, and says what stands there. */
const shells = {
  bash: {
    load: (hook: string) => `eval "$(${hook})"`,
    prompt: '_usageline_precmd',
    export: 'export CLAUDE_CONFIG_DIR=',
  },
  zsh: {
    load: (hook: string) => `eval "$(${hook})"`,
    prompt: '_usageline_precmd',
    export: 'export CLAUDE_CONFIG_DIR=',
  },
  fish: {
    load: (hook: string) => `${hook} | source`,
    prompt: 'emit fish_prompt',
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

for (const [name, shell] of Object.entries(shells)) {
  const run = (machine: Machine, lines: string[]) =>
    runProgram(name, [...flags[name as keyof typeof shells], lines.join('\n')], machine.env);
  const draw = (times: number, pause: string) =>
    Array.from({ length: times }, () => [shell.prompt, `sleep ${pause}`]).flat();

  describeWith(name, name, () => {
    it('shows the account of a relative directory, wherever it goes from there', async () => {
      const { endpoint, machine } = await aHome();
      const project = join(machine.home, 'project');
      fs.mkdirSync(join(project, 'acct'), { recursive: true });
      fs.renameSync(machine.credentials, join(project, 'acct', '.credentials.json'));
      const { stdout } = await run(machine, [
        `cd ${project}`,
        `${shell.export}acct`,
        shell.load(`'${process.execPath}' '${entry}' init ${name}`),
        'cd /',
        ...draw(2, '3'),
        shell.prompt,
        'echo "<$USAGELINE>"',
      ]);
      expect(stdout).toContain(`<${LINE}>`);
      expect(endpoint.requests).toHaveLength(1);
    });

    it('goes with a link that leads to another directory now', async () => {
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
        ...draw(3, '5'),
        ...draw(2, '3'),
        'echo "<$USAGELINE>"',
      ]);
      const shown = stdout.split('\n').filter((text) => text.startsWith('<'));
      expect(shown).toEqual([`<${LINE}>`, '<…>', `<${LINE}>`]);
    }, 60_000);
  });
}
