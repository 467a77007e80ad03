import { readPrerendered } from './prerender/read.ts';
import { errno } from './platform/errno.ts';
import { parseFastArgs } from './cli/fast-args.ts';
import type { UsageOptions } from './commands/fast-options.ts';
import { STDERR, STDOUT, writeOut } from './platform/stdio.ts';
import { nodeSystem } from './platform/system.ts';
import type { System } from './platform/system.ts';

/**
 * What runs at every prompt: a fresh line is printed from disk with what is loaded by now. Everything else
 * is in other files, loaded when it is needed.
 */
const system = nodeSystem();
const argv = process.argv.slice(2);
const options = parseFastArgs(argv);
const text = options && freshLine(system, options);

if (argv[0] === 'statusline') {
  import('./cli/fast-statusline.ts').then(({ main }) => main(system, argv)).catch(broken);
} else if (text !== null) {
  // Rather than to let Node take itself apart: that is a twentieth of its start.
  process.exit(writeOut(system, STDOUT, text) ? 0 : 1);
} else if (options) {
  Promise.all([import('./cli/run.ts'), import('./commands/usage.ts')])
    .then(([{ run }, { usage }]) => run(system, options, () => usage(system, options)))
    .catch(broken);
} else {
  import('./cli/program.ts').then(({ main }) => main(system, argv)).catch(broken);
}

/** `run` names what goes wrong within a command. Before that, only a part of the program can be missing or damaged. */
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

/** What goes wrong on the short way is looked at again, and named, on the long one. */
function freshLine(machine: System, asked: UsageOptions): string | null {
  try {
    return readPrerendered(machine, asked);
  } catch {
    return null;
  }
}
