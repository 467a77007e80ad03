import type { Candidate, ProgramLocation } from '../runtime.ts';
import { alwaysSh } from './quote.ts';
import { launcherPath, runnerPath } from '../runtime.ts';
import type { Runtime } from '../runtime.ts';
import type { Step } from '../target.ts';
import { ownFileHeader } from '../edits/own-file.ts';

/*
 * The runner: a small script for `sh` that finds Node and the program, also after an upgrade has moved them, and starts
 * the program. All installed targets start the program through it, so installing one of them again repairs all.
 */

/** The text that the runner prints instead of the line if it does not find Node or the program. */
export const MOVED = 'usageline: moved, run usageline init';

/** The step that installs the runner. Every target that starts the program has it. */
export function runnerStep(runtime: Runtime): Step {
  const text = `#!/bin/sh\n${ownFileHeader('#', 'sh')}\n${runnerScript(runtime.program)}`;
  return { kind: 'whole', path: runnerPath(runtime), text, mode: 0o755, shared: true };
}

/**
 * The commands of the runner. They use no function and no `$0`, so that they work as a file, with `sh -c`, and as the
 * body of a function. With the argument `--where` they print the paths of Node and of the program, one per line, and an
 * empty line for what they do not find.
 */
export function runnerScript({ node, script, otherNodes, otherScripts, command }: ProgramLocation): string {
  return `node=${alwaysSh(node)} script=${alwaysSh(script)}
# NODE_OPTIONS is for the caller's own Node: a debugger's breaks this one. Its certificates stay.
case " \${NODE_OPTIONS-} " in
*' --use-system-ca '*) NODE_OPTIONS= NODE_USE_SYSTEM_CA=1; export NODE_USE_SYSTEM_CA ;;
*' --use-openssl-ca '*) NODE_OPTIONS=--use-openssl-ca ;;
*) NODE_OPTIONS= ;;
esac
[ "\${1-}" = --where ] || ! [ -x "$node" ] || ! [ -f "$script" ] || exec "$node" "$script" "$@"

# Node or the program has moved: another version beside it that is new enough, else what PATH has.
if ! [ -x "$node" ]; then
  node=$(command -v node) || node=
  for other in ${shWords(otherNodes)}; do ! [ -x "$other" ] || node=$other; done
fi
if ! [ -f "$script" ]; then
  script=
  for other in ${shWords(otherScripts)}; do ! [ -f "$other" ] || script=$other; done
  [ -n "$script" ] || script=$(command -v usageline) || script=${alwaysSh(command ?? '')}
  [ -x "$script" ] || script=
fi
if [ "\${1-}" = --where ]; then
  printf '%s\\n' "$node" "$script"
  exit
fi
if [ -n "$node" ] && [ -n "$script" ]; then
  case $script in
  *.cjs) exec "$node" "$script" "$@" ;;
  *) PATH=$PATH:\${node%/*}; export PATH; exec "$script" "$@" ;;
  esac
fi
case \${1-}:\${2-} in
--output:waybar) printf '%s\\n' '${JSON.stringify({ text: MOVED })}' ;;
--output:i3blocks) printf '%s\\n' '${JSON.stringify({ full_text: MOVED })}' ;;
--output:openmetrics | ready:*) exit 127 ;;
: | statusline:* | --output:*) printf '%s\\n' '${MOVED}' ;;
*) printf '%s\\n' '${MOVED}' >&2; exit 127 ;;
esac
`;
}

/** The words that run a command of the program from an installed target, whose steps include the runner. */
export function installedProgram(runtime: Runtime, ...args: readonly string[]): string[] {
  return [runnerPath(runtime), ...args];
}

/**
 * The words that print the line from an installed target, whose steps include the launcher: a shell starts faster
 * than Node.
 */
export function installedLine(runtime: Runtime, output: string): string[] {
  return [launcherPath(runtime), '--output', output];
}

/**
 * The words that run a command of the program from a pasted snippet. They use no installed file: `--uninstall` would
 * remove it.
 */
export function pastedProgram({ program, platform }: Runtime, ...args: readonly string[]): string[] {
  const words = [program.node, program.script, ...args];
  return platform === 'win32' ? words : ['/bin/sh', '-c', INLINE_RUNNER, ...words];
}

/** The words that print the line from a pasted snippet. */
export function pastedLine(runtime: Runtime, output: string): string[] {
  const { launcher } = runtime;
  return launcher === null ? pastedProgram(runtime, '--output', output) : [launcher, '--output', output];
}

/** The script that a pasted command passes to `sh -c`, with Node as `$0` and the program as `$1`. */
export const INLINE_RUNNER =
  'export NODE_OPTIONS=; [ -x "$0" ] && [ -f "$1" ] && exec "$0" "$@"; ' +
  'command -v usageline >/dev/null || exec node "$@"; shift; exec usageline "$@"';

/**
 * Patterns for the versions of Node from 20.18 on. A shell sorts matches as text, so the last one need not be the
 * newest.
 */
const NEW_ENOUGH = ['20.1[89].*', '20.[2-9][0-9].*', '2[1-9].*', '[3-9][0-9].*'];

function shWords(candidates: readonly Candidate[]): string {
  return candidates.map(shWord).join(' ');
}

function shWord(candidate: Candidate): string {
  if (typeof candidate === 'string') return alwaysSh(candidate);
  const { before, version, after } = candidate;
  // The pattern is the only part without quotes.
  return NEW_ENOUGH.map((pattern) => `${alwaysSh(before)}${version}${pattern}${alwaysSh(after)}`).join(' ');
}
