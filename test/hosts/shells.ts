import { join } from 'node:path';
import { runProgram } from '../support/program.ts';
import type { Run } from '../support/program.ts';
import { entry, quoted, Terminal } from './host.ts';
import type { Host } from './host.ts';

/** A shell with a hook: its command line and its syntax. */
export interface Shell {
  readonly name: 'zsh' | 'bash' | 'fish';
  readonly rc: string;
  readonly argv: (host: Host) => string[];
  /** The command line for a script without a terminal. */
  readonly script: readonly string[];
  readonly prompt: string;
  readonly init: string;
  /** Replaces the hook's program with one whose starts are counted. */
  readonly counted: string;
  readonly export: (name: string, value: string) => string;
  readonly unset: (name: string) => string;
  /** Runs once what the hook does at a prompt. */
  readonly hook: string;
}

const node = `${quoted(process.execPath)} ${quoted(entry)}`;

export const shells: Record<Shell['name'], Shell> = {
  zsh: {
    name: 'zsh',
    rc: '.zshrc',
    argv: () => ['zsh', '-d', '-i'],
    script: ['zsh', '-f', '-c'],
    prompt: "PROMPT='%? > '",
    init: `eval "$(${node} init zsh)"`,
    counted: '_usageline_program=($HOME/counted)',
    export: (name, value) => `export ${name}=${quoted(value)}`,
    unset: (name) => `unset ${name}`,
    hook: '_usageline_precmd',
  },
  bash: {
    name: 'bash',
    rc: '.bashrc',
    argv: (host) => ['bash', '--noprofile', '--rcfile', join(host.home, '.bashrc'), '-i'],
    script: ['bash', '--norc', '--noprofile', '-c'],
    prompt: "PS1='$? > '",
    init: `eval "$(${node} init bash)"`,
    counted: '_usageline_program=("$HOME/counted")',
    export: (name, value) => `export ${name}=${quoted(value)}`,
    unset: (name) => `unset ${name}`,
    hook: '_usageline_precmd',
  },
  fish: {
    name: 'fish',
    rc: '.config/fish/config.fish',
    argv: () => ['fish', '-i'],
    script: ['fish', '--no-config', '-c'],
    prompt:
      'function fish_prompt; echo -n "$status > "; end; set -g fish_greeting; set -g fish_autosuggestion_enabled 0',
    init: `${node} init fish | source`,
    counted: 'set -g _usageline_program $HOME/counted',
    export: (name, value) => `set -gx ${name} ${quoted(value)}`,
    unset: (name) => `set -e ${name}`,
    hook: '_usageline_prompt',
  },
};

/** Opens a shell with lines before and after the hook in its rc file, and waits for its prompt. */
export async function open(
  host: Host,
  shell: Shell,
  { before = '', after = '', width = 100, ready = / >/ as RegExp | string } = {},
): Promise<Terminal> {
  host.write(shell.rc, [shell.prompt, before, shell.init, shell.counted, after, ''].join('\n'));
  const terminal = await Terminal.open(host, shell.argv(host), width);
  await terminal.shows(ready);
  return terminal;
}

/** Runs a script that loads the hook, without a terminal. */
export function script(
  host: Host,
  shell: Shell,
  lines: string,
  env: Record<string, string> = {},
): Promise<Run> {
  const [file = '', ...args] = shell.script;
  // Without a terminal fish takes it for 80 columns wide, and shortens the line.
  const wide = shell.name === 'fish' ? 'set -g COLUMNS 300' : '';
  const text = [wide, shell.init, shell.counted, lines].join('\n');
  return runProgram(file, [...args, text], { ...host.machine.env, ...env });
}
