import { readPrerendered } from './prerender/read.ts';
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
const text = options && validLine(system, options);

if (argv[0] === 'statusline') {
  import('./cli/fast-statusline.ts').then(({ main }) => main(system, argv)).catch(broken);
} else if (text !== null) {
  // Ending by itself would take Node a twentieth of its start longer.
  process.exit(writeOut(system, STDOUT, text) ? 0 : 1);
} else if (options) {
  Promise.all([import('./cli/run.ts'), import('./commands/usage.ts')])
    .then(([{ run }, { usage }]) => run(system, options, () => usage(system, options)))
    .catch(broken);
} else {
  import('./cli/program.ts').then(({ main }) => main(system, argv)).catch(broken);
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
function validLine(machine: System, asked: UsageOptions): string | null {
  try {
    return readPrerendered(machine, asked);
  } catch {
    return null;
  }
}
