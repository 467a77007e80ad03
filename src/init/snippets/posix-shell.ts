import { hookLines, hookText } from './hook.ts';
import { alwaysSh, sh, shCommand } from './quote.ts';
import { MOVED, installedProgram, runnerStep } from './runner.ts';
import { frameworkObstacle } from '../prompt-framework.ts';
import { dataHome } from '../runtime.ts';
import type { Runtime } from '../runtime.ts';
import type { Step, Target } from '../target.ts';
import { ownFileHeader } from '../edits/own-file.ts';

/** What distinguishes zsh from bash. */
interface ShellFacts {
  /** The path of the rc file. */
  rc(runtime: Runtime): string;
  /** The condition of `[[ … ]]` that holds in interactive shells. */
  readonly interactive: string;
  /** What the user has to do besides, as a sentence; null for nothing. */
  also?(runtime: Runtime): string | null;
}

/**
 * The target for zsh or bash. An installed hook starts no process when the shell starts: a file has the values that the
 * program would print, and reads the hook from the package, so that an upgrade also updates the hook.
 */
export function posixShell(name: 'zsh' | 'bash', { rc, interactive, also = () => null }: ShellFacts): Target {
  return {
    name,
    snippet: (runtime) => hookText(runtime, name, `Into ~/.${name}rc: eval "$(usageline init ${name})"`),
    install: {
      obstacle: (runtime, file) => frameworkObstacle(runtime, name, file ?? rc(runtime)),
      steps: (runtime, file) => [
        runnerStep(runtime),
        hookFile(runtime, name),
        { kind: 'block', path: file ?? rc(runtime), body: readHook(runtime, name, interactive) },
      ],
      afterInstall: (runtime, file) => {
        const more = file === null ? also(runtime) : null;
        return `Start a new shell, or: exec ${name}${more === null ? '' : `. ${more}`}`;
      },
      afterRemoval: 'Shells that run keep the line until they end.',
    },
  };
}

/**
 * The step that installs the file with the values. If the package has moved, the file runs the program, which prints the
 * hook from its new path; if the program is not found either, the prompt shows a message.
 */
export function hookFile(runtime: Runtime, shell: 'zsh' | 'bash'): Step {
  const script = sh(runtime.packagePath('shell', `usageline.${shell}`));
  const text = [
    ownFileHeader('#', shell),
    `if [[ -r ${script} ]]; then`,
    hookLines(runtime, shell, installedProgram(runtime)),
    'else',
    `_usageline_moved=$(${shCommand(installedProgram(runtime, 'init', shell))} </dev/null 2>/dev/null) ||`,
    `  _usageline_moved=${alwaysSh(SHOW_MOVED[shell])}`,
    '\\builtin eval "$_usageline_moved"; \\builtin unset _usageline_moved',
    'fi',
    ...(shell === 'zsh' ? [completing(runtime)] : []),
    '',
  ].join('\n');
  return { kind: 'whole', path: hookPath(runtime, shell), text, mode: 0o644 };
}

/** The path of the completions for zsh, which the target `completions` installs. */
export function zshCompletionFile(runtime: Runtime): string {
  return `${dataHome(runtime)}/completions/_usageline`;
}

/** Names the function that completes `usageline`; zsh reads it at the first Tab. */
function completing(runtime: Runtime): string {
  const file = alwaysSh(zshCompletionFile(runtime));
  return `if (( \${+functions[compdef]} )) && [[ -r ${file} ]]; then \\builtin autoload -Uz ${file}; compdef _usageline usageline; fi`;
}

/** The commands that the hook file evaluates if the program is not found: they show the message where the line would be. */
const SHOW_MOVED = {
  zsh: `export USAGELINE='${MOVED}'; [[ \${usageline_place-} == none ]] || RPROMPT=\${RPROMPT:+$RPROMPT%b%u%s%f%k }$USAGELINE`,
  bash: `export USAGELINE='${MOVED}'; [[ \${usageline_place-} == none ]] || PS1="$USAGELINE\\n\${PS1-}"`,
};

/** The line in the rc file that reads the hook file. It does nothing if that file is missing. */
export function readHook(runtime: Runtime, shell: 'zsh' | 'bash', interactive: string): string {
  const path = inHome(runtime, hookPath(runtime, shell));
  return `if [[ ${interactive} && -r ${path} ]]; then source ${path}; fi`;
}

function hookPath(runtime: Runtime, shell: 'zsh' | 'bash'): string {
  return `${dataHome(runtime)}/hook.${shell}`;
}

/** Writes a path below the home directory with `$HOME`: several machines can share the rc file. */
function inHome({ home }: Runtime, path: string): string {
  const rest = path.startsWith(`${home}/`) ? path.slice(home.length + 1) : null;
  return rest !== null && /^[\w./-]+$/.test(rest) ? `"$HOME/${rest}"` : sh(path);
}
