import type { Usage, Window } from '../usage/model.ts';
import type { Looks } from './looks.ts';

/** What `hide` calls paid use beyond the subscription. */
const EXTRA = 'extra';

/** Whether a window is not to be shown, by its id or its label in lower case. */
function isHidden({ id, label }: Pick<Window, 'id' | 'label'>, { hide }: Pick<Looks, 'hide'>): boolean {
  return hide.includes(id) || hide.includes(label.toLowerCase());
}

/** Usage without what is not to be shown. */
export function withoutHidden(usage: Usage, looks: Pick<Looks, 'hide'>): Usage {
  if (looks.hide.length === 0) return usage;
  const { windows, extraUsage, tokens } = usage;
  const shown = (id: string, label: string) => !isHidden({ id, label }, looks);
  return {
    ...usage,
    windows: windows.filter((window) => !isHidden(window, looks)),
    extraUsage: looks.hide.includes(EXTRA) ? null : extraUsage,
    tokens: tokens && {
      fiveHour: shown('five_hour', '5h') ? tokens.fiveHour : null,
      sevenDay: shown('seven_day', '7d') ? tokens.sevenDay : null,
    },
  };
}
