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

/** A filling with the windows that the template shows, those that are left out last first. */
export type Ranked = Filling & { readonly ranked: readonly Window[] };

/** In the order of the line; those that are asked for by name in the order in which they are. */
export function rankedOf({ format, usage, onLine, model }: Filling): readonly Window[] {
  const named = [...format.asks].map((asked) => windowNamed(nameIn(asked), usage.windows, model));
  const ranked = [...(format.asks.has('windows.') ? onLine : []), ...named];
  return [...new Set(ranked.filter((window) => window !== undefined))];
}

/** Ages of single numbers that the template shows and has no place for. */
export function agesOwed(filling: Ranked): Span[][] {
  const { format, usage, model, ranked, cut } = filling;
  const owed = new Map<Window, Span[]>();
  for (const asked of format.asks) {
    const name = nameIn(asked);
    if (name === 'line' || name === 'windows' || format.asks.has(`${name}.age`)) continue;
    const window = windowNamed(name, usage.windows, model);
    const own = window && ranked.indexOf(window) < cut.windows ? windowField('age', window, filling) : null;
    if (window && own) owed.set(window, [plain(`${window.label} `), own]);
  }
  return [...owed.values()];
}

/** `five_hour` of `five_hour.percent`. */
function nameIn(asked: string): string {
  return asked.slice(0, asked.lastIndexOf('.'));
}
