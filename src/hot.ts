import { hit } from './commands/hit.ts';
import { errno } from './errno.ts';
import { parseQuickly } from './options.ts';
import type { UsageOptions } from './options.ts';
import { STDERR, STDOUT, writeOut } from './output.ts';
import { nodeSystem } from './system.ts';
import type { System } from './system.ts';

/**
 * What runs at every prompt: a fresh line is printed from disk with what is loaded by now. Everything else
 * is in other files, loaded when it is needed.
 */
const system = nodeSystem();
const argv = process.argv.slice(2);
const options = parseQuickly(argv);
const text = options && freshLine(system, options);

if (argv[0] === 'statusline') {
  import('./statusline.ts').then(({ main }) => main(system, argv)).catch(broken);
} else if (text !== null) {
  // Rather than to let Node take itself apart: that is a twentieth of its start.
  process.exit(writeOut(system, STDOUT, text) ? 0 : 1);
} else if (options) {
  Promise.all([import('./run.ts'), import('./commands/usage.ts')])
    .then(([{ run }, { usage }]) => run(system, options, () => usage(system, options)))
    .catch(broken);
} else {
  import('./cli.ts').then(({ main }) => main(system, argv)).catch(broken);
}

/** `run` names what goes wrong within a command. Before that, only a part of the program can be missing or damaged. */
async function broken(error: unknown): Promise<never> {
  const message = (await damage()) ?? `a part of it cannot be loaded (${errno(error)}): install it again`;
  writeOut(system, STDERR, `usageline: ${message}\n`);
  process.exit(1);
}

async function damage(): Promise<string | null> {
  try {
    const { damageOf } = await import('./damage.ts');
    return damageOf(system.fs);
  } catch {
    return null;
  }
}

/** What goes wrong on the short way is looked at again, and named, on the long one. */
function freshLine(machine: System, asked: UsageOptions): string | null {
  try {
    return hit(machine, asked);
  } catch {
    return null;
  }
}
