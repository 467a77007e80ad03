import { KEYS, OUTPUTS } from './schema.ts';
import type { Key } from './schema.ts';

/*
 * Names as the file has them: `timeout`, `thresholds.warn`, `output.tmux.percent`. A path is such a name in its
 * parts; a part with a dot in it (a quoted key) names nothing of ours.
 */

const own = Object.keys(KEYS).filter((name) => KEYS[name]?.perOutput);

/** Every name that is known, with those of the outputs. */
export const NAMES: readonly string[] = [
  ...Object.keys(KEYS),
  ...OUTPUTS.flatMap((output) => own.map((name) => `output.${output}.${name}`)),
];

/** The key of a path; that of an output is the one it is an exception from. Null: no such key. */
export function keyAt(path: readonly string[]): Key | null {
  if (!isPlain(path)) return null;
  const excepted = path[0] === 'output' && OUTPUTS.includes(path[1] ?? '');
  const name = (excepted ? path.slice(2) : path).join('.');
  const key = Object.hasOwn(KEYS, name) ? KEYS[name] : undefined;
  return key === undefined || (excepted && !key.perOutput) ? null : key;
}

const sections = new Set(
  NAMES.flatMap((name) => [...name.matchAll(/\./g)].map(({ index }) => name.slice(0, index))),
);

/** Whether a path is that of a table with keys in it. */
export function isSection(path: readonly string[]): boolean {
  return isPlain(path) && sections.has(path.join('.'));
}

/** What may stand in a table, each once: keys, and the names of tables in it. */
export function namesBelow(path: readonly string[]): string {
  const prefix = path.map((part) => `${part}.`).join('');
  const below = NAMES.filter((name) => name.startsWith(prefix));
  const names = new Set(below.map((name) => name.slice(prefix.length).split('.')[0]));
  return [...names].join(', ');
}

function isPlain(path: readonly string[]): boolean {
  return path.every((part) => !part.includes('.'));
}
