import type { Usage, Window } from '../usage/model.ts';
import type { Appearance } from './appearance.ts';
import { isLimitOn } from './money.ts';

/** What `hide` calls paid use beyond the subscription. */
const EXTRA = 'extra';

/** Whether a window is not to be shown, by its id or its label in lower case. */
function isHidden({ id, label }: Pick<Window, 'id' | 'label'>, { hide }: Pick<Appearance, 'hide'>): boolean {
  return hide.includes(id) || hide.includes(label.toLowerCase());
}

/** The labels of the windows that a plan can lack. */
function labelOf(id: string): string {
  return id === 'five_hour' ? '5h' : '7d';
}

/** Usage without what is not to be shown. */
export function withoutHidden(usage: Usage, appearance: Pick<Appearance, 'hide'>): Usage {
  if (appearance.hide.length === 0) return usage;
  const { windows, extraUsage: extra, tokens, pools, locks, lacking } = usage;
  const hidden = windows.filter((window) => isHidden(window, appearance));
  const isExtraHidden = extra === null || hidden.some((window) => isLimitOn(extra, window));
  const shown = (id: string, label: string) => !isHidden({ id, label }, appearance);
  return {
    ...usage,
    windows: windows.filter((window) => !hidden.includes(window)),
    extraUsage: isExtraHidden || appearance.hide.includes(EXTRA) ? null : extra,
    ...(pools && { pools: pools.filter((pool) => !isHidden(pool, appearance)) }),
    ...(locks && { locks: locks.filter((lock) => !isHidden(lock, appearance)) }),
    ...(lacking && { lacking: lacking.filter((id) => shown(id, labelOf(id))) }),
    tokens: tokens && {
      fiveHour: shown('five_hour', '5h') ? tokens.fiveHour : null,
      sevenDay: shown('seven_day', '7d') ? tokens.sevenDay : null,
    },
  };
}
