import type { Window } from '../../usage/model.ts';
import { sanitize } from '../../usage/text.ts';
import { nameOf, usualRank } from '../../usage/window-names.ts';
import type { WindowLength } from '../../usage/window-names.ts';
import { hasElapsed } from '../../usage/windows.ts';

export { nameOf };

/** What an endpoint says about one limit. The kit makes a window of it. */
export interface Measure {
  /** Percent used, 0–100 and beyond. Null: the limit is there and its number is not known, so there is no window. */
  readonly used: number | null;
  /** Epoch ms; null where it is not known, or the window has not started. */
  readonly resetsAt: number | null;
  /** Length, s, or `month`, a calendar or billing month. Null: not known, so the window needs a `name`. */
  readonly length: WindowLength | null;
  /** While nothing is used, the reset is the time of the request plus the length: it is left out. */
  readonly projected?: boolean;
  /** What a limit on a part is on, as people know it, short: `premium`, `Spark`. Null or absent: on everything. */
  readonly part?: string | null;
  /** The part in the window's id, where it is not `part`. */
  readonly partId?: string | null;
  /** The part is a model, or a group of models. */
  readonly isModel?: boolean;
  /** Id and label of a limit without a length. */
  readonly name?: Pick<Window, 'id' | 'label'>;
  /** See `Window`. */
  readonly placement?: Window['placement'];
  readonly amount?: Window['amount'];
  readonly lockedReason?: string | null;
}

/** The largest number of windows: with hundreds of them, a line would take seconds to prerender. */
const MAX_WINDOWS = 32;

type Shape = Pick<Window, 'id' | 'label' | 'model' | 'windowSeconds'>;

/** Id and label of the window of a measure; null without a length or a name. */
function shapeOf(measure: Measure): Shape | null {
  const base = measure.name ?? nameOf(measure.length);
  if (base === null) return null;
  const { length } = measure;
  const windowSeconds = typeof length === 'number' && length >= 1 ? Math.round(length) : null;
  const part = sanitize(measure.part ?? '');
  const slug = slugOf(measure.partId ?? part);
  if (slug === '') return { ...base, model: null, windowSeconds };
  const label = sanitize(`${base.label} ${part === '' ? slug : part}`);
  return { id: `${base.id}:${slug}`, label, model: measure.isModel ? part || slug : null, windowSeconds };
}

/** A name in an id: lower case, `-` for everything but letters and digits. */
function slugOf(text: string): string {
  return text
    .slice(0, 64)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/**
 * The windows of measures, in the order in which they are shown: five hours, seven days, months, others by length; limits on
 * parts last. Of two measures of one window the tighter one counts.
 *
 * @param readAt the time of the request, epoch ms
 * @param now epoch ms for which the windows are shown
 */
export function windowsOf(measures: readonly Measure[], readAt: number, now: number): Window[] {
  const windows = new Map<string, Window>();
  for (const measure of measures) {
    const shape = shapeOf(measure);
    if (shape === null || measure.used === null) continue;
    if (windows.size >= MAX_WINDOWS && !windows.has(shape.id)) continue;
    const resetsAt = measure.projected && measure.used === 0 ? null : measure.resetsAt;
    const elapsed = resetsAt !== null && hasElapsed(resetsAt, readAt, now);
    const lockedReason = sanitize(measure.lockedReason ?? '');
    const window: Window = {
      ...shape,
      usedPercent: elapsed ? null : measure.used,
      resetsAt,
      elapsed,
      source: 'endpoint',
      readAt,
      ...(measure.placement && { placement: measure.placement }),
      ...(measure.amount && { amount: measure.amount }),
      ...(lockedReason !== '' && { lockedReason }),
    };
    const twin = windows.get(shape.id);
    if (twin === undefined || (window.usedPercent ?? -1) > (twin.usedPercent ?? -1))
      windows.set(shape.id, window);
  }
  return [...windows.values()].sort((a, b) => rankOf(a) - rankOf(b));
}

/** A rank behind those of the usual windows. */
const LAST_USUAL = 1000;

/** Sorts: whole limits before parts, and each group by the order of the usual ones, then by length. */
function rankOf({ id, windowSeconds }: Window): number {
  const [base = '', part] = id.split(':', 2);
  const usual = usualRank(base);
  const rank = usual >= 0 ? usual : LAST_USUAL + (windowSeconds ?? Number.MAX_SAFE_INTEGER) / 1e10;
  return rank + (part === undefined ? 0 : 1e6);
}

/** The ids of measures, those without a number included. */
export function idsOf(measures: readonly Measure[]): string[] {
  return measures.flatMap((measure) => shapeOf(measure)?.id ?? []);
}

/** The resets of measures, epoch ms. */
export function resetsOf(measures: readonly Measure[]): number[] {
  return windowsOf(measures, 0, 0).flatMap(({ resetsAt }) => resetsAt ?? []);
}
