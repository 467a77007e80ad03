import type { Appearance } from '../appearance.ts';
import type { Glyphs } from '../glyphs.ts';
import { windowLevel } from '../level.ts';
import { windowNamed } from '../selection.ts';
import type { Level } from '../style.ts';
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
  /** The window that stays on the narrowest line: of those at `warn` or `critical` the one with the highest level and percentage. */
  readonly urgent: Window | undefined;
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
  return { ...filling, ranks, sideSaidBy, urgent: urgentOf([...ranks.keys()], filling) };
}

const URGENCY: Readonly<Record<Level, number>> = { ok: 0, warn: 1, critical: 2 };

function urgentOf(windows: readonly Window[], { now, appearance }: FieldContext): Window | undefined {
  const urgencyOf = (window: Window) => URGENCY[windowLevel(window, now, appearance.thresholds) ?? 'ok'];
  return windows
    .filter((window) => urgencyOf(window) > 0)
    .toSorted((a, b) => urgencyOf(b) - urgencyOf(a) || (b.usedPercent ?? 0) - (a.usedPercent ?? 0))[0];
}

/** Whether a window stays on a line that has room for `cut.windows` of them: the urgent one first, then in the order of the ranks. */
export function isKept(window: Window, { ranks, urgent, cut }: Ranked): boolean {
  const rankOf = (it: Window) => ranks.get(it) ?? 0;
  if (urgent === undefined) return rankOf(window) < cut.windows;
  if (window === urgent) return cut.windows > 0;
  const behindUrgent = rankOf(window) < rankOf(urgent) ? 1 : 0;
  return rankOf(window) + behindUrgent < cut.windows;
}
