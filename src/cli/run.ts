import { isUsageError } from '../commands/command.ts';
import type { CommandResult } from '../commands/command.ts';
import { describeFault, withUncaught } from '../platform/exceptions.ts';
import { STDERR, STDOUT, writeOut } from '../platform/stdio.ts';
import { renderErrorJson } from '../render/json.ts';
import { spawnWorker } from './spawn-worker.ts';
import type { System } from '../platform/system.ts';

export interface RunOptions {
  /** Errors are then part of the one object on standard output. */
  readonly json: boolean;
  /** They are what a monitoring plugin says then. */
  readonly check?: boolean;
  /** Deadline for the detached refresh, ms; null for the configured one. */
  readonly timeoutMs: number | null;
}

/**
 * Runs a command, prints what it says and ends the process: the one place that does. Whatever a command left
 * open (a socket, a timer) ends here, too. Whatever is thrown meanwhile, wherever, is a failure of the command or does
 * not matter to it: Node prints no trace. Once the text is out nothing changes exit code or standard error.
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
  await followUp(system, options, outcome).catch(() => {});
  process.exit(printed ? outcome.exitCode : outcome.exitCode || 1);
}

/** What is done once the text is out. The next call finds what is missing. */
async function followUp(
  system: System,
  { timeoutMs }: RunOptions,
  { startWorker, soon, prepare: asked }: CommandResult,
): Promise<void> {
  const left = soon?.();
  const prepare = left?.kind === 'prepare' ? left : asked;
  if (startWorker || left?.kind === 'spawn') spawnWorker(system, timeoutMs, prepare);
  else if (prepare)
    await (await import('../prerender/store.ts')).prerender(system, prepare.wanted, prepare.aheadMs);
}

/** What did not come back as a result: wrong usage, which is named, or a fault of ours. */
async function faultOf(
  { fs, now }: System,
  { json, check = false }: RunOptions,
  error: unknown,
): Promise<CommandResult> {
  const wrongUsage = isUsageError(error);
  const message = wrongUsage
    ? error.message
    : ((await damage(fs)) ?? `internal error: ${describeFault(error)}`);
  if (check) return (await import('../commands/check.ts')).checkFault(message);
  const code = wrongUsage ? 'wrong_usage' : 'internal_error';
  return {
    stdout: json ? `${renderErrorJson(code, message, now())}\n` : '',
    stderr: json ? '' : `usageline: ${message}\n${wrongUsage ? 'Try: usageline --help\n' : ''}`,
    exitCode: wrongUsage ? 2 : 1,
    startWorker: false,
    prepare: null,
    soon: null,
  };
}

/** What is damaged, where that is the reason of a fault; the file that would say so can be damaged as well. */
function damage(fs: System['fs']): Promise<string | null> {
  return import('../platform/damaged-files.ts').then(({ damageOf }) => damageOf(fs)).catch(() => null);
}
