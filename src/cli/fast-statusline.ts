import { readPrerenderedStatusline } from '../prerender/print-statusline.ts';
import type { CommandResult } from '../commands/command.ts';
import { withUncaught } from '../platform/exceptions.ts';
import { parseStatuslineArgs } from './fast-args.ts';
import type { StatuslineOptions } from './fast-args.ts';
import { STDOUT, writeOut } from '../platform/stdio.ts';
import { readStdinNow } from './stdin.ts';
import type { StatuslineInput } from './stdin.ts';
import type { System } from '../platform/system.ts';
import { parseReport } from '../usage/report.ts';

/**
 * What runs whenever Claude Code updates its status line: a session that says nothing new gets the line that was
 * prepared, from what is loaded by now.
 */
export async function main(system: System, argv: readonly string[]): Promise<never> {
  const options = parseStatuslineArgs(argv.slice(1));
  if (options === null) return (await import('./program.ts')).main(system, argv);
  const heard = await readStatuslineInput(system);
  const text = tried(() => readPrerenderedStatusline(system, options, heard.report));
  if (text !== null) process.exit(writeOut(system, STDOUT, text) ? 0 : 1);
  const { statusline } = await import('../commands/statusline.ts');
  const outcome = withUncaught(statusline(system, options, heard));
  const known = await outcome.catch(() => null);
  if (known?.soon) {
    // What a session that works costs at every response: all that is left is said here, rather than to load `run`.
    const printed = writeOut(system, STDOUT, known.stdout);
    const left = known.soon();
    const exitCode = printed ? 0 : 1;
    if (left.kind === 'nothing') process.exit(exitCode);
    const rest = { ...known, stdout: '', exitCode, soon: () => left } as const;
    return finish(system, options, rest).catch(() => process.exit(exitCode));
  }
  return finish(system, options, outcome);
}

async function finish(
  system: System,
  { timeoutMs }: StatuslineOptions,
  outcome: CommandResult | Promise<CommandResult>,
): Promise<never> {
  const { run } = await import('./run.ts');
  return run(system, { json: false, timeoutMs }, async () => outcome);
}

/** What Claude Code says on standard input. */
export async function readStatuslineInput(system: System): Promise<StatuslineInput> {
  const input = readStdinNow(system) ?? (await (await import('./stdin-stream.ts')).readStdinStream());
  return { input, report: parseReport(input.text, system.now()) };
}

/** What goes wrong on the short way is looked at again on the long one. */
function tried(hit: () => string | null): string | null {
  try {
    return hit();
  } catch {
    return null;
  }
}
