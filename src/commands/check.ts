import { loadConfig } from '../config/load.ts';
import { provider } from '../fetch/registry.ts';
import { checkOf, unknownCheck } from '../render/check.ts';
import type { Check, CheckThresholds, Verdict } from '../render/check.ts';
import { resolve } from '../resolve/resolve.ts';
import type { System } from '../platform/system.ts';
import { policyOf } from './callers.ts';
import { afterResolving, endpointOf, resolveDeps, result, UsageError } from './command.ts';
import type { CommandResult, ExitCode } from './command.ts';

export interface CheckOptions extends CheckThresholds {
  /** The one limit to look at, as a person calls it; null: all. */
  readonly window: string | null;
  readonly timeoutMs: number | null;
  readonly debug: boolean;
}

/** The exit codes of monitoring plugins; they are other ones than those of the other commands. */
const exitCodes: Record<Verdict, ExitCode> = { OK: 0, WARNING: 1, CRITICAL: 2, UNKNOWN: 3 };

/** `usageline check`: a plugin for Nagios, Icinga and their like. */
export async function check(system: System, options: CheckOptions): Promise<CommandResult> {
  const { warning, critical, window } = options;
  if (warning > critical) {
    throw new UsageError(
      `--warning is ${warning}, above --critical ${critical}; accepted: at most --critical`,
    );
  }
  const config = await loadConfig(system);
  // A percentage is what is compared: tokens of local transcripts are none, so nobody reads them.
  const { estimate: _, ...deps } = resolveDeps(system, config, options);
  const resolution = await resolve(deps, {
    ...endpointOf(config),
    ...policyOf('monitor'),
  });
  return resultOf(checkOf(resolution.usage, options, window), { followUp: afterResolving(resolution, null) });
}

/** Wrong usage, or a fault of ours: the plugin does not know. */
export function checkFault(message: string): CommandResult {
  return resultOf(unknownCheck(message, provider.id));
}

function resultOf({ verdict, text }: Check, more: Partial<CommandResult> = {}): CommandResult {
  return result(`${text}\n`, { ...more, exitCode: exitCodes[verdict] });
}
