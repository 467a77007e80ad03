import type { TokenEstimate, Usage } from '../usage/model.ts';
import type { Places } from './places.ts';
import type { Question, ResolveDeps } from './read-state.ts';
import { claimBackground } from './worker-claim.ts';

export interface Estimated {
  readonly usage: Usage;
  /** The caller is to start the worker, which scans. */
  readonly startWorker: boolean;
}

/**
 * Row 7 without data: the tokens in local transcripts beside the error, marked as an estimate. A scan takes time, so
 * prompts and hosts get what the last one found, and the worker scans behind their answer when that is a minute old.
 * Callers for which no process may be started (requests are switched off, policy `cached`, no cache) scan themselves,
 * once a minute. Callers that wait for an answer always scan.
 */
export async function orEstimate(
  deps: ResolveDeps,
  { policy }: Pick<Question, 'policy'>,
  places: Places,
  usage: Usage,
): Promise<Estimated> {
  const { estimate, settings } = deps;
  if (estimate === undefined || usage.state !== 'none' || usage.pending) return { usage, startWorker: false };
  if (policy === 'background' && settings.network) {
    const { tokens, isDue } = await estimate('any');
    const claim = isDue ? claimBackground(deps, places) : null;
    if (claim?.kind !== 'failed') {
      return { usage: withTokens(usage, tokens), startWorker: claim?.kind === 'claimed' };
    }
  }
  const { tokens } = await estimate(policy === 'wait' ? 'none' : 'recent');
  return { usage: withTokens(usage, tokens), startWorker: false };
}

function withTokens(usage: Usage, tokens: TokenEstimate | null): Usage {
  if (tokens === null || (tokens.fiveHour === null && tokens.sevenDay === null)) return usage;
  return { ...usage, state: 'estimate', source: 'transcripts', tokens };
}
