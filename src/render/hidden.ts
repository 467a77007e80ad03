import type { Usage, Window } from '../usage/model.ts';
import type { Looks } from './looks.ts';

/** What `hide` calls paid use beyond the subscription. */
const EXTRA = 'extra';

/** Whether a window is not to be shown, by its id or its label in lower case. */
export function isHidden(
  { id, label }: Pick<Window, 'id' | 'label'>,
  { hide }: Pick<Looks, 'hide'>,
): boolean {
  return hide.includes(id) || hide.includes(label.toLowerCase());
}

/** Usage without what is not to be shown. */
export function withoutHidden(usage: Usage, looks: Pick<Looks, 'hide'>): Usage {
  if (looks.hide.length === 0) return usage;
  const windows = usage.windows.filter((window) => !isHidden(window, looks));
  return { ...usage, windows, extraUsage: looks.hide.includes(EXTRA) ? null : usage.extraUsage };
}
