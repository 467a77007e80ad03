import { isModelOf, modelKey } from '../usage/model-name.ts';
import type { Window } from '../usage/model.ts';

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
