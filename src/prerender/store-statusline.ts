import type { Appearance } from '../render/appearance.ts';
import { renderOutput } from '../render/outputs/index.ts';
import type { ResolveDeps } from '../resolve/read-state.ts';
import type { Paths } from '../resolve/paths.ts';
import { claimWorker } from '../resolve/worker-claim.ts';
import { isModelOf, modelKey } from '../usage/model-name.ts';
import type { Usage } from '../usage/model.ts';
import { ageOf, MINUTE } from '../usage/time.ts';
import { NO_FOLLOW_UP } from './follow-up.ts';
import type { FollowUp } from './follow-up.ts';
import { forecastOf, renderForecast } from './forecast.ts';
import type { ForecastInput, StageOptions } from './forecast.ts';
import { prerenderedFile, STATUSLINE_KIND } from './variant.ts';
import type { Variant } from './variant.ts';
import { listVariants, writePrerendered } from './write.ts';

/*
 * A working session reports something new every few seconds to minutes. Then only the next minutes of its own line are
 * prerendered here. All other lines are left to the worker, once a minute: they stay valid until then.
 */

/** How far ahead the session's line is prerendered, ms. A working session reports something new before that. */
const STATUSLINE_HORIZON_MS = 2 * MINUTE;
/** Age at which the worker prerenders the other lines again, ms. */
const OTHERS_MAX_AGE_MS = MINUTE;

/** What a session's status line was rendered from. */
export interface StatuslineState {
  /** Null where nothing can be forecast. */
  readonly input: ForecastInput | null;
  readonly variant: Variant;
  /** The name of the limit that comes first; null when the model has none of its own. */
  readonly limit: string | null;
  readonly validators: string;
  readonly color: boolean;
  readonly appearance: Appearance;
}

/** The name of the limit that a model has of its own; null when it has none. */
export function modelLimit(input: ForecastInput | null, model: string | null): string | null {
  const entry = input?.entry;
  if (model === null || input === null || !entry?.data) return null;
  const { provider } = input;
  const session = modelKey(model);
  const names = entry.reader.windows(entry.data, 0, 0).flatMap((window) => window.model ?? []);
  return names.find((name) => isModelOf(session, modelKey(name), provider.id)) ?? null;
}

/** Prerenders the next minutes of a session's status line. Never throws. @returns what is left to be done */
export function prerenderStatusline(deps: ResolveDeps, paths: Paths, state: StatuslineState): FollowUp {
  const { input, variant, limit, validators, color, appearance } = state;
  const { system } = deps;
  const directory = paths.cache;
  if (input === null || directory === null) return NO_FOLLOW_UP;
  try {
    const own = limit === null ? variant : { ...variant, model: modelKey(limit) };
    const before = system.fs.statSync(prerenderedFile(directory, own), { throwIfNoEntry: false });
    if (before === undefined) return { kind: 'prerender', wanted: variant };
    const render = (usage: Usage, stage: StageOptions) =>
      renderOutput('ansi', usage, { color, appearance, model: limit, ...stage });
    const rendered = hasSharedLine(input)
      ? renderForecast(forecastOf(input, { horizonMs: STATUSLINE_HORIZON_MS, ages: 'stale' }), render)
      : null;
    writePrerendered(system, directory, own, rendered && { from: input.now, ...rendered }, validators);
    const behind = listVariants(system, directory).some(
      (other) => other.kind !== STATUSLINE_KIND && isOld(deps, prerenderedFile(directory, other)),
    );
    const spawns = behind && claimWorker(deps, paths).kind === 'claimed';
    return spawns ? { kind: 'spawnWorker', wanted: null } : NO_FOLLOW_UP;
  } catch {
    return NO_FOLLOW_UP;
  }
}

/** Whether sessions see the entry's numbers. Otherwise each session's line has numbers of its own. */
export function hasSharedLine({ entry }: ForecastInput): boolean {
  return entry?.overlay?.asReported !== false;
}

/** By ctime, since the mtime of a prerendered file is the end of its first text. */
function isOld({ system }: ResolveDeps, path: string): boolean {
  const stat = system.fs.statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && ageOf(stat.ctimeMs, system.now()) >= OTHERS_MAX_AGE_MS;
}
