import type { Appearance } from '../appearance.ts';
import type { Glyphs } from '../glyphs.ts';
import { windowNamed } from '../selection.ts';
import type { Cut } from './fit.ts';
import type { Format } from './format.ts';
import type { Usage, Window } from '../../usage/model.ts';

/** What the fields of a window depend on besides the window. */
export interface FieldContext {
  /** Epoch ms. */
  readonly now: number;
  readonly appearance: Appearance;
  readonly glyphs: Glyphs;
  /** False: nothing that counts the minutes, since the line is to stand for longer than it would be right. */
  readonly countdowns: boolean;
  /** Age of the endpoint's numbers beside fresher ones, ms. */
  readonly restAgeMs: number | undefined;
}

/** What a template is filled with. */
export interface Filling extends FieldContext {
  readonly format: Format;
  /** Without what is not to be shown. */
  readonly usage: Usage;
  /** The windows that a section goes through, the most important one first. */
  readonly onLine: readonly Window[];
  readonly model: string | null;
  readonly cut: Cut;
}

/** A filling with the places of the windows that the template shows, from 0: those that are left out last first. */
export type Ranked = Filling & { readonly ranks: ReadonlyMap<Window, number> };

/** In the order of the line; those that are asked for by name in the order in which they are. */
export function ranksOf({ format, usage, onLine, model }: Filling): ReadonlyMap<Window, number> {
  const ranks = new Map<Window, number>();
  const add = (window: Window) => ranks.has(window) || ranks.set(window, ranks.size);
  if (format.asks.has('windows.')) onLine.forEach(add);
  for (const name of namesIn(format)) {
    const window = windowNamed(name, usage.windows, model);
    if (window) add(window);
  }
  return ranks;
}

/** The windows that a template asks for by name: `five_hour` of `five_hour.percent`. */
export function namesIn({ asks }: Format): string[] {
  const names = [...asks].map((asked) => asked.slice(0, asked.lastIndexOf('.')));
  return names.filter((name) => name !== 'line' && name !== 'windows');
}
