import type { Candidate, ProgramLocation } from '../runtime.ts';
import { alwaysSh } from './quote.ts';
import { launcherPath, runnerPath } from '../runtime.ts';
import type { Runtime } from '../runtime.ts';
import type { Step } from '../target.ts';
import { ownFileHeader } from '../edits/own-file.ts';

/*
 * The runner: a small script for `sh` that starts the program, wherever Node and the program are by now. Whatever
 * `init` installs starts the program through it, so installing any target again repairs all of them.
 */

/** The line when Node or the program is not found. */
export const MOVED = 'usageline: moved, run usageline init';

/** The runner as a file. Every target that starts the program needs it. */
export function runnerStep(runtime: Runtime): Step {
  const text = `#!/bin/sh\n${ownFileHeader('#', 'sh')}\n${runnerScript(runtime.program)}`;
  return { kind: 'whole', path: runnerPath(runtime), text, mode: 0o755, shared: true };
}

/**
 * The commands of the runner, without a function or `$0` of their own: for a file, for `sh -c`, and for the body of
 * a function. With the one argument `--where` they print Node and the program in place of starting them, with an empty
 * line for what is not found.
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
  for other in ${words(otherNodes)}; do ! [ -x "$other" ] || node=$other; done
fi
if ! [ -f "$script" ]; then
  script=
  for other in ${words(otherScripts)}; do ! [ -f "$other" ] || script=$other; done
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

/** A command of the program in a target that is installed, with the runner among its steps. */
export function installedProgram(runtime: Runtime, ...args: readonly string[]): string[] {
  return [runnerPath(runtime), ...args];
}

/** The line in a target that is installed, with the launcher among its steps: it costs a shell and not a Node. */
export function installedLine(runtime: Runtime, output: string): string[] {
  return [launcherPath(runtime), '--output', output];
}

/** A command of the program to paste. It needs no installed file, since none is kept for pasted commands. */
export function pastedProgram({ program: place, platform }: Runtime, ...args: readonly string[]): string[] {
  const program = [place.node, place.script, ...args];
  return platform === 'win32' ? program : ['/bin/sh', '-c', INLINE_RUNNER, ...program];
}

/** The line to paste. */
export function pastedLine(runtime: Runtime, output: string): string[] {
  const { launcher } = runtime;
  return launcher === null ? pastedProgram(runtime, '--output', output) : [launcher, '--output', output];
}

/** What a pasted command has `sh` run: `$0` is Node and `$1` the program. */
export const INLINE_RUNNER =
  'export NODE_OPTIONS=; [ -x "$0" ] && [ -f "$1" ] && exec "$0" "$@"; ' +
  'command -v usageline >/dev/null || exec node "$@"; shift; exec usageline "$@"';

/** Versions of Node from 20.18 on. The shell sorts what a pattern finds as text: the last one need not be the newest. */
const NEW_ENOUGH = ['20.1[89].*', '20.[2-9][0-9].*', '2[1-9].*', '[3-9][0-9].*'];

function words(candidates: readonly Candidate[]): string {
  return candidates.map(word).join(' ');
}

function word(candidate: Candidate): string {
  if (typeof candidate === 'string') return alwaysSh(candidate);
  const { before, version, after } = candidate;
  // The pattern is the only part without quotes.
  return NEW_ENOUGH.map((pattern) => `${alwaysSh(before)}${version}${pattern}${alwaysSh(after)}`).join(' ');
}
