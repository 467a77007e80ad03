import { apply, removeLeftovers } from '../init/apply.ts';
import { withFile, readInstalled, writeInstalled } from '../init/installed.ts';
import type { InitTarget, Install } from '../init/target.ts';
import { defaultFiles, planInstall, planRemoval } from '../init/plan.ts';
import { linksToRemoved, removalOf, withoutTarget } from '../init/removal.ts';
import type { Plan } from '../init/plan.ts';
import { preview } from '../init/confirm.ts';
import type { Runtime } from '../init/runtime.ts';
import { revert } from '../init/revert.ts';
import { printable } from '../platform/stdio.ts';
import type { System } from '../platform/system.ts';
import { result } from './command.ts';
import type { CommandResult } from './command.ts';
import { failure, withConsent } from './init-consent.ts';
import type { Decision, InitOptions, Job } from './init-consent.ts';
import { followUpFor } from './init-runtime.ts';

interface TargetJob extends InitOptions, Job {
  readonly target: InitTarget;
  readonly how: Install;
}

/** `usageline init <target> --install`. */
export function installTarget(system: System, runtime: Runtime, job: TargetJob): CommandResult {
  return withConsent(system, job, () => decideInstall(system, runtime, job));
}

function decideInstall(system: System, runtime: Runtime, job: TargetJob): Decision {
  const { target, how, notes } = job;
  const installed = readInstalled(system, notes);
  const plan = planInstall(system, target, how.steps(runtime, job.file), installed);
  const { changes } = plan;
  if (plan.refused.length > 0) return refusal(plan);
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
  const { temporaryReason, script } = runtime.program;
  const warning =
    temporaryReason === null ? '' : `warning: ${script} will not stay: ${temporaryReason}. ${STAYING}\n`;
  return {
    kind: 'change',
    shown: `${preview(changes)}${warning}`,
    what: changes,
    act: () => {
      const problem = apply(system, changes, before, notes);
      if (problem !== null) return failure(problem);
      return result(`installed. ${how.afterInstall}\n`, { followUp: followUpFor(system, target) });
    },
  };
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
  const left = removal.kept
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
    act: () => {
      const removed = { changes, files: removal.files, links };
      const { backups, problem } = revert(system, removed, after, notes);
      if (problem !== null) return failure(problem);
      const text = `removed. ${how.afterRemoval ?? ''}`.trimEnd();
      return result(`${text}\n${left}${keptBackups(backups)}`);
    },
  };
}

/** The advice when the program is in a temporary place. */
const STAYING = 'Better: npm install -g usageline, then usageline init once more';

/** All or nothing: a part of the files would not work. */
function refusal({ refused }: Plan): Decision {
  return { kind: 'refused', result: failure(`nothing has been changed: ${refused.join('; ')}`) };
}

/** A backup that is not what the file is now may be all that is left of something. */
export function keptBackups(backups: readonly string[]): string {
  return backups.map((path) => `kept ${printable(path)}: the file has had other changes since\n`).join('');
}
