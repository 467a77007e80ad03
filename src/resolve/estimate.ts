import type { TokenEstimate, Usage } from '../usage/model.ts';
import type { Paths } from './paths.ts';
import type { Question, ResolveDeps } from './read-state.ts';
import { claimWorker } from './worker-claim.ts';

export interface Estimated {
  readonly usage: Usage;
  /** The caller is to start the worker, which scans. */
  readonly startScan: boolean;
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
  paths: Paths,
  usage: Usage,
): Promise<Estimated> {
  const { estimate, settings } = deps;
  if (estimate === undefined || usage.state !== 'none' || usage.pending) return { usage, startScan: false };
  if (policy === 'background' && settings.network) {
    const { tokens, isDue } = await estimate('any');
    const claim = isDue ? claimWorker(deps, paths) : null;
    if (claim?.kind !== 'failed') {
      return { usage: withTokens(usage, tokens), startScan: claim?.kind === 'claimed' };
    }
  }
  const { tokens } = await estimate(policy === 'wait' ? 'none' : 'recent');
  return { usage: withTokens(usage, tokens), startScan: false };
}

function withTokens(usage: Usage, tokens: TokenEstimate | null): Usage {
  if (tokens === null || (tokens.fiveHour === null && tokens.sevenDay === null)) return usage;
  return { ...usage, state: 'estimate', source: 'transcripts', tokens };
}
