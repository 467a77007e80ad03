import type { Appearance } from './appearance.ts';
import { isAboutCredentials, isRenewal } from '../usage/failure.ts';
import type { Failure } from '../usage/failure.ts';
import { isModelOf, modelKey } from '../usage/model-name.ts';
import { SPEND_LIMIT } from '../usage/model.ts';
import type { ExtraUsage, Usage, Window } from '../usage/model.ts';
import { usualName } from '../usage/window-names.ts';
import { HOUR } from '../usage/time.ts';
import { isWorthShowing } from '../usage/credits.ts';

/** The windows of a usage, with what is known of its provider. */
type Numbers = Pick<Usage, 'windows' | 'provider' | 'texts'>;

/**
 * The windows of a line, the most important one first: the main windows of the provider, windows with the placement
 * `always`, and other windows of which more is used than of the longest main window.
 *
 * @param model the model of the session, whose own limit comes first
 */
export function lineWindows({ windows, provider, texts }: Numbers, model: string | null): Window[] {
  const main = Object.keys(texts.mainWindows);
  const longest = windows.find(({ id }) => id === main.at(-1));
  const first = limitOf(windows, model, provider);
  const others = windows.filter((window) => {
    if (window === first || window.placement === 'details') return false;
    if (window.placement === 'always' || main.includes(window.id) || longest === undefined) return true;
    return window.usedPercent !== null && window.usedPercent > (longest.usedPercent ?? -1);
  });
  return first === undefined ? others : [first, ...others];
}

/**
 * The window that a template names: by id, by label in lower case, `model`, or `tightest`.
 *
 * @param model the model of the session
 */
export function windowNamed(
  name: string,
  { windows, provider }: Numbers,
  model: string | null,
): Window | undefined {
  if (name === 'tightest') return fullest(windows.filter(isForLine));
  if (name === 'model')
    return (
      limitOf(windows, model, provider) ?? fullest(windows.filter((it) => it.model !== null && isForLine(it)))
    );
  return windows.find(({ id, label }) => id === name || label.toLowerCase() === name);
}

function limitOf(windows: readonly Window[], model: string | null, provider: string): Window | undefined {
  if (model === null) return undefined;
  const key = modelKey(model);
  return windows.find(
    (window) =>
      window.model !== null && isForLine(window) && isModelOf(key, modelKey(window.model), provider),
  );
}

/** Whether a line or a summary may use a window. */
export function isForLine({ placement }: Window): boolean {
  return placement !== 'details';
}

/** The window of which most is used, the first of equals; an elapsed one counts as unused. */
function fullest(windows: readonly Window[]): Window | undefined {
  return windows.reduce<Window | undefined>(
    (most, window) =>
      most === undefined || (window.usedPercent ?? -1) > (most.usedPercent ?? -1) ? window : most,
    undefined,
  );
}

/** Extra usage to show as a row of its own; null if it is empty or one of the windows is its limit. */
export function shownExtra({ extraUsage: extra, windows }: Usage): ExtraUsage | null {
  if (!isWorthShowing(extra)) return null;
  return windows.some((window) => isLimitOn(extra, window)) ? null : extra;
}

/** Whether a window is the limit on this extra usage. */
export function isLimitOn(extra: ExtraUsage, { id, source, amount }: Window): boolean {
  if (id !== SPEND_LIMIT.id) return false;
  return source === 'endpoint' || (amount?.limit === extra.limit && amount?.currency === extra.currency);
}

/** Whether extra usage is enabled and more than 0. */
export function isInUse(extra: ExtraUsage | null): extra is ExtraUsage & { readonly used: number } {
  return extra !== null && extra.enabled && extra.used !== null && extra.used > 0;
}

/** The name of extra usage in `hide`. */
const EXTRA = 'extra';

/** Whether `hide` contains the id or the label of a window, or its length as it can be written. */
function isHidden({ id, label }: Pick<Window, 'id' | 'label'>, { hide }: Pick<Appearance, 'hide'>): boolean {
  return hide.some((name) => [name, usualName(name)].some((it) => it === id || it === label.toLowerCase()));
}

/** The usage of a line by accounts: itself, then the others. */
export function accountsIn(usage: Usage): readonly Usage[] {
  return usage.others === undefined ? [usage] : [usage, ...usage.others];
}

/** The usage without what `hide` names. */
export function withoutHidden(usage: Usage, appearance: Pick<Appearance, 'hide'>): Usage {
  if (appearance.hide.length === 0) return usage;
  const others = usage.others?.map((other) => withoutHidden(other, appearance));
  const { windows, extraUsage: extra, tokens, pools, locks, lacking, texts } = usage;
  const hidden = windows.filter((window) => isHidden(window, appearance));
  const isExtraHidden = extra === null || hidden.some((window) => isLimitOn(extra, window));
  const shown = (id: string, label: string) => !isHidden({ id, label }, appearance);
  return {
    ...usage,
    ...(others && { others }),
    windows: windows.filter((window) => !hidden.includes(window)),
    extraUsage: isExtraHidden || appearance.hide.includes(EXTRA) ? null : extra,
    ...(pools && { pools: pools.filter((pool) => !isHidden(pool, appearance)) }),
    ...(locks && { locks: locks.filter((lock) => !isHidden(lock, appearance)) }),
    ...(lacking && { lacking: lacking.filter((id) => shown(id, texts.mainWindows[id] ?? id)) }),
    tokens: tokens && {
      fiveHour: shown('five_hour', '5h') ? tokens.fiveHour : null,
      sevenDay: shown('seven_day', '7d') ? tokens.sevenDay : null,
    },
  };
}

/**
 * Whether there are numbers to show on a line. Last known numbers do not count: a reader of the line would take them for
 * current.
 */
export function hasNumbers({ state }: Usage): boolean {
  return state === 'fresh' || state === 'stale';
}

/** Whether there is an error to show. A lapsed token is none: the provider's client renews it on its next run. */
export function hasFailed(usage: Usage): boolean {
  const error = shownError(usage);
  return error !== null && !isRenewal(error.code);
}

/** Age of stale numbers up to which a lapsed token is not shown, ms. */
const LAPSED_HIDDEN_MS = HOUR;

/** The error to show next to the numbers. Hidden: no data while a response is pending, and a request that the budget only delays. */
export function shownError(usage: Usage): Failure | null {
  const { error, pending } = usage;
  if (error?.code === 'no_data' && (hasNumbers(usage) || pending)) return null;
  if (error?.code === 'budget' && hasNumbers(usage)) return null;
  if (error !== null && isRenewal(error.code) && isRecent(usage)) return null;
  return error;
}

/**
 * The time of the next request that an error names, epoch ms; null without one. A change of the credentials starts a
 * request at once, so after an error about them there is no time to wait for.
 */
export function nextTryAt({ error, generatedAt }: Usage): number | null {
  if (error === null || error.retryAt === null || isAboutCredentials(error.code)) return null;
  return error.retryAt > generatedAt ? error.retryAt : null;
}

function isRecent({ state, ageMs }: Usage): boolean {
  return state === 'fresh' || (state === 'stale' && (ageMs ?? 0) < LAPSED_HIDDEN_MS);
}
