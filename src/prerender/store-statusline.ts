import { listVariants, writePrerenderedSoon } from './write.ts';
import { prerenderedFile } from './read.ts';
import { removeQuietly } from '../cache/replace.ts';
import type { Variant } from './read.ts';
import type { Appearance } from '../render/appearance.ts';
import { renderOutput } from '../render/outputs/index.ts';
import { claimWorker } from '../resolve/worker-claim.ts';
import type { ResolveDeps } from '../resolve/read-state.ts';
import type { Paths } from '../resolve/paths.ts';
import { forecastOf, renderForecast } from './forecast.ts';
import type { ForecastInput } from './forecast.ts';
import { isModelOf, modelKey } from '../usage/model-name.ts';
import { MINUTE } from '../usage/time.ts';
import { windowsOf } from '../usage/windows.ts';
import type { Soon } from '../commands/command.ts';
import { STATUSLINE_KIND } from './print-statusline.ts';

/*
 * A session that works tells something new every few seconds to minutes, and its status line should not cost what a
 * day in advance does. So only the next minutes of this one line are prepared then, and all other lines are left to a
 * process of their own, once a minute: until then they are no less true than they were.
 */

/** At work something new is told before this is over; otherwise the whole is prepared then, ms. */
const SOON_MS = 2 * MINUTE;
/** How old the lines of prompts and bars may get before they are prepared anew, ms. */
const OTHERS_EVERY_MS = MINUTE;

export interface StatuslinePrerender {
  readonly known: ForecastInput | null;
  readonly wanted: Variant;
  /** The model whose limit comes first; null when it has none of its own. */
  readonly limit: string | null;
  readonly conditions: string;
  readonly color: boolean;
  readonly appearance: Appearance;
}

/** The name of the limit that is a model's own. */
export function modelLimit(known: ForecastInput | null, model: string | null): string | null {
  const data = known?.entry?.data;
  if (model === null || data == null) return null;
  const session = modelKey(model);
  const windows = windowsOf(data, 0, 0).filter((it) => it.model !== null);
  return windows.find((it) => isModelOf(session, modelKey(it.model as string)))?.model ?? null;
}

/**
 * Prepares the next minutes, after the line is out. Never throws: a line that is not prepared is only slower.
 * @returns what is left to do: everything anew, in this process or in one of its own
 */
export function prerenderStatusline(deps: ResolveDeps, places: Paths, parts: StatuslinePrerender): Soon {
  const { known, wanted, limit, conditions, color, appearance } = parts;
  const { system } = deps;
  const directory = places.cache;
  if (known === null || directory === null) return { kind: 'nothing' };
  try {
    const name = limit === null ? wanted : { ...wanted, model: modelKey(limit) };
    const before = system.fs.statSync(prerenderedFile(directory, name), { throwIfNoEntry: false });
    if (before === undefined) return { kind: 'prepare', wanted };
    const render = (usage: Parameters<typeof renderOutput>[1], stage: { readonly countdowns: boolean }) =>
      renderOutput('ansi', usage, { color, appearance, model: limit, ...stage });
    // When the shared line has another number than the last report, no prepared line is a session's own.
    const shared = known.entry?.overlay?.asReported !== false;
    const schedule = shared
      ? renderForecast(forecastOf(known, { aheadMs: SOON_MS, ages: 'stale' }), render)
      : null;
    if (schedule) writePrerenderedSoon(system, directory, name, { from: known.now, ...schedule }, conditions);
    else removeQuietly(system, prerenderedFile(directory, name));
    const behind = listVariants(system, directory).some(
      (other) => other.kind !== STATUSLINE_KIND && isBehind(deps, prerenderedFile(directory, other)),
    );
    return behind && claimWorker(deps, places).kind === 'claimed' ? { kind: 'spawn' } : { kind: 'nothing' };
  } catch {
    return { kind: 'nothing' };
  }
}

/** By the time of its change: that of its modification says until when it is true. */
function isBehind({ system }: ResolveDeps, path: string): boolean {
  const stat = system.fs.statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && Math.abs(system.now() - stat.ctimeMs) >= OTHERS_EVERY_MS;
}
