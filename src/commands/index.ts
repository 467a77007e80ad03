import type { AnyCommand, CommandGroup, Program } from './command.ts';
import { command as main } from './line.ts';

/**
 * The commands by name, in the order of `--help`. To add one: a file with its `command`, and a line here. Only the command
 * that is called is loaded, because each of them takes milliseconds.
 */
const COMMANDS: Readonly<Record<string, () => Promise<{ readonly command: AnyCommand | CommandGroup }>>> = {
  show: () => import('./show.ts'),
  refresh: () => import('./refresh.ts'),
  check: () => import('./check.ts'),
  explain: () => import('./explain.ts'),
  statusline: () => import('./statusline.ts'),
  cache: () => import('./cache.ts'),
  config: () => import('./config.ts'),
  init: () => import('./init.ts'),
  completions: () => import('./completions.ts'),
  ready: () => import('./ready.ts'),
  demo: () => import('./demo.ts'),
};

/** The whole command line. */
export async function loadAll(): Promise<Program> {
  const loaded = await Promise.all(Object.values(COMMANDS).map((load) => load()));
  return { main, commands: loaded.map(({ command }) => command) };
}

/** The command line as far as these arguments can use it: the command that they begin with, or all. */
export async function loadFor([first = '']: readonly string[]): Promise<Program> {
  if (!Object.hasOwn(COMMANDS, first)) return loadAll();
  const loaded = await COMMANDS[first]?.();
  return { main, commands: loaded ? [loaded.command] : [] };
}
