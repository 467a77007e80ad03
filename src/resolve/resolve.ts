import type { Usage } from '../usage/model.ts';
import { claimWorker } from './worker-claim.ts';
import { usageFrom, readState, cacheUnwritable } from './read-state.ts';
import { orEstimate } from './estimate.ts';
import { pathsOf } from './paths.ts';
import type { State, Question, ResolveDeps, Sources } from './read-state.ts';
import type { Paths } from './paths.ts';
import { currentFingerprint, knownFingerprint } from './credentials-fingerprint.ts';
import type { KnownFingerprint } from './credentials-fingerprint.ts';

export interface Resolution {
  readonly usage: Usage;
  /** The caller prints first and then starts the detached refresh: nobody waits for a process to start. */
  readonly startWorker: boolean;
  /** Something on disk may be new: what was prepared from it is to be prepared again. */
  readonly refreshed: boolean;
  /** What is shown stays true for a while: nobody is asking, and nobody would. */
  readonly settled: boolean;
  /** What was found on disk before anybody was asked. */
  readonly state: State;
  /** A setting that could not be used, in words; for people only. */
  readonly warning: string | null;
}

/** What is found out before a question is looked at. */
export interface Start {
  readonly paths: Paths;
  readonly known: KnownFingerprint;
  /** What the caller has read just now; nothing: it is read here. */
  readonly sources?: Sources;
}

export function startOf({ system, provider }: Pick<ResolveDeps, 'system' | 'provider'>): Start {
  const paths = pathsOf(system, provider);
  return { paths, known: knownFingerprint(system, provider, paths.cache) };
}

/** Answers a question for usage: looks, decides, and does what was decided. Never throws for what the world does. */
export async function resolve(
  deps: ResolveDeps,
  question: Question,
  start: Start = startOf(deps),
): Promise<Resolution> {
  const { system, provider, log } = deps;
  const { paths, known } = start;
  const ask = known.keychainDue && question.policy === 'wait';
  const fingerprint = ask ? await currentFingerprint(system, provider, paths.cache) : known.fingerprint;
  const state = readState(deps, paths, question, fingerprint, start.sources);
  const { decision } = state;
  log(describe(state, paths, fingerprint));
  const done = async (answered: Usage, startWorker = false): Promise<Resolution> => {
    const { usage, startScan } = await orEstimate(deps, question, paths, answered);
    return {
      usage,
      startWorker: startWorker || startScan,
      refreshed: decision.action === 'refresh',
      // An estimate is nothing to be prepared: what is prepared is made without transcripts.
      settled: decision.action !== 'background' && question.policy !== 'cached' && usage.state !== 'estimate',
      state,
      warning: paths.warning,
    };
  };

  switch (decision.action) {
    case 'serve': {
      // Fresh by what the keychain said half a minute ago: have it asked again, behind the answer.
      const recheck = known.keychainDue && question.policy === 'background' && decision.row === 1;
      return done(usageFrom(deps, paths, state), recheck && claimWorker(deps, paths).kind === 'claimed');
    }
    case 'background':
      return done(...behind(deps, paths, state));
    case 'refresh': {
      const { refresh } = await import('./wait-for-refresh.ts');
      return done(await refresh(deps, question, paths, fingerprint, state));
    }
  }
}

/** Row 4: what is known at once, and whether this call is the one that starts the refresh. */
function behind(deps: ResolveDeps, paths: Paths, state: State): [Usage, boolean] {
  const claim = claimWorker(deps, paths);
  if (claim.kind === 'failed') {
    // Nothing can be kept, so a process started at every call would ask at every call.
    const error = cacheUnwritable(deps.system, paths.cache, claim.reason);
    return [usageFrom(deps, paths, state, { error }), false];
  }
  const pending = state.decision.error?.code === 'no_data';
  return [usageFrom(deps, paths, state, { pending }), claim.kind === 'claimed'];
}

function describe({ decision, backoff, now, read }: State, paths: Paths, fingerprint: string | null): string {
  const entry =
    read.kind === 'entry' ? `entry ${Math.round((now - read.entry.cachedAt) / 1000)} s old` : 'no entry';
  const block =
    backoff && backoff.blockedUntil > now
      ? `blocked for ${Math.ceil((backoff.blockedUntil - now) / 1000)} s`
      : 'not blocked';
  const error = decision.error ? `, error ${decision.error.code}` : '';
  const where = paths.cache?.path ?? 'no cache directory';
  return `row ${decision.row}: ${decision.action}, ${decision.freshness}${decision.because === null ? '' : `, ${decision.because}`} (${entry}, ${block}${error}, stamp ${fingerprint ?? 'none'}, ${where})`;
}
