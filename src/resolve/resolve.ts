import type { Usage } from '../usage/model.ts';
import { claimBackground } from './worker-claim.ts';
import { answerFrom, look, unwritable } from './read-state.ts';
import { orEstimate } from './estimate.ts';
import { placesOf } from './places.ts';
import type { Look, Question, ResolveDeps, Sources } from './read-state.ts';
import type { Places } from './places.ts';
import { currentStamp, knownStamp } from './credentials-fingerprint.ts';
import type { StampReading } from './credentials-fingerprint.ts';

export interface Resolution {
  readonly usage: Usage;
  /** The caller prints first and then starts the detached refresh: nobody waits for a process to start. */
  readonly startBackground: boolean;
  /** Something on disk may be new: what was prepared from it is to be prepared again. */
  readonly asked: boolean;
  /** What is shown stays true for a while: nobody is asking, and nobody would. */
  readonly settled: boolean;
  /** What was found on disk before anybody was asked. */
  readonly seen: Look;
  /** A setting that could not be used, in words; for people only. */
  readonly warning: string | null;
}

/** What is found out before a question is looked at. */
export interface Start {
  readonly places: Places;
  readonly known: StampReading;
  /** What the caller has read just now; nothing: it is read here. */
  readonly sources?: Sources;
}

export function startOf({ system, provider }: Pick<ResolveDeps, 'system' | 'provider'>): Start {
  const places = placesOf(system, provider);
  return { places, known: knownStamp(system, provider, places.cache) };
}

/** Answers a question for usage: looks, decides, and does what was decided. Never throws for what the world does. */
export async function resolve(
  deps: ResolveDeps,
  question: Question,
  start: Start = startOf(deps),
): Promise<Resolution> {
  const { system, provider, log } = deps;
  const { places, known } = start;
  const ask = known.keychainDue && question.policy === 'wait';
  const stamp = ask ? await currentStamp(system, provider, places.cache) : known.stamp;
  const seen = look(deps, places, question, stamp, start.sources);
  const { decision } = seen;
  log(describe(seen, places, stamp));
  const done = async (answered: Usage, startBackground = false): Promise<Resolution> => {
    const { usage, startWorker } = await orEstimate(deps, question, places, answered);
    return {
      usage,
      startBackground: startBackground || startWorker,
      asked: decision.action === 'refresh',
      // An estimate is nothing to be prepared: what is prepared is made without transcripts.
      settled: decision.action !== 'background' && question.policy !== 'cached' && usage.state !== 'estimate',
      seen,
      warning: places.warning,
    };
  };

  switch (decision.action) {
    case 'serve': {
      // Fresh by what the keychain said half a minute ago: have it asked again, behind the answer.
      const recheck = known.keychainDue && question.policy === 'background' && decision.row === 1;
      return done(
        answerFrom(deps, places, seen),
        recheck && claimBackground(deps, places).kind === 'claimed',
      );
    }
    case 'background':
      return done(...behind(deps, places, seen));
    case 'refresh': {
      const { refresh } = await import('./wait-for-refresh.ts');
      return done(await refresh(deps, question, places, stamp, seen));
    }
  }
}

/** Row 4: what is known at once, and whether this call is the one that starts the refresh. */
function behind(deps: ResolveDeps, places: Places, seen: Look): [Usage, boolean] {
  const claim = claimBackground(deps, places);
  if (claim.kind === 'failed') {
    // Nothing can be kept, so a process started at every call would ask at every call.
    const error = unwritable(deps.system, places.cache, claim.reason);
    return [answerFrom(deps, places, seen, { error }), false];
  }
  const pending = seen.decision.error?.code === 'no_data';
  return [answerFrom(deps, places, seen, { pending }), claim.kind === 'claimed'];
}

function describe({ decision, lock, now, read }: Look, places: Places, stamp: string | null): string {
  const entry =
    read.kind === 'entry' ? `entry ${Math.round((now - read.entry.cachedAt) / 1000)} s old` : 'no entry';
  const block =
    lock && lock.blockedUntil > now
      ? `blocked for ${Math.ceil((lock.blockedUntil - now) / 1000)} s`
      : 'not blocked';
  const error = decision.error ? `, error ${decision.error.code}` : '';
  const where = places.cache?.path ?? 'no cache directory';
  return `row ${decision.row}: ${decision.action}, ${decision.standing}${decision.because === null ? '' : `, ${decision.because}`} (${entry}, ${block}${error}, stamp ${stamp ?? 'none'}, ${where})`;
}
