import type { Usage, Window } from '../usage/model.ts';
import type { Looks } from './appearance.ts';
import { isLimitOn } from './money.ts';

/** What `hide` calls paid use beyond the subscription. */
const EXTRA = 'extra';

/** Whether a window is not to be shown, by its id or its label in lower case. */
function isHidden({ id, label }: Pick<Window, 'id' | 'label'>, { hide }: Pick<Looks, 'hide'>): boolean {
  return hide.includes(id) || hide.includes(label.toLowerCase());
}

/** The labels of the windows that a plan can lack. */
function labelOf(id: string): string {
  return id === 'five_hour' ? '5h' : '7d';
}

/** Usage without what is not to be shown. */
export function withoutHidden(usage: Usage, looks: Pick<Looks, 'hide'>): Usage {
  if (looks.hide.length === 0) return usage;
  const { windows, extraUsage: extra, tokens, pools, locks, lacking } = usage;
  const hidden = windows.filter((window) => isHidden(window, looks));
  const isExtraHidden = extra === null || hidden.some((window) => isLimitOn(extra, window));
  const shown = (id: string, label: string) => !isHidden({ id, label }, looks);
  return {
    ...usage,
    windows: windows.filter((window) => !hidden.includes(window)),
    extraUsage: isExtraHidden || looks.hide.includes(EXTRA) ? null : extra,
    ...(pools && { pools: pools.filter((pool) => !isHidden(pool, looks)) }),
    ...(locks && { locks: locks.filter((lock) => !isHidden(lock, looks)) }),
    ...(lacking && { lacking: lacking.filter((id) => shown(id, labelOf(id))) }),
    tokens: tokens && {
      fiveHour: shown('five_hour', '5h') ? tokens.fiveHour : null,
      sevenDay: shown('seven_day', '7d') ? tokens.sevenDay : null,
    },
  };
}
