import { fish, alwaysSh as sh } from './quote.ts';
import { runnerScript } from './runner.ts';
import type { HookShell, Runtime } from '../runtime.ts';

type Values = Readonly<Record<'program' | 'where' | 'ready' | 'logins' | 'config', readonly string[]>>;

/**
 * The assignments before a hook, in its shell's syntax.
 *
 * @param program the words that start the program
 */
export function hookHeader(runtime: Runtime, shell: HookShell, program: readonly string[]): string {
  const { prerendered: ready, credentials: logins, config } = runtime.hookPaths(shell);
  return headers[shell]({
    program,
    where: [runtime.hookVariables.map((name) => runtime.env[name] ?? '').join('|')],
    ready: [ready],
    logins,
    config: [config],
  });
}

/** The whole hook as one text, to `eval` at the start of each shell (fish: to `source`). */
export function hookText(runtime: Runtime, shell: HookShell, comment: string): string {
  // The runner's commands as text: this hook works without installed files.
  const program = ['/bin/sh', '-c', runnerScript(runtime.program), 'usageline'];
  if (shell === 'fish') {
    return `# ${comment}\n${hookHeader(runtime, shell, program)}\n${runtime.packageText('shell', 'usageline.fish')}`;
  }
  // Not a comment: an interactive bash with `interactive_comments` off would execute it.
  return `\\builtin ':' ${sh(comment)}\n${hookLines(runtime, shell, program)}\n`;
}

/**
 * The commands that load the hook in zsh and bash, from a file or with `eval`. They parse under all options and aliases
 * that a user can have set. The hook itself is a file of the package: `source`, unlike `eval` in zsh, parses each command
 * after it has executed the one before.
 *
 * @param program the words that start the program
 */
export function hookLines(runtime: Runtime, shell: 'zsh' | 'bash', program: readonly string[]): string {
  const lines = `${hookHeader(runtime, shell, program)}\n\\builtin source ${sh(runtime.packagePath('shell', `usageline.${shell}`))}`;
  return shell === 'zsh' ? underOwnOptions(lines) : `${DEBUG_TRAP}\n${lines}`;
}

/**
 * Saves the DEBUG trap before the hook is sourced, because bash hides it from sourced files and functions. Only for
 * interactive shells.
 */
const DEBUG_TRAP = '[[ $- != *i* ]] || _usageline_debug=$(\\builtin trap -p DEBUG)';

/**
 * Wraps lines so that zsh reads them under its default options. They decide how a quoted line break is read, and a global
 * alias replaces any word that is not quoted.
 */
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
