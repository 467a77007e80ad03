import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWith } from '../support/tools.ts';
import { Machine } from '../support/program.ts';

const hook = new URL('../../shell/usageline.bash', import.meta.url).pathname;

/* Bash arithmetic executes a command in the subscript of a text that should be a number, as in `a[$(command)]`. */
describeWith('bash', 'a prerendered line with a command instead of a number', () => {
  const attack = (marker: string) => `a[$(id>${marker})]`;

  it.each([
    ['the first line of another format', (text: string) => `other-format 1 1 ${text} 1\n`],
    ['the start of validity', (text: string) => `usageline-ready 1 99999999999 ${text} 1\n99999999999 x\n`],
    ['the time of the next refresh', (text: string) => `usageline-ready 1 ${text} 1 1\n99999999999 x\n`],
    ['the end of a text', (text: string) => `usageline-ready 1 99999999999 1 1\n${text} x\n`],
  ])('leaves no command in a variable of the hook: %s', (_, file) => {
    const { home } = new Machine('http://127.0.0.1:9');
    const [ready, marker] = [join(home, 'ready'), join(home, 'marker')];
    fs.writeFileSync(ready, file(attack(marker)));
    const script = `
      _usageline_program=(/bin/false) _usageline_where='||||${home}|||||||' _usageline_ready=${ready}
      _usageline_login1=${home}/1 _usageline_login2=${home}/2 _usageline_config=${home}/c PS1='$ '
      source ${hook}
      _usageline_precmd; _usageline_precmd
      echo "$_usageline_from $_usageline_until"`;
    const env = { PATH: process.env.PATH ?? '', HOME: home };
    const { stdout } = spawnSync('bash', ['--norc', '-c', script], { env, encoding: 'utf8' });
    expect(stdout).toMatch(/^-?\d+ \d+\n$/);
    expect(fs.existsSync(marker)).toBe(false);
  });

  it('the hook runs no command from the environment', () => {
    const { home } = new Machine('http://127.0.0.1:9');
    const marker = join(home, 'marker');
    const script = `
      _usageline_program=(/bin/false) _usageline_where='||||${home}|||||||' _usageline_ready=${home}/ready
      _usageline_login1=${home}/1 _usageline_login2=${home}/2 _usageline_config=${home}/c PS1='$ '
      source ${hook}
      _usageline_precmd; _usageline_precmd`;
    const names = ['started', 'from', 'until', 'now', 'options', 'clock'].map((name) => `_usageline_${name}`);
    const hostile = Object.fromEntries(names.map((name) => [name, attack(marker)]));
    const env = { PATH: process.env.PATH ?? '', HOME: home, ...hostile };
    expect(spawnSync('bash', ['--norc', '-c', script], { env }).status).toBe(0);
    expect(fs.existsSync(marker)).toBe(false);
  });
});
