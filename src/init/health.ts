import { printable } from '../platform/stdio.ts';
import type { System } from '../platform/system.ts';
import { inspectFile } from './user-file.ts';
import { wordsOf } from './snippets/words.ts';
import type { Installed, InstalledFile } from './installed.ts';
import type { InitTarget } from './names.ts';
import { planRemoval } from './removal.ts';
import { RUNNER_NAME } from './runtime.ts';

/*
 * A look at what was installed: whether it is still there, and what it would start. It writes nothing, and starts no
 * file that another user can have put there.
 */

/** A runner that does not answer within this time is broken. */
const TIMEOUT_MS = 2000;

/** What is installed, as labels and texts; empty where nothing is. */
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

/** Why a file does not do what it was installed for, and what helps; null where it does. */
function fileProblem(system: System, file: InstalledFile, installed: Installed): string | null {
  const { target, path } = file;
  const { changes, refused } = planRemoval(system, [file], installed);
  const [change] = changes;
  if (change === undefined) {
    return refused[0] === undefined
      ? `${path}: nothing of ${target} is in it any more. ${repair(target)}`
      : null;
  }
  // Versions before the runner wrote the places of Node and of the program into every file.
  const { removed } = change.edit;
  return file.users === null && removed.includes('hot.cjs') && !removed.includes(RUNNER_NAME)
    ? `${path}: it would not find a Node that moves. ${repair(target)}`
    : null;
}

/** The same for the runner: what it would start. */
function runnerProblem(
  system: System,
  { path }: InstalledFile,
  [target = 'sh' as InitTarget]: readonly InitTarget[],
): string | null {
  // The notes name the file, and they can be another user's.
  const found = inspectFile(system, path);
  if (typeof found === 'string') return `${path} is not started: ${found}`;
  const [node, script] = placeIn(found.text ?? '');
  if (node === undefined || script === undefined) {
    return `${path} is not found, or not as it was installed. ${repair(target)}`;
  }
  const [foundNode = '', foundScript = ''] = whereOf(system, found.real);
  const gone = [node === foundNode ? '' : node, script === foundScript ? '' : script].filter(Boolean);
  if (gone.length === 0) return null;
  const moved = `${gone.join(' and ')} ${gone.length > 1 ? 'are' : 'is'} not found`;
  if (foundNode === '' || foundScript === '') {
    return `${moved}, and PATH has no other: nothing is started. ${repair(target)}`;
  }
  return `${moved}: ${foundNode} is used with ${foundScript}. ${repair(target)}`;
}

/** The places of Node and of the program that a runner has. */
function placeIn(text: string): string[] {
  const line = /^node=.*$/m.exec(text)?.[0] ?? '';
  const words = wordsOf(line) ?? [];
  return words.map((word) => word.slice(word.indexOf('=') + 1));
}

function whereOf({ env }: System, path: string): string[] {
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
