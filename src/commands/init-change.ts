import { install } from '../init/carry-out.ts';
import { readInstalled } from '../init/installed.ts';
import type { InitTarget } from '../init/names.ts';
import { planInstall } from '../init/plan-install.ts';
import { planRemoval } from '../init/plan-removal.ts';
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
  if (plan.changes.length === 0) return result(`${target} is installed already: nothing to change\n`);
  return withConsent(system, job, preview(plan.changes), () => {
    const problem = install(system, plan.changes, installed, notes);
    if (problem !== null) return failure(problem);
    return result(`installed. ${how.after}\n`, { prepare: prepareFor(system, target) });
  });
}

/** `usageline init <target> --uninstall`: from the usual place, and from wherever `--file` has put it. */
export function uninstallTarget(system: System, runtime: Runtime, job: Job): CommandResult {
  const { target, how, notes, file } = job;
  const installed = readInstalled(system, notes);
  const usual = usualFiles(target, how, runtime, file).filter((it) => it.target === target);
  const noted = installed.files.filter((it) => it.target === target && (file === null || it.path === file));
  const plan = planRemoval(system, [...usual, ...noted], installed);
  if (plan.refused.length > 0) return refusal(plan);
  if (plan.changes.length === 0) return result(`${target} is not installed: nothing to change\n`);
  return withConsent(system, job, preview(plan.changes), () => {
    const { backups, problem } = takeBack(system, plan.changes, installed, notes);
    if (problem !== null) return failure(problem);
    return result(`removed. ${how.afterRemoval ?? ''}`.trimEnd() + `\n${keptBackups(backups)}`);
  });
}

/** Half of it would not work, so that nothing is done. */
function refusal({ refused }: Plan): CommandResult {
  return failure(`nothing has been changed: ${refused.join('; ')}`);
}

/** A backup that is not what the file is now may be all that is left of something. */
export function keptBackups(backups: readonly string[]): string {
  return backups.map((path) => `kept ${path}: the file has had other changes since\n`).join('');
}
