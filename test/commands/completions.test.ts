import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { interpret } from '../../src/cli/program.ts';
import { INIT_TARGETS } from '../../src/init/target.ts';
import { fakeSystem } from '../support/system.ts';
import { describeWith } from '../support/tools.ts';

async function printed(...argv: string[]): Promise<string> {
  return (await interpret(fakeSystem(), argv)).stdout;
}

/** The words of every command, as `--help` lists them. */
async function commands(path: string[] = []): Promise<string[][]> {
  const help = await printed(...path, '--help');
  const section = /\nCommands:\n((?: {2}.*\n)+)/.exec(help)?.[1] ?? '';
  const names = [...section.matchAll(/^ {2}([a-z]+)/gm)]
    .map(([, name = '']) => name)
    .filter((it) => it !== 'help');
  const below = await Promise.all(names.map((name) => commands([...path, name])));
  return [path, ...below.flat()];
}

describe('the help of every command', () => {
  it('has an example with the command', async () => {
    const all = await commands();
    expect(all.length).toBeGreaterThan(10);
    for (const path of all) {
      const help = await printed(...path, '--help');
      const [, examples = ''] = help.split(/\nExamples.*:\n/);
      expect([path, examples.split('\n').filter((line) => line.includes('usageline ')).length > 0]).toEqual([
        path,
        true,
      ]);
      expect([path, examples.includes(['usageline', ...path].join(' '))]).toEqual([path, true]);
    }
  });
});

/** The text before the cursor, and the candidates for its last word. */
const CASES: [typed: string, wanted: string[]][] = [
  ['usageline sh', ['show']],
  ['usageline cache ', ['path', 'clear', 'stats', 'verify']],
  ['usageline --color ', ['auto', 'always', 'never']],
  ['usageline --timeout 5 refr', ['refresh']],
  ['usageline show --color a', ['auto', 'always']],
  ['usageline refresh --f', ['--force']],
  ['usageline statusline --aft', ['--after']],
  ['usageline init zs', ['zsh']],
  ['usageline init ', Object.keys(INIT_TARGETS)],
  ['usageline init zsh --in', ['--install']],
  ['usageline init zsh t', []],
  ['usageline completions p', ['powershell']],
  ['usageline refresh sho', []],
];

describeWith('bash', 'completions in bash', () => {
  it.each([
    ...CASES,
    ['usageline --color=a', ['auto', 'always']],
    ['usageline init zsh --file=/etc/host', ['/etc/hosts']],
  ] as typeof CASES)('%s', async (typed, wanted) => {
    // Readline splits words at `=`, too.
    const words = typed.split(/ |(=)/).filter((word) => word !== undefined);
    const script = [
      await printed('completions', 'bash'),
      `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}) COMP_CWORD=${words.length - 1}`,
      'set -eu; complete -p usageline >/dev/null; _complete_usageline; printf "%s\\n" "${COMPREPLY[@]-}"',
    ].join('\n');
    const run = spawnSync('bash', ['--norc', '--noprofile', '-c', script], { encoding: 'utf8' });
    expect(run.stderr).toBe('');
    const found = run.stdout.split('\n').filter(Boolean);
    expect(found).toEqual(expect.arrayContaining(wanted));
    if (!typed.includes('/etc')) expect(found).toHaveLength(wanted.length);
  });
});

describeWith('fish', 'completions in fish', () => {
  it.each([...CASES, ['usageline --color=a', ['--color=auto', '--color=always']]] as typeof CASES)(
    '%s',
    async (typed, wanted) => {
      const script = `${await printed('completions', 'fish')}\ncomplete -C '${typed}'`;
      const run = spawnSync('fish', ['--no-config', '-c', script], {
        encoding: 'utf8',
        env: { ...process.env, HOME: fakeSystem().root },
      });
      expect(run.stderr).toBe('');
      const found = run.stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split('\t')[0]);
      expect(found.sort()).toEqual([...wanted].sort());
    },
  );
});

describe('the script of `usageline completions`', () => {
  it.each(['zsh', 'bash', 'fish', 'powershell'])('contains every command and option: %s', async (shell) => {
    const script = await printed('completions', shell);
    for (const path of await commands()) {
      const name = path.at(-1);
      if (name !== undefined) expect(script).toContain(name);
      const help = await printed(...path, '--help');
      for (const [, option = ''] of help.matchAll(/^ {2}(?:-\w, )?--([a-z-]+)/gm))
        expect(script).toContain(option);
    }
  });

  it('closes all brackets and quotes, for PowerShell', async () => {
    const script = await printed('completions', 'powershell');
    const code = script.replace(/^#.*$/gm, '').replace(/'(?:[^']|'')*'|"[^"\n]*"/g, 'x');
    expect(code).not.toMatch(/['"]/);
    for (const [open, close] of ['{}', '()', '[]'] as const) {
      expect(code.split(open!).length).toBe(code.split(close!).length);
    }
    expect(script).toContain("'usageline cache' = @('path', 'clear', 'stats', 'verify',");
    expect(script).toContain("'usageline --color' = @('auto', 'always', 'never')");
  });

  it('is refused for an unknown shell, with the names of the others', async () => {
    await expect(printed('completions', 'tcsh')).rejects.toThrow(/tcsh.*zsh, bash, fish, powershell/);
  });
});
