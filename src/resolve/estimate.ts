import type { Usage } from '../usage/model.ts';
import type { ResolveDeps } from './read-state.ts';

/**
 * Row 7 without data: what local transcripts can say, marked as an estimate, beside the error. The one place from
 * which they are read: nobody else needs them, and reading them takes time. Without a reader the answer stays as it
 * is, and so it does while the first one is on its way.
 */
export async function orEstimate({ estimate }: ResolveDeps, usage: Usage): Promise<Usage> {
  if (estimate === undefined || usage.state !== 'none' || usage.pending) return usage;
  const tokens = await estimate();
  if (tokens === null || (tokens.fiveHour === null && tokens.sevenDay === null)) return usage;
  return { ...usage, state: 'estimate', source: 'transcripts', tokens };
}
