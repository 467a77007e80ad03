import { hookLines, hookText } from '../hook.ts';
import { sh } from '../quote.ts';
import { dataHome } from '../runtime.ts';
import type { Runtime } from '../runtime.ts';
import type { Step, Target } from '../target.ts';
import { writtenBy } from '../written.ts';

/**
 * zsh and bash. What is installed starts no process with the shell: the values that the program would print lie in a
 * file, which reads the package's own hook, so that an upgrade brings its new hook along.
 */
export function posixShell(
  name: 'zsh' | 'bash',
  { rc, interactive }: { rc: (runtime: Runtime) => string; interactive: string },
): Target {
  return {
    name,
    snippet: (runtime) => hookText(runtime, name, `Into ~/.${name}rc: eval "$(usageline init ${name})"`),
    install: {
      steps: (runtime, file) => [
        hookFile(runtime, name),
        { kind: 'block', path: file ?? rc(runtime), body: readHook(runtime, name, interactive) },
      ],
      after: `Start a new shell, or: exec ${name}`,
      afterRemoval: 'Shells that run keep the line until they end.',
    },
  };
}

/** The file with the values. */
export function hookFile(runtime: Runtime, shell: 'zsh' | 'bash'): Step {
  const script = sh(runtime.packagePath('shell', `usageline.${shell}`));
  const text = [
    writtenBy('#', shell),
    `if [[ -r ${script} ]]; then`,
    hookLines(runtime, shell),
    'fi',
    '',
  ].join('\n');
  return { kind: 'whole', path: hookPath(runtime, shell), text, mode: 0o644 };
}

/** The line of the rc file that reads it, and does no harm where the file is gone. */
export function readHook(runtime: Runtime, shell: 'zsh' | 'bash', interactive: string): string {
  const path = inHome(runtime, hookPath(runtime, shell));
  return `if [[ ${interactive} && -r ${path} ]]; then source ${path}; fi`;
}

function hookPath(runtime: Runtime, shell: 'zsh' | 'bash'): string {
  return `${dataHome(runtime)}/hook.${shell}`;
}

/** A path below the home directory says so: the rc file may be the same on several machines. */
function inHome({ home }: Runtime, path: string): string {
  const rest = path.startsWith(`${home}/`) ? path.slice(home.length + 1) : null;
  return rest !== null && /^[\w./-]+$/.test(rest) ? `"$HOME/${rest}"` : sh(path);
}
