import type { Appearance } from '../appearance.ts';
import type { Glyphs } from '../glyphs.ts';
import { windowNamed } from '../selection.ts';
import type { Cut } from './fit.ts';
import type { Format } from './format.ts';
import type { Usage, Window } from '../../usage/model.ts';

/** What the fields of a window depend on in addition to the window. */
export interface FieldContext {
  /** The time for countdowns, epoch ms. */
  readonly now: number;
  readonly appearance: Appearance;
  readonly glyphs: Glyphs;
  /** False for a prerendered line that stays valid for longer than a countdown is right. */
  readonly countdowns: boolean;
  /** Age of the numbers from the endpoint next to fresher ones from the status line, ms. */
  readonly restAgeMs: number | undefined;
}

/** The values for a template. */
export interface Filling extends FieldContext {
  readonly format: Format;
  /** Without hidden windows. */
  readonly usage: Usage;
  /** The windows of a section `{#windows}`, the most important one first. */
  readonly sectionWindows: readonly Window[];
  readonly model: string | null;
  readonly cut: Cut;
}

/** A filling with the ranks of the windows that the template shows, from 0; the highest rank is omitted first. */
export type Ranked = Filling & {
  readonly ranks: ReadonlyMap<Window, number>;
  /** The window whose percentage says that it is what is left: the first one with a percentage. */
  readonly sideSaidBy: Window | undefined;
};

/** Ranks the windows: those of the section in its order, then those that the template names, in the order of their placeholders. */
function ranksOf({ format, usage, sectionWindows, model }: Filling): ReadonlyMap<Window, number> {
  const ranks = new Map<Window, number>();
  const add = (window: Window) => ranks.has(window) || ranks.set(window, ranks.size);
  if (format.fields.has('windows.')) sectionWindows.forEach(add);
  for (const name of namesIn(format)) {
    const window = windowNamed(name, usage, model);
    if (window) add(window);
  }
  return ranks;
}

/** The windows that a template names, one per placeholder: `five_hour` for `five_hour.percent`. */
export function namesIn({ fields }: Format): string[] {
  const names = [...fields].map((field) => field.slice(0, field.lastIndexOf('.')));
  return names.filter((name) => name !== 'line' && name !== 'windows');
}

/** Adds what follows from all windows of a filling. */
export function ranked(filling: Filling): Ranked {
  const ranks = ranksOf(filling);
  const sideSaidBy = [...ranks.keys()].find(({ usedPercent }) => usedPercent !== null);
  return { ...filling, ranks, sideSaidBy };
}
