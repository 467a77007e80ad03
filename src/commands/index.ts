import type { AnyCommand, CommandGroup, Program } from './command.ts';

/**
 * The commands by name, in the order of `--help`. To add one: a file with its `command`, and a line here. A call loads only
 * its own command, because each of them takes milliseconds.
 */
const COMMANDS: Readonly<Record<string, () => Promise<{ readonly command: AnyCommand | CommandGroup }>>> = {
  show: () => import('./show.ts'),
  refresh: () => import('./refresh.ts'),
  accounts: () => import('./accounts.ts'),
  provider: () => import('./provider.ts'),
  check: () => import('./check.ts'),
  explain: () => import('./explain.ts'),
  formats: () => import('./formats.ts'),
  statusline: () => import('./statusline.ts'),
  cache: () => import('./cache.ts'),
  config: () => import('./config.ts'),
  setup: () => import('./setup.ts'),
  init: () => import('./init.ts'),
  completions: () => import('./completions.ts'),
  ready: () => import('./ready.ts'),
  demo: () => import('./demo.ts'),
};

/** The whole command line. */
export async function loadAll(): Promise<Program> {
  const { command: main } = await import('./line.ts');
  const loaded = await Promise.all(Object.values(COMMANDS).map((load) => load()));
  return { main, commands: loaded.map(({ command }) => command) };
}

/** The command that the arguments begin with, or else the whole command line. */
export async function loadFor([first = '']: readonly string[]): Promise<Partial<Program>> {
  const load = Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined;
  return load ? { commands: [(await load()).command] } : loadAll();
}
