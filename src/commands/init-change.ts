import { install } from '../init/carry-out.ts';
import { noted, readInstalled, writeInstalled } from '../init/installed.ts';
import type { InitTarget } from '../init/names.ts';
import { planInstall } from '../init/plan-install.ts';
import { linksToRemoved, planRemoval, removalOf, withoutTarget } from '../init/plan-removal.ts';
import { usualFiles } from '../init/plan.ts';
import type { Plan } from '../init/plan.ts';
import { preview } from '../init/preview.ts';
import type { Runtime } from '../init/runtime.ts';
import { takeBack } from '../init/take-back.ts';
import type { Install } from '../init/target.ts';
import type { System } from '../system.ts';
import { result } from './command.ts';
import type { CommandResult } from './command.ts';
import { failure, withConsent } from './init-consent.ts';
import { prepareFor } from './init-runtime.ts';
import type { InitOptions } from './init.ts';

interface Job extends InitOptions {
  readonly target: InitTarget;
  readonly how: Install;
  /** Where it is noted what has been installed. */
  readonly notes: string;
}

/** `usageline init <target> --install`. */
export function installTarget(system: System, runtime: Runtime, job: Job): CommandResult {
  const { target, how, notes } = job;
  const installed = readInstalled(system, notes);
  const plan = planInstall(system, target, how.steps(runtime, job.file), installed);
  if (plan.refused.length > 0) return refusal(plan);
  // An existing shared file gets one more user.
  const before = plan.settled.reduce(noted, installed);
  if (plan.changes.length === 0) {
    const isNew = !job.dryRun && JSON.stringify(before) !== JSON.stringify(installed);
    const reason = isNew ? writeInstalled(system, notes, before) : null;
    if (reason !== null) return failure(`${notes}: it cannot be written: ${reason}`);
    return result(`${target} is installed already: nothing to change\n`);
  }
  const { fleeting, script } = runtime.place;
  const warning = fleeting === null ? '' : `warning: ${script} will not stay: ${fleeting}. ${STAYING}\n`;
  return withConsent(system, job, `${preview(plan.changes)}${warning}`, () => {
    const problem = install(system, plan.changes, before, notes);
    if (problem !== null) return failure(problem);
    return result(`installed. ${how.after}\n`, { prepare: prepareFor(system, target) });
  });
}

/** `usageline init <target> --uninstall`: from the usual place, and from wherever `--file` has put it. */
export function uninstallTarget(system: System, runtime: Runtime, job: Job): CommandResult {
  const { target, how, notes, file } = job;
  const installed = readInstalled(system, notes);
  const removal = removalOf(target, usualFiles(target, how, runtime, file), installed, file);
  const plan = planRemoval(system, removal.files, installed);
  if (plan.refused.length > 0) return refusal(plan);
  const left = removal.left.map(({ path, users }) => `kept ${path}: used by ${users.join(', ')}\n`).join('');
  const after = withoutTarget(installed, removal);
  if (plan.changes.length === 0) {
    if (!job.dryRun && JSON.stringify(after) !== JSON.stringify(installed)) {
      const { problem } = takeBack(system, [], after, notes);
      if (problem !== null) return failure(problem);
    }
    return result(`${target} is not installed: nothing to change\n${left}`);
  }
  const links = linksToRemoved(system, how.links?.(runtime) ?? [], plan);
  return withConsent(system, job, preview(plan.changes, links), () => {
    const { backups, problem } = takeBack(system, plan.changes, after, notes, links);
    if (problem !== null) return failure(problem);
    const text = `removed. ${how.afterRemoval ?? ''}`.trimEnd();
    return result(`${text}\n${left}${keptBackups(backups)}`);
  });
}

/** The advice when the program is in a temporary place. */
const STAYING = 'Better: npm install -g usageline, then usageline init once more';

/** All or nothing: a part of the files would not work. */
function refusal({ refused }: Plan): CommandResult {
  return failure(`nothing has been changed: ${refused.join('; ')}`);
}

/** A backup that is not what the file is now may be all that is left of something. */
export function keptBackups(backups: readonly string[]): string {
  return backups.map((path) => `kept ${path}: the file has had other changes since\n`).join('');
}
