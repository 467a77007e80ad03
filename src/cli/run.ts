import { isUsageError } from '../commands/command.ts';
import type { CommandResult } from '../commands/command.ts';
import { providerFiles } from '../fetch/registry.ts';
import { describeFault, withUncaught } from '../platform/exceptions.ts';
import { STDERR, STDOUT, writeOut } from '../platform/stdio.ts';
import { NO_FOLLOW_UP } from '../prerender/follow-up.ts';
import { renderErrorJson } from '../render/json.ts';
import { spawnWorker } from './spawn-worker.ts';
import type { System } from '../platform/system.ts';

export interface RunOptions {
  /** Whether errors are printed as a JSON object on standard output. */
  readonly json: boolean;
  /** Whether errors are printed as the result of a monitoring plugin. */
  readonly check?: boolean;
  /** The command: its help is the hint after wrong usage. Absent: the usage error has it. */
  readonly command?: string;
  /** Deadline of the worker's request, ms; null: as configured. */
  readonly timeoutMs: number | null;
}

/**
 * Runs a command, prints its text, does the follow-up and ends the process, even if a socket or a timer is still open. An
 * exception before the text is printed becomes a message, so Node prints no trace. One after that is ignored.
 */
export async function run(
  system: System,
  options: RunOptions,
  command: () => Promise<CommandResult>,
): Promise<never> {
  const outcome = await withUncaught(command()).catch((error: unknown) => faultOf(system, options, error));
  const printed = [
    outcome.stderr === '' || writeOut(system, STDERR, outcome.stderr),
    outcome.stdout === '' || writeOut(system, STDOUT, outcome.stdout),
  ].every(Boolean);
  await followUp(system, options, outcome.followUp).catch(() => {});
  process.exit(printed ? outcome.exitCode : outcome.exitCode || 1);
}

/** Errors are ignored: the next call finds what is missing. */
async function followUp(
  system: System,
  { timeoutMs }: RunOptions,
  job: CommandResult['followUp'],
): Promise<void> {
  const rest = typeof job === 'function' ? job() : job;
  if (rest.kind === 'spawnWorker') spawnWorker(system, timeoutMs, rest.wanted);
  if (rest.kind !== 'prerender') return;
  const { prerender } = await import('../prerender/store.ts');
  await prerender(system, rest.wanted, rest.horizonMs);
}

/** The result of a command that has thrown: for wrong usage, or an internal error. */
async function faultOf(
  { fs, now }: System,
  { json, check = false, command = 'line' }: RunOptions,
  error: unknown,
): Promise<CommandResult> {
  const wrongUsage = isUsageError(error);
  const message = wrongUsage
    ? error.message
    : ((await damage(fs)) ?? `internal error: ${describeFault(error)}`);
  if (check) return (await import('../commands/check.ts')).checkFault(message);
  const code = wrongUsage ? 'wrong_usage' : 'internal_error';
  const help = command === 'line' ? 'usageline --help' : `usageline ${command} --help`;
  const hint = wrongUsage ? `Try: ${error.hint ?? help}\n` : '';
  return {
    stdout: json ? `${renderErrorJson(code, message, now(), providerFiles.id)}\n` : '',
    stderr: json ? '' : `usageline: ${message}\n${hint}`,
    exitCode: wrongUsage ? 2 : 1,
    followUp: NO_FOLLOW_UP,
  };
}

/** A sentence about damaged files of the program; null if there are none, or the check itself is damaged. */
function damage(fs: System['fs']): Promise<string | null> {
  return import('../platform/damaged-files.ts').then(({ damageOf }) => damageOf(fs)).catch(() => null);
}
