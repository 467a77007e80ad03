import { readPrerendered } from './prerender/read.ts';
import type { DueLine } from './prerender/read.ts';
import { errno } from './platform/errno.ts';
import { parseFastArgs } from './cli/fast-args.ts';
import type { UsageOptions } from './commands/fast-options.ts';
import { STDERR, STDOUT, writeOut } from './platform/stdio.ts';
import { nodeSystem } from './platform/system.ts';
import type { System } from './platform/system.ts';

/*
 * Runs at every prompt. Prints the prerendered line while it is valid, with nothing but the static imports of this file.
 * Everything else is loaded on demand.
 */
const system = nodeSystem();
const argv = process.argv.slice(2);
const options = parseFastArgs(argv);
const line = options && validLine(system, options);

if (argv[0] === 'statusline') {
  import('./cli/fast-statusline.ts').then(({ main }) => main(system, argv)).catch(broken);
} else if (typeof line === 'string') {
  // Ending by itself would take Node a twentieth of its start longer.
  process.exit(writeOut(system, STDOUT, line) ? 0 : 1);
} else if (options) {
  const printed = line === null ? Promise.resolve(false) : printDue(options, line);
  printed.then(() => resolveLine(options)).catch(broken);
} else {
  import('./cli/program.ts').then(({ main }) => main(system, argv)).catch(broken);
}

/** Prints the line of a file whose refresh is due and ends the process; false where the line has to be resolved. */
async function printDue(asked: UsageOptions, due: DueLine): Promise<boolean> {
  try {
    return (await import('./cli/due-line.ts')).printDueLine(system, asked, due);
  } catch {
    // The command meets the cause again.
    return false;
  }
}

async function resolveLine(asked: UsageOptions): Promise<never> {
  const [{ run }, { usage }] = await Promise.all([import('./cli/run.ts'), import('./commands/usage.ts')]);
  return run(system, asked, () => usage(system, asked));
}

/** Reports that a part of the program cannot be loaded. Errors within a command are reported by `run`. */
async function broken(error: unknown): Promise<never> {
  const message = (await damage()) ?? `a part of it cannot be loaded (${errno(error)}): install it again`;
  writeOut(system, STDERR, `usageline: ${message}\n`);
  process.exit(1);
}

async function damage(): Promise<string | null> {
  try {
    const { damageOf } = await import('./platform/damaged-files.ts');
    return damageOf(system.fs);
  } catch {
    return null;
  }
}

/** The prerendered line; null if there is no valid one. An exception is ignored: the command meets its cause again. */
function validLine(machine: System, asked: UsageOptions): string | DueLine | null {
  try {
    return readPrerendered(machine, asked);
  } catch {
    return null;
  }
}
