import type { Runtime } from '../init/runtime.ts';
import type { InitTarget } from '../init/target.ts';
import { thisMachine } from '../init/this-machine.ts';
import { foreignHomeReason } from '../init/user-file.ts';
import type { System } from '../platform/system.ts';
import type { Variant } from '../prerender/variant.ts';
import type { LineKind } from '../render/outputs/kinds.ts';
import { UsageError } from './command.ts';
import type { CommandResult, Program } from './command.ts';
import { completionScripts } from './completions.ts';
import { HOOK_VARIABLES, hookFiles, hookVariant } from './hook-files.ts';
import { failure } from './init-changes.ts';

/* What `usageline init` and `usageline setup` need to know of the machine. */

/** The machine, the user and the program. Throws a `UsageError` if no snippet can be made. */
export async function runtimeOf(system: System, all: () => Promise<Program>): Promise<Runtime> {
  const runtime = thisMachine(system, {
    hookVariables: HOOK_VARIABLES,
    hookPaths: (shell) => hookFiles(system, shell),
    completions: await completionScripts(all),
  });
  if (typeof runtime === 'string') throw new UsageError(runtime);
  return runtime;
}

/** Why nothing may be installed or removed here; null if it may. */
export function refusalToInstall(system: System, runtime: Runtime): CommandResult | null {
  if (system.platform === 'win32') {
    throw new UsageError('--install and --uninstall are not for Windows; paste what is printed without them');
  }
  const foreign = foreignHomeReason(system, runtime.home);
  return foreign === null ? null : failure(`nothing has been changed: ${foreign}`);
}

/** The targets that read a prerendered line from its file, with the output kind. */
const PRERENDERED: Partial<Record<InitTarget, LineKind>> = {
  zsh: 'zsh',
  bash: 'bash',
  fish: 'fish',
  p10k: 'zsh',
  tmux: 'tmux',
  starship: 'starship',
};

/** The variant of the prerendered line that a target reads; null if it reads none. */
export function prerenderedVariant(system: System, target: InitTarget): Variant | null {
  const output = PRERENDERED[target];
  return output === undefined ? null : hookVariant(system, output);
}
