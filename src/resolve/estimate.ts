import type { TokenEstimate, Usage } from '../usage/model.ts';
import type { Paths } from './paths.ts';
import type { Question, ResolveDeps } from './read-state.ts';
import { claimWorker } from './worker-claim.ts';

/** Usage that may have an estimate. */
export interface Estimated {
  readonly usage: Usage;
  /** The caller must start the worker, which scans. */
  readonly startScan: boolean;
}

/**
 * Usage without data: adds the tokens in local transcripts, marked as an estimate. A scan takes time, so prompts and hosts
 * get the result of the last one; when that is a minute old, the worker scans after they have printed. Callers for which no
 * process may be started (requests are switched off, policy `cached`, no cache) scan themselves, once a minute. Callers
 * that wait always scan.
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
