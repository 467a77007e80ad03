import { dirname } from 'node:path';
import { removeCache } from '../cache/cleanup.ts';
import { cacheRoot } from '../cache/root.ts';
import { apply, removeLeftovers } from '../init/apply.ts';
import { askOnTerminal, preview } from '../init/confirm.ts';
import { installedProblem, readInstalled, withFile, writeInstalled } from '../init/installed.ts';
import { takeLock } from '../init/lock.ts';
import { defaultFiles, planInstall, planRemoval } from '../init/plan.ts';
import type { FileChange, Plan } from '../init/plan.ts';
import { linksToRemoved, removalOf, withoutTarget } from '../init/removal.ts';
import { revert } from '../init/revert.ts';
import type { Runtime } from '../init/runtime.ts';
import type { InitTarget, Install } from '../init/target.ts';
import { TARGETS } from '../init/targets/index.ts';
import { STDOUT, printable, writeOut } from '../platform/stdio.ts';
import type { System } from '../platform/system.ts';
import { NO_FOLLOW_UP } from '../prerender/follow-up.ts';
import type { FollowUp } from '../prerender/follow-up.ts';
import { result } from './command.ts';
import type { CommandResult } from './command.ts';

/** What one call of `usageline init` is to install or remove. */
export interface Job {
  readonly action: 'print' | 'install' | 'uninstall';
  /** Whether to change files without asking the user. */
  readonly yes: boolean;
  /** Whether to show the changes only. */
  readonly dryRun: boolean;
  /** The path of `installed.json`. */
  readonly notes: string;
}

export interface TargetJob extends Job {
  readonly target: InitTarget;
  readonly how: Install;
  /** Absolute path; null: the usual file. */
  readonly file: string | null;
  /** What an installation is followed by. */
  readonly followUp?: FollowUp;
}

/** `usageline init <target> --install`. */
export function installTarget(system: System, runtime: Runtime, job: TargetJob): CommandResult {
  return withConsent(system, job, () => decideInstall(system, runtime, job));
}

export function decideInstall(system: System, runtime: Runtime, job: TargetJob): Decision {
  const { target, how, notes, followUp = NO_FOLLOW_UP } = job;
  const installed = readInstalled(system, notes);
  // What is installed may always be installed again: that repairs it.
  const isThere = installed.files.some((file) => file.users === null && file.target === target);
  const obstacle = isThere ? null : (how.obstacle?.(runtime, job.file) ?? null);
  if (obstacle !== null) {
    return { kind: 'refused', result: failure(`nothing has been changed: ${obstacle}`), reasons: [obstacle] };
  }
  const plan = planInstall(system, target, how.steps(runtime, job.file), installed);
  const { changes } = plan;
  if (plan.refused.length > 0) return refusal(plan, `. To add it by hand: usageline init ${target}`);
  // An existing shared file gets one more user.
  const before = plan.unchanged.reduce(withFile, installed);
  if (changes.length === 0) {
    const there = result(`${target} is installed already: nothing to change\n`);
    const isNew = JSON.stringify(before) !== JSON.stringify(installed);
    const note = () => {
      removeLeftovers(system, notes, before.files);
      const reason = isNew ? writeInstalled(system, notes, before) : null;
      return reason && `${notes}: it cannot be written: ${reason}`;
    };
    return { kind: 'note', result: there, note };
  }
  return {
    kind: 'change',
    shown: `${preview(changes)}${warningsAbout(system, runtime)}`,
    what: changes,
    changes,
    act: () => {
      const problem = apply(system, changes, before, notes);
      if (problem !== null) return failure(problem);
      return result(`installed. ${nextStep(runtime, how, job.file)}\n`, { followUp });
    },
  };
}

/** What the user still has to do by hand after an installation. */
export function nextStep(runtime: Runtime, { afterInstall }: Install, file: string | null): string {
  return typeof afterInstall === 'string' ? afterInstall : afterInstall(runtime, file);
}

/** `usageline init <target> --uninstall`: from the usual place, and from wherever `--file` has put it. */
export function uninstallTarget(system: System, runtime: Runtime, job: TargetJob): CommandResult {
  return withConsent(system, job, () => decideRemoval(system, runtime, job));
}

function decideRemoval(system: System, runtime: Runtime, job: TargetJob): Decision {
  const { target, how, notes, file } = job;
  const installed = readInstalled(system, notes);
  const removal = removalOf(target, defaultFiles(target, how, runtime, file), installed, file);
  const plan = planRemoval(system, removal.files, installed);
  const { changes } = plan;
  if (plan.refused.length > 0) return refusal(plan);
  const left = removal.stillUsed
    .map(({ path, users }) => `kept ${printable(path)}: used by ${users.join(', ')}\n`)
    .join('');
  const after = withoutTarget(installed, removal);
  if (changes.length === 0) {
    const absent = result(`${target} is not installed: nothing to change\n${left}`);
    // An `init` that was killed may have left something.
    const note = () => revert(system, { changes, files: removal.files }, after, notes).problem;
    return { kind: 'note', result: absent, note };
  }
  const links = linksToRemoved(system, how.links?.(runtime) ?? [], plan);
  return {
    kind: 'change',
    shown: preview(changes, links),
    what: [changes, links],
    changes,
    act: () => {
      const removed = { changes, files: removal.files, links };
      const { backups, problem } = revert(system, removed, after, notes);
      if (problem !== null) return failure(problem);
      const text = `removed. ${how.afterRemoval ?? ''}`.trimEnd();
      return result(`${text}\n${left}${keptBackups(backups)}`);
    },
  };
}

/**
 * `usageline init --uninstall`: every target, the launcher and the cache, as if nothing had been. A file that cannot
 * be understood is named, and does not keep the others.
 *
 * @param providers the ids of providers: their directories in the cache are removed
 */
export function uninstallAll(
  system: System,
  runtime: Runtime,
  job: Job,
  providers: readonly string[],
): CommandResult {
  return withConsent(system, job, () => decideRemovalOfAll(system, runtime, job, providers));
}

function decideRemovalOfAll(
  system: System,
  runtime: Runtime,
  { notes }: Job,
  providers: readonly string[],
): Decision {
  const installed = readInstalled(system, notes);
  const hows = Object.values(TARGETS).flatMap(({ name, install: how }) =>
    typeof how === 'string' ? [] : [{ name, how }],
  );
  const usual = hows.flatMap(({ name, how }) => defaultFiles(name, how, runtime, null));
  const files = [...usual, ...installed.files];
  const plan = planRemoval(system, files, installed);
  const { changes } = plan;
  const cache = cacheRoot(system).path;
  const cached = cache !== null && system.fs.existsSync(cache);
  const stderr = plan.refused.map((line) => `usageline: left as it is: ${printable(line)}\n`).join('');
  const exitCode = stderr === '' ? 0 : 1;
  const refused = (path: string) => plan.refused.some((line) => line.startsWith(`${path}: `));
  const after = { ...installed, files: installed.files.filter(({ path }) => refused(path)) };
  const links = linksToRemoved(
    system,
    hows.flatMap(({ how }) => how.links?.(runtime) ?? []),
    plan,
  );
  const act = () => revert(system, { changes, files, links }, after, notes);
  if (changes.length === 0 && !cached) {
    const nothing = result('nothing is installed\n', { stderr, exitCode });
    return { kind: 'note', result: nothing, note: () => act().problem };
  }
  return {
    kind: 'change',
    shown: `${preview(changes, links)}${cached ? `remove ${printable(cache)}, the cache\n` : ''}`,
    what: [changes, links],
    changes,
    act: () => {
      const { backups, problem } = act();
      if (problem !== null) return failure(problem);
      if (cached) removeCache(system, cache, providers);
      const text = `removed. Shells that run keep the line until they end.\n${keptBackups(backups)}`;
      return result(text, { stderr, exitCode });
    },
  };
}

/** Lines about a program in a temporary place, and about files of root in the place of the user's; empty for neither. */
export function warningsAbout({ uid, env }: System, { program, home }: Runtime): string {
  const { temporaryReason, script } = program;
  const temporary =
    temporaryReason === null ? '' : `warning: ${script} will not stay: ${temporaryReason}. ${STAYING}\n`;
  const user = printable(env.SUDO_USER ?? '');
  const isOfRoot = uid === 0 && user !== '' && user !== 'root';
  const sudo = isOfRoot ? `warning: with sudo this is for root, in ${home}. For ${user}: without sudo\n` : '';
  return temporary + sudo;
}

/** The advice when the program is in a temporary place. */
const STAYING = 'Better: npm install -g usageline, then usageline init once more';

/** All or nothing: a part of the files would not work. */
function refusal({ refused }: Plan, advice = ''): Decision {
  return {
    kind: 'refused',
    result: failure(`nothing has been changed: ${refused.join('; ')}${advice}`),
    reasons: refused,
  };
}

/** A backup that is not what the file is now may be all that is left of something. */
function keptBackups(backups: readonly string[]): string {
  return backups
    .map(
      (path) => `kept ${printable(path)}, the file before the installation: the file has been edited since\n`,
    )
    .join('');
}

/** What is to be done, as the files and the notes are at this moment. */
export type Decision =
  /** It is refused. */
  | { readonly kind: 'refused'; readonly result: CommandResult; readonly reasons: readonly string[] }
  /** No file of the user changes, so nothing is shown: only the notes, and what a killed process has left. */
  | { readonly kind: 'note'; readonly result: CommandResult; note(): string | null }
  | {
      readonly kind: 'change';
      readonly shown: string;
      /** The changes as a value: two decisions with the same one do the same. */
      readonly what: unknown;
      /** The files of an installation. */
      readonly changes: readonly FileChange[];
      act(): CommandResult;
    };

/**
 * Shows what will change, and does it with the consent of the user: by `--yes`, or at the terminal. While it is done
 * no other process changes what is installed, so it is decided once more then.
 */
function withConsent(system: System, job: Job, decide: () => Decision): CommandResult {
  const { yes, dryRun, action, notes } = job;
  const problem = installedProblem(system, notes);
  if (problem !== null) return failure(`nothing has been changed: ${problem}`);
  const first = decide();
  if (first.kind === 'refused') return first.result;
  if (dryRun) {
    if (first.kind === 'note') return first.result;
    return result(`${first.shown}nothing has been changed (--dry-run)\n`);
  }
  if (first.kind === 'change' && !yes) {
    // Before the question, and before anything is done.
    if (!writeOut(system, STDOUT, first.shown)) return failure(NOT_SHOWN);
    const answer = askOnTerminal(system, 'Do this?');
    if (answer === null) {
      return failure(`nothing has been changed: without a terminal, --${action} needs --yes`, 2);
    }
    if (!answer) return failure('nothing has been changed');
  }
  return alone(system, job, () => {
    const now = decide();
    if (now.kind === 'refused') return now.result;
    if (now.kind === 'note') {
      const reason = now.note();
      return reason === null ? now.result : failure(reason);
    }
    if (yes && !writeOut(system, STDOUT, now.shown)) return failure(NOT_SHOWN);
    const agreed = yes || (first.kind === 'change' && sameAs(first.what, now.what));
    return agreed ? now.act() : failure(CHANGED_SINCE);
  });
}

const CHANGED_SINCE =
  'nothing has been changed: the files have been changed since they were shown. Run the same command again';
const NOT_SHOWN = 'standard output cannot be written; nothing has been changed';

function sameAs(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Without the directory of the notes, an uninstall has nothing to share with other processes, and makes none. */
export function alone(system: System, { action, notes }: Job, act: () => CommandResult): CommandResult {
  if (action === 'uninstall' && !system.fs.existsSync(dirname(notes))) return act();
  const lock = takeLock(system, notes);
  if (typeof lock === 'string') return failure(`nothing has been changed: ${lock}`);
  try {
    return act();
  } finally {
    lock.release();
  }
}

export function failure(problem: string, exitCode: 1 | 2 = 1): CommandResult {
  return result('', { stderr: `usageline: ${printable(problem)}\n`, exitCode });
}
