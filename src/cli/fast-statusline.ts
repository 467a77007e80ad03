import { readPrerenderedStatusline } from '../prerender/read-statusline.ts';
import type { CommandResult } from '../commands/command.ts';
import { withUncaught } from '../platform/exceptions.ts';
import { parseStatuslineArgs } from './fast-args.ts';
import { STDOUT, writeOut } from '../platform/stdio.ts';
import { readStatuslineInput } from '../commands/statusline-input.ts';
import type { StatuslineOptions } from '../commands/fast-options.ts';
import type { System } from '../platform/system.ts';

/**
 * `usageline statusline`, which the provider's client runs whenever it updates its status line. For a session that reports
 * nothing new, it prints the prerendered line without loading anything else.
 */
export async function main(system: System, argv: readonly string[]): Promise<never> {
  const options = parseStatuslineArgs(argv.slice(1));
  if (options === null) return (await import('./program.ts')).main(system, argv);
  const input = await readStatuslineInput(system);
  const text = tried(() => readPrerenderedStatusline(system, options, input.report));
  if (text !== null) process.exit(writeOut(system, STDOUT, text) ? 0 : 1);
  const { statusline } = await import('../commands/statusline.ts');
  const outcome = withUncaught(statusline(system, options, input));
  const rendered = await outcome.catch(() => null);
  if (typeof rendered?.followUp !== 'function') return finish(system, options, outcome);
  // A working session comes here at every response, and usually nothing is left to do that needs `run.ts`.
  const exitCode = writeOut(system, STDOUT, rendered.stdout) ? 0 : 1;
  const followUp = rendered.followUp();
  if (followUp.kind === 'none') process.exit(exitCode);
  const rest = { ...rendered, stdout: '', exitCode, followUp } as const;
  return finish(system, options, rest).catch(() => process.exit(exitCode));
}

async function finish(
  system: System,
  { timeoutMs }: StatuslineOptions,
  outcome: CommandResult | Promise<CommandResult>,
): Promise<never> {
  const { run } = await import('./run.ts');
  return run(system, { json: false, command: 'statusline', timeoutMs }, async () => outcome);
}

/** The result, or null for an exception, which is ignored: the command meets its cause again and reports it. */
function tried(read: () => string | null): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}
