import { fish, alwaysSh as sh } from './quote.ts';
import { runnerScript } from './runner.ts';
import type { HookShell, Runtime } from '../runtime.ts';

/**
 * What the place of the ready line depends on. The hooks compare the same variables in the same order at every
 * prompt, and ask the program anew when one of them is not what it was.
 */
export const HOOK_VARIABLES = [
  'CLAUDE_CONFIG_DIR',
  'USAGELINE_CACHE_DIR',
  'XDG_CACHE_HOME',
  'XDG_CONFIG_HOME',
  'HOME',
  'NO_COLOR',
  'FORCE_COLOR',
  'CLICOLOR_FORCE',
  'CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC',
  'USAGELINE_CONFIG',
  'USAGELINE_NETWORK',
  'USAGELINE_FORMAT',
] as const;

type Values = Readonly<Record<'program' | 'where' | 'ready' | 'logins' | 'config', readonly string[]>>;

/**
 * The values that a hook begins with, as its shell sets them.
 * @param program the words that start the program
 */
export function hookHeader(runtime: Runtime, shell: HookShell, program: readonly string[]): string {
  const { prerendered: ready, credentials: logins, config } = runtime.hookPaths(shell);
  return headers[shell]({
    program,
    where: [HOOK_VARIABLES.map((name) => runtime.env[name] ?? '').join('|')],
    ready: [ready],
    logins,
    config: [config],
  });
}

/** The whole hook, to `eval` at the start of each shell (fish: to `source`). */
export function hookText(runtime: Runtime, shell: HookShell, comment: string): string {
  // The runner's commands: the shell that reads this has no file of it.
  const program = ['/bin/sh', '-c', runnerScript(runtime.program), 'usageline'];
  if (shell === 'fish') {
    return `# ${comment}\n${hookHeader(runtime, shell, program)}\n${runtime.packageText('shell', 'usageline.fish')}`;
  }
  // An interactive bash may take a comment for a command.
  return `\\builtin ':' ${sh(comment)}\n${hookLines(runtime, shell, program)}\n`;
}

/**
 * The commands that read the hook in zsh and bash, for a file or for `eval`: they must parse under all options and
 * aliases that a user can have set. The script itself is read from the package, since `source`, unlike `eval` in zsh,
 * reads one command after the other.
 * @param program the words that start the program
 */
export function hookLines(runtime: Runtime, shell: 'zsh' | 'bash', program: readonly string[]): string {
  const lines = `${hookHeader(runtime, shell, program)}\n\\builtin source ${sh(runtime.packagePath('shell', `usageline.${shell}`))}`;
  return shell === 'zsh' ? underOwnOptions(lines) : `${DEBUG_TRAP}\n${lines}`;
}

/** Here the trap can be seen: bash hides it from files that are read and from functions. A script has no prompt. */
const DEBUG_TRAP = '[[ $- != *i* ]] || _usageline_debug=$(\\builtin trap -p DEBUG)';

/** Options decide how zsh reads a quoted line break. A global alias stands for any word that is not quoted. */
function underOwnOptions(lines: string): string {
  const quoted = lines.replaceAll(/[\\']/g, '\\$&').replaceAll('\n', '\\n');
  return [
    `_usageline_read() { \\builtin 'emulate' '-L' 'zsh'; \\builtin 'setopt' 'no_aliases'; \\builtin 'eval' "$1"; }`,
    `_usageline_read $'${quoted}'`,
  ].join('\n');
}

const headers: Record<HookShell, (values: Values) => string> = {
  zsh: posix,
  bash: posix,
  fish: ({ program, where, ready, logins, config }) => {
    return [
      `set -g _usageline_program ${fishWords(program)}`,
      `set -g _usageline_where ${fishWords(where)}`,
      `set -g _usageline_ready ${fishWords(ready)}`,
      `set -g _usageline_login1 ${fishWords([logins[0] ?? ''])}`,
      `set -g _usageline_login2 ${fishWords([logins[1] ?? ''])}`,
      `set -g _usageline_config ${fishWords(config)}`,
    ].join('\n');
  },
};

function posix({ program, where, ready, logins, config }: Values): string {
  return [
    `_usageline_program=(${words(program)})`,
    `_usageline_where=${words(where)}`,
    `_usageline_ready=${words(ready)}`,
    `_usageline_login1=${words([logins[0] ?? ''])} _usageline_login2=${words([logins[1] ?? ''])}`,
    `_usageline_config=${words(config)}`,
  ].join('\n');
}

function words(list: readonly string[]): string {
  return list.map(sh).join(' ');
}

function fishWords(list: readonly string[]): string {
  return list.map(fish).join(' ');
}
