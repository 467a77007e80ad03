import type { Appearance } from './appearance.ts';
import { isRenewal } from '../usage/failure.ts';
import type { Failure } from '../usage/failure.ts';
import { isModelOf, modelKey } from '../usage/model-name.ts';
import { SPEND_LIMIT } from '../usage/model.ts';
import type { ExtraUsage, Usage, Window } from '../usage/model.ts';
import { HOUR } from '../usage/time.ts';
import { isWorthShowing } from '../usage/windows.ts';

/**
 * The windows on a line, the most important one first: the five hours and the week, those that always have a place
 * there, and of the others those that run out before the week does.
 *
 * @param model the model somebody works with, whose own limit comes first
 */
export function lineWindows(windows: readonly Window[], model: string | null): Window[] {
  const week = windows.find(({ id }) => id === 'seven_day');
  const first = limitOf(windows, model);
  const others = windows.filter((window) => {
    if (window === first || window.placement === 'details') return false;
    if (window.placement === 'always' || window.id === 'five_hour' || window === week || week === undefined)
      return true;
    return window.usedPercent !== null && window.usedPercent > (week.usedPercent ?? -1);
  });
  return first === undefined ? others : [first, ...others];
}

/**
 * The window that a template names: by id, by label in lower case, `model`, or `tightest`.
 *
 * @param model the model somebody works with
 */
export function windowNamed(
  name: string,
  windows: readonly Window[],
  model: string | null,
): Window | undefined {
  if (name === 'tightest') return fullest(windows.filter(isForLine));
  if (name === 'model')
    return limitOf(windows, model) ?? fullest(windows.filter((it) => it.model !== null && isForLine(it)));
  return windows.find(({ id, label }) => id === name || label.toLowerCase() === name);
}

function limitOf(windows: readonly Window[], model: string | null): Window | undefined {
  if (model === null) return undefined;
  const key = modelKey(model);
  return windows.find(
    (window) => window.model !== null && isForLine(window) && isModelOf(key, modelKey(window.model)),
  );
}

/** Whether a window may be what a line or a single number is about. */
export function isForLine({ placement }: Window): boolean {
  return placement !== 'details';
}

/** The first of those of which most is used; what has elapsed counts as unused. */
function fullest(windows: readonly Window[]): Window | undefined {
  return windows.reduce<Window | undefined>(
    (most, window) =>
      most === undefined || (window.usedPercent ?? -1) > (most.usedPercent ?? -1) ? window : most,
    undefined,
  );
}

/** Paid use where it has a place of its own: not where there is nothing of it, nor beside the window that it is. */
export function shownExtra({ extraUsage: extra, windows }: Usage): ExtraUsage | null {
  if (!isWorthShowing(extra)) return null;
  return windows.some((window) => isLimitOn(extra, window)) ? null : extra;
}

/** Whether a window is the limit on this paid use. */
export function isLimitOn(extra: ExtraUsage, { id, source, amount }: Window): boolean {
  if (id !== SPEND_LIMIT.id) return false;
  return source === 'endpoint' || (amount?.limit === extra.limit && amount?.currency === extra.currency);
}

/** Whether there is something of it to be paid. */
export function isInUse(extra: ExtraUsage | null): extra is ExtraUsage & { readonly used: number } {
  return extra !== null && extra.enabled && extra.used !== null && extra.used > 0;
}

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

/** Data too old to be claimed is none here: a number on a bar is taken for true. */
export function hasNumbers({ state }: Usage): boolean {
  return state === 'fresh' || state === 'stale';
}

/** Whether something went wrong. A lapsed token did not: Claude Code renews it when it runs next. */
export function hasFailed(usage: Usage): boolean {
  const error = shownError(usage);
  return error !== null && !isRenewal(error.code);
}

/** Beside numbers younger than this a lapsed token is not worth a word, ms. */
const LAPSED_UNSAID_MS = HOUR;

/** What went wrong, where that is news: not that there are no data yet, nor that somebody asks a little later. */
export function shownError(usage: Usage): Failure | null {
  const { error, pending } = usage;
  if (error?.code === 'no_data' && (hasNumbers(usage) || pending)) return null;
  if (error?.code === 'budget' && hasNumbers(usage)) return null;
  if (error !== null && isRenewal(error.code) && isRecent(usage)) return null;
  return error;
}

function isRecent({ state, ageMs }: Usage): boolean {
  return state === 'fresh' || (state === 'stale' && (ageMs ?? 0) < LAPSED_UNSAID_MS);
}
