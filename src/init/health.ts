import { printable } from '../platform/stdio.ts';
import type { System } from '../platform/system.ts';
import type { Installed, InstalledFile } from './installed.ts';
import { planRemoval } from './plan.ts';
import { RUNNER_NAME } from './runtime.ts';
import { wordsOf } from './snippets/words.ts';
import type { InitTarget } from './target.ts';
import { inspectFile } from './user-file.ts';

/*
 * Checks whether installed files are still complete, and which program they would start. It writes nothing, and executes
 * no file that another user could have replaced.
 */

/** A runner that takes longer than this, ms, is broken. */
const TIMEOUT_MS = 2000;

/** The installed targets and the problems of their files, as rows of a report; empty if nothing is installed. */
export function healthOf(system: System, installed: Installed): [label: string, text: string][] {
  const own = installed.files.filter(({ users }) => users === null);
  const explicit = installed.files.filter((file) => file.users?.includes('sh') && !isRunner(file));
  const targets = [...new Set([...own, ...explicit].map(({ target, users }) => (users ? 'sh' : target)))];
  if (targets.length === 0) return [];
  const files = installed.files.flatMap((file) => {
    const problem = isRunner(file)
      ? runnerProblem(system, file, targets)
      : fileProblem(system, file, installed);
    return problem === null ? [] : [['', printable(problem)] as [string, string]];
  });
  return [['Installed', targets.join(', ')], ...files];
}

function isRunner({ path, users }: InstalledFile): boolean {
  return users !== null && path.endsWith(`/${RUNNER_NAME}`);
}

/** Why an installed file no longer has its effect, with the remedy; null if it has. */
function fileProblem(system: System, file: InstalledFile, installed: Installed): string | null {
  const { target, path } = file;
  const { changes, refused } = planRemoval(system, [file], installed);
  const [change] = changes;
  if (change === undefined) {
    return refused[0] === undefined
      ? `${path}: nothing of ${target} is in it any more. ${repair(target)}`
      : null;
  }
  // Versions before the runner wrote the paths of Node and of the program into every file.
  const { removed } = change.edit;
  return file.users === null && removed.includes('hot.cjs') && !removed.includes(RUNNER_NAME)
    ? `${path}: it would not find a Node that moves. ${repair(target)}`
    : null;
}

/** Why the runner would not start the program that it was installed for, with the remedy; null if it would. */
function runnerProblem(
  system: System,
  { path }: InstalledFile,
  [target = 'sh' as InitTarget]: readonly InitTarget[],
): string | null {
  // The path comes from the record and may lead to another user's file.
  const found = inspectFile(system, path);
  if (typeof found === 'string') return `${path} is not started: ${found}`;
  const [node, script] = recordedPaths(found.text ?? '');
  if (node === undefined || script === undefined) {
    return `${path} is not found, or not as it was installed. ${repair(target)}`;
  }
  const [foundNode = '', foundScript = ''] = pathsFoundBy(system, found.real);
  const missing = [node === foundNode ? '' : node, script === foundScript ? '' : script].filter(Boolean);
  if (missing.length === 0) return null;
  const moved = `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not found`;
  if (foundNode === '' || foundScript === '') {
    return `${moved}, and PATH has no other: nothing is started. ${repair(target)}`;
  }
  return `${moved}: ${foundNode} is used with ${foundScript}. ${repair(target)}`;
}

/** The paths of Node and of the program that are written into a runner. */
function recordedPaths(text: string): string[] {
  const line = /^node=.*$/m.exec(text)?.[0] ?? '';
  const words = wordsOf(line) ?? [];
  return words.map((word) => word.slice(word.indexOf('=') + 1));
}

/** The paths of Node and of the program that a runner finds now, each an empty text if it is not found. */
function pathsFoundBy({ env }: System, path: string): string[] {
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const { stdout } = spawnSync('/bin/sh', [path, '--where'], {
    encoding: 'utf8',
    env: { ...env },
    timeout: TIMEOUT_MS,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return (stdout ?? '').split('\n');
}

function repair(target: InitTarget): string {
  return `To repair it: usageline init ${target} --install`;
}
