import { expect, it } from 'vitest';
import { runProgram } from '../support/program.ts';
import { describeWith } from '../support/tools.ts';
import { tmux, tmuxServer } from './host.ts';
import type { Host } from './host.ts';
import { aHostileHost, harmDone } from './hostile.ts';

/** Removes colours and the markers of invisible text. */
const bare = (text: string) => text.replaceAll(/\u001B\[[\d;]*m|[\u0001\u0002]|#\[[^\]]*\]/g, '').trimEnd();

/** The ways of expanding the text in `$TEXT` that expand the most. */
const ways: [tool: string, kind: string, how: string, argv: string[]][] = [
  ['zsh', 'zsh', 'print -P', ['zsh', '-f', '-c', 'setopt promptsubst promptbang; print -rP -- $TEXT']],
  ['zsh', 'zsh', '%% in a parameter', ['zsh', '-f', '-c', 'setopt promptsubst; print -r -- ${(%%)TEXT}']],
  ['bash', 'bash', 'the value of a prompt', ['bash', '-c', "PS1='$TEXT'; printf '%s\\n' \"${PS1@P}\""]],
  ['bash', 'bash', 'a prompt itself', ['bash', '-c', 'printf "%s\\n" "${TEXT@P}"']],
  [
    'fish',
    'fish',
    'a prompt',
    ['fish', '--no-config', '-c', 'function fish_prompt; echo -n $TEXT; end; fish_prompt'],
  ],
];

const textOf = async (host: Host, kind: string, color: string) =>
  (await host.machine.run(['--output', kind, '--color', color])).stdout.trimEnd();

for (const [tool, kind, how, argv] of ways) {
  describeWith(tool, `a hostile name in ${tool}, by way of ${how}`, () => {
    it.concurrent.each(['always', 'never'])('appears as text and runs nothing, colour %s', async (color) => {
      const host = await aHostileHost();
      const plain = await host.printedLine('plain');
      const env = { ...host.machine.env, TEXT: await textOf(host, kind, color), PWD: host.home };
      const [file = '', ...args] = argv;
      const run = await runProgram('sh', ['-c', 'cd "$HOME" && exec "$@"', 'sh', file, ...args], env);
      expect(run).toMatchObject({ stderr: '', code: 0 });
      expect(bare(run.stdout)).toBe(plain);
      expect(harmDone(host.machine)).toEqual([]);
    });
  });
}

describeWith('tmux', 'a hostile name in tmux', () => {
  it.each(['always', 'never'])('appears as text and runs nothing, colour %s', async (color) => {
    const host = await aHostileHost();
    const session = `hostile-${color}`;
    await tmuxServer();
    await tmux('new-session', '-d', '-s', session, '-c', host.home, 'sleep 60');
    const shown = await tmux('display-message', '-p', '-t', session, await textOf(host, 'tmux', color));
    expect(bare(shown)).toBe(await host.printedLine('plain'));
    await tmux('kill-session', '-t', session);
    expect(harmDone(host.machine)).toEqual([]);
  });
});
