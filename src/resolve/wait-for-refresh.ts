import { readClaims } from '../cache/claims.ts';
import { fileFingerprint } from '../platform/fingerprint.ts';
import type { Usage } from '../usage/model.ts';
import type { Attempted, Turn } from './request-once.ts';
import { judgeBudget } from './budget.ts';
import { usageFrom, readState } from './read-state.ts';
import type { State, Question, ResolveDeps } from './read-state.ts';
import type { Paths } from './paths.ts';
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
  paths: Paths,
  fingerprint: string | null,
  state: State,
): Promise<Usage> {
  const { system, settings, log } = deps;
  const giveUpAt = system.monotonic() + settings.timeoutMs;
  const turn: Turn = { deps, question, paths, fingerprint };
  for (let first = true; ; first = false) {
    const left = first ? settings.timeoutMs : giveUpAt - system.monotonic();
    const result = left >= settings.timeoutMs / 2 ? await tryToAsk(turn, state, left) : BUSY;
    if (result.kind === 'answer') return result.usage;
    if (isShowable(state.decision.freshness) && !question.waitsForOthers) {
      log('another process is asking: what is known will do');
      return usageFrom(deps, paths, state);
    }
    const theirs = await watch(turn, state, Math.min(giveUpAt, system.monotonic() + MUTEX_RETRY_MS));
    if (theirs) return usageFrom(deps, paths, theirs);
    if (system.monotonic() >= giveUpAt) {
      log('nobody answered within the deadline');
      return usageFrom(deps, paths, state, { error: { code: 'timeout', retryAt: null } });
    }
  }
}

const BUSY = { kind: 'busy' } as const;

/** In a crowd all but the first see that somebody is asking, and need not load what asking takes. */
async function tryToAsk(turn: Turn, { backoff }: State, timeoutMs: number): Promise<Attempted> {
  const { deps, paths, fingerprint } = turn;
  const attempts = paths.cache ? readClaims(deps.system, paths.cache.path, 'attempt') : [];
  const budget = judgeBudget({ backoff, attempts }, deps.system.now(), fingerprint);
  if (budget.kind === 'running' && !budget.waivable) return BUSY;
  const { ask } = await import('./single-flight.ts');
  return ask(turn, timeoutMs);
}

/** Looks at the files until they hold an answer; null when they still do not at `until` (monotonic ms). */
async function watch(turn: Turn, state: State, until: number): Promise<State | null> {
  const { system } = turn.deps;
  let before = '';
  for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 1.5, SLOWEST_LOOK_MS)) {
    // Hundreds can be waiting: what has not changed is not read again.
    const after = fileFingerprints(turn);
    const found = after === before ? null : answered(turn, state);
    if (found) return found;
    before = after;
    const left = until - system.monotonic();
    if (left <= 0) return null;
    await new Promise((resolve) => setTimeout(resolve, Math.min(pause, left)));
  }
}

/** What is on disk now, if it is an answer to the question that was asked. */
function answered({ deps, question, paths, fingerprint }: Turn, state: State): State | null {
  const known = state.read.kind === 'entry' ? state.read.entry.cachedAt : Number.NEGATIVE_INFINITY;
  const now = readState(deps, paths, { ...question, policy: 'wait', force: false }, fingerprint);
  const newer = now.read.kind === 'entry' && now.read.entry.cachedAt > known;
  const content = newer || !question.force || now.decision.row !== 1;
  return now.decision.action === 'serve' && content ? now : null;
}

/** Changes whenever entry or lock are replaced. */
function fileFingerprints({ deps: { system }, paths }: Turn): string {
  const files = [paths.cache, paths.fallback].flatMap((it) => (it ? [it.entry, it.backoff] : []));
  return files.map((path) => fileFingerprint(system, path)).join(' ');
}
