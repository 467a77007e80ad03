import type { Usage, Window } from '../../usage/model.ts';
import { plain } from '../color.ts';
import type { Span } from '../color.ts';
import { windowNamed } from '../selection.ts';
import type { Cut } from './cut.ts';
import { windowField } from './fields.ts';
import type { FieldContext } from './fields.ts';
import type { Format } from './index.ts';

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

/** Ages of single numbers that the template shows and has no place for. */
export function agesOwed(filling: Ranked): Span[][] {
  const { format, usage, model, ranks, cut } = filling;
  const owed = new Map<Window, Span[]>();
  for (const name of namesIn(format)) {
    if (format.asks.has(`${name}.age`)) continue;
    const window = windowNamed(name, usage.windows, model);
    const isThere = window && (ranks.get(window) as number) < cut.windows;
    const own = isThere ? windowField('age', window, filling) : null;
    if (window && own) owed.set(window, [plain(`${window.label} `), own]);
  }
  return [...owed.values()];
}

/** The windows that a template asks for by name: `five_hour` of `five_hour.percent`. */
function namesIn({ asks }: Format): string[] {
  const names = [...asks].map((asked) => asked.slice(0, asked.lastIndexOf('.')));
  return names.filter((name) => name !== 'line' && name !== 'windows');
}
