import { readClaims } from '../cache/claims.ts';
import type { System } from '../platform/system.ts';
import type { Usage } from '../usage/model.ts';
import type { Attempted, Turn } from './request-once.ts';
import { judgeBudget } from './budget.ts';
import { usageFrom, look } from './read-state.ts';
import type { Look, Question, ResolveDeps } from './read-state.ts';
import type { Places } from './places.ts';
import { isShowable } from './decide.ts';

/** How often those who wait look for the winner's answer, ms; they look less often the longer it takes. */
const FIRST_LOOK_MS = 10;
const SLOWEST_LOOK_MS = 80;
/** How often they try whether the mutex has become free: its holder may have died, or had nothing to ask. */
const MUTEX_RETRY_MS = 500;

/**
 * Row 5: one process per account asks, the others take its answer. Those with something to show show it at
 * once; those without wait for the winner's entry, at most their deadline.
 */
export async function refresh(
  deps: ResolveDeps,
  question: Question,
  places: Places,
  stamp: string | null,
  seen: Look,
): Promise<Usage> {
  const { system, settings, log } = deps;
  const giveUpAt = system.monotonic() + settings.timeoutMs;
  const turn: Turn = { deps, question, places, stamp };
  for (let first = true; ; first = false) {
    const left = first ? settings.timeoutMs : giveUpAt - system.monotonic();
    const result = left >= settings.timeoutMs / 2 ? await tryToAsk(turn, seen, left) : BUSY;
    if (result.kind === 'answer') return result.usage;
    if (isShowable(seen.decision.freshness) && !question.patient) {
      log('another process is asking: what is known will do');
      return usageFrom(deps, places, seen);
    }
    const theirs = await watch(turn, seen, Math.min(giveUpAt, system.monotonic() + MUTEX_RETRY_MS));
    if (theirs) return usageFrom(deps, places, theirs);
    if (system.monotonic() >= giveUpAt) {
      log('nobody answered within the deadline');
      return usageFrom(deps, places, seen, { error: { code: 'timeout', retryAt: null } });
    }
  }
}

const BUSY = { kind: 'busy' } as const;

/** In a crowd all but the first see that somebody is asking, and need not load what asking takes. */
async function tryToAsk(turn: Turn, { lock }: Look, timeoutMs: number): Promise<Attempted> {
  const { deps, places, stamp } = turn;
  const attempts = places.cache ? readClaims(deps.system, places.cache.path, 'attempt') : [];
  const budget = judgeBudget({ lock, attempts }, deps.system.now(), stamp);
  if (budget.kind === 'running' && !budget.waivable) return BUSY;
  const { ask } = await import('./single-flight.ts');
  return ask(turn, timeoutMs);
}

/** Looks at the files until they hold an answer; null when they still do not at `until` (monotonic ms). */
async function watch(turn: Turn, seen: Look, until: number): Promise<Look | null> {
  const { system } = turn.deps;
  let before = '';
  for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 1.5, SLOWEST_LOOK_MS)) {
    // Hundreds can be waiting: what has not changed is not read again.
    const after = traceOf(turn);
    const found = after === before ? null : answered(turn, seen);
    if (found) return found;
    before = after;
    const left = until - system.monotonic();
    if (left <= 0) return null;
    await new Promise((resolve) => setTimeout(resolve, Math.min(pause, left)));
  }
}

/** What is on disk now, if it is an answer to the question that was asked. */
function answered({ deps, question, places, stamp }: Turn, seen: Look): Look | null {
  const known = seen.read.kind === 'entry' ? seen.read.entry.cachedAt : Number.NEGATIVE_INFINITY;
  const now = look(deps, places, { ...question, policy: 'wait', force: false }, stamp);
  const newer = now.read.kind === 'entry' && now.read.entry.cachedAt > known;
  const content = newer || !question.force || now.decision.row !== 1;
  return now.decision.action === 'serve' && content ? now : null;
}

/** Changes whenever entry or lock are replaced. */
function traceOf({ deps: { system }, places }: Turn): string {
  const files = [places.cache, places.fallback].flatMap((it) => (it ? [it.entry, it.lock] : []));
  return files.map((path) => stampOf(system, path)).join(' ');
}

function stampOf({ fs }: System, path: string): string {
  try {
    const stat = fs.lstatSync(path, { throwIfNoEntry: false });
    return stat ? `${stat.ino}:${stat.mtimeMs}` : '';
  } catch {
    return '';
  }
}
