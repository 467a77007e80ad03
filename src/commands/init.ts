import { join } from 'node:path';
import type { LineKind } from '../render/outputs/kinds.ts';
import type { System } from '../system.ts';
import { result } from './command.ts';
import type { CommandResult } from './command.ts';
import type { InitTarget } from './init-targets.ts';
import { readyNameOf } from './hit.ts';
import { readyPlace } from './ready.ts';

/**
 * What the place of the ready line depends on. The hooks compare the same variables in the same order at every
 * prompt, and ask the program anew when one of them is not what it was.
 */
export const ENVIRONMENT = [
  'CLAUDE_CONFIG_DIR',
  'USAGELINE_CACHE_DIR',
  'XDG_CACHE_HOME',
  'XDG_CONFIG_HOME',
  'HOME',
  'NO_COLOR',
  'FORCE_COLOR',
  'CLICOLOR_FORCE',
  'CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC',
] as const;

/** `usageline init <target>`: prints a hook to `eval`, or the launcher. Changes nothing. */
export function init(system: System, target: InitTarget): CommandResult {
  // dist/init.cjs lies beside dist/hot.cjs; what is not code of ours lies beside dist/.
  const script = join(import.meta.dirname, 'hot.cjs');
  const file = (...path: string[]) =>
    system.fs.readFileSync(join(import.meta.dirname, '..', ...path), 'utf8');
  if (target === 'sh') {
    const place = `program=${quoted(process.execPath)} script=${quoted(script)}`;
    return result(file('bin', 'usageline-prompt').replace(/^program=usageline script=$/m, () => place));
  }
  const place = readyPlace(system, target satisfies LineKind);
  const where = ENVIRONMENT.map((name) => system.env[name] ?? '').join('|');
  const header = headers[target]({
    program: [process.execPath, script],
    where: [where],
    ready: [place.file],
    logins: place.logins,
  });
  // So that the first prompt has its line already.
  const wanted = readyNameOf(system, { output: target, color: 'auto' });
  const prepare = { wanted, aheadMs: Number.POSITIVE_INFINITY };
  return result(`${header}\n${file('shell', `usageline.${target}`)}`, { prepare });
}

type Values = Readonly<Record<'program' | 'where' | 'ready' | 'logins', readonly string[]>>;

const headers: Record<Exclude<InitTarget, 'sh'>, (values: Values) => string> = {
  zsh: (values) => posix('# Into ~/.zshrc: eval "$(usageline init zsh)"', values),
  bash: (values) => posix('# Into ~/.bashrc: eval "$(usageline init bash)"', values),
  fish: ({ program, where, ready, logins }) => {
    return [
      '# Into ~/.config/fish/config.fish: usageline init fish | source',
      `set -g _usageline_program ${fishWords(program)}`,
      `set -g _usageline_where ${fishWords(where)}`,
      `set -g _usageline_ready ${fishWords(ready)}`,
      `set -g _usageline_login1 ${fishWords([logins[0] ?? ''])}`,
      `set -g _usageline_login2 ${fishWords([logins[1] ?? ''])}`,
    ].join('\n');
  },
};

function posix(comment: string, { program, where, ready, logins }: Values): string {
  return [
    comment,
    `_usageline_program=(${words(program)})`,
    `_usageline_where=${words(where)}`,
    `_usageline_ready=${words(ready)}`,
    `_usageline_login1=${words([logins[0] ?? ''])} _usageline_login2=${words([logins[1] ?? ''])}`,
  ].join('\n');
}

function words(list: readonly string[]): string {
  return list.map(quoted).join(' ');
}

function fishWords(list: readonly string[]): string {
  return list.map(fishQuoted).join(' ');
}

/** For sh, bash and zsh: nothing is live between single quotes. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** For fish, where a backslash is live even there. */
function fishQuoted(text: string): string {
  return `'${text.replace(/['\\]/g, String.raw`\$&`)}'`;
}
