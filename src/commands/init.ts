import type { InitOptions } from './init-consent.ts';
import { resolve } from 'node:path';
import { installedPath } from '../init/installed.ts';
import { dataHome } from '../init/runtime.ts';
import { TARGETS } from '../init/targets/index.ts';
import { foreignHomeReason } from '../init/user-file.ts';
import type { System } from '../platform/system.ts';
import { result, UsageError } from './command.ts';
import type { CommandResult } from './command.ts';
import { uninstallAll } from './init-all.ts';
import { installTarget, uninstallTarget } from './init-change.ts';
import { failure } from './init-consent.ts';
import { followUpFor, runtimeOf } from './init-runtime.ts';

/** `usageline init`: prints what a host needs, puts it there, or takes it away again. */
export function init(system: System, options: InitOptions): CommandResult {
  const { target, action } = options;
  const runtime = runtimeOf(system);
  if (target !== null && action === 'print') {
    return result(TARGETS[target].snippet(runtime), { followUp: followUpFor(system, target) });
  }
  if (system.platform === 'win32') {
    throw new UsageError('--install and --uninstall are not for Windows; paste what is printed without them');
  }
  const foreign = foreignHomeReason(system, runtime.home);
  if (foreign !== null) return failure(`nothing has been changed: ${foreign}`);
  const notes = installedPath(dataHome(runtime));
  if (target === null) return uninstallAll(system, runtime, { ...options, notes });
  const how = TARGETS[target].install;
  if (typeof how === 'string') throw new UsageError(`'${target}' is printed only: ${how}`);
  if (options.file !== null && how.multipleFiles) {
    throw new UsageError(`--file names one file, and '${target}' has several`);
  }
  const job = { ...options, file: options.file && resolve(options.file), target, how, notes };
  return action === 'install' ? installTarget(system, runtime, job) : uninstallTarget(system, runtime, job);
}
