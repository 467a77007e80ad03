import type { TokenCount, TokenEstimate, Usage } from '../usage/model.ts';
import type { Span } from './color.ts';
import { plain } from './color.ts';
import { age } from './duration.ts';
import { shownError } from './summary.ts';
import { shortMessage } from './messages.ts';
import { tokenText } from './tokens.ts';

/** How old the numbers are, when they are out of date. */
export function agePart({ state, ageMs }: Usage): Span[] {
  return state === 'stale' && ageMs !== null ? [{ text: age(ageMs), style: 'dim' }] : [];
}

/**
 * What went wrong.
 *
 * @param countdowns whether the time until the next try may stand there, too
 */
export function errorPart(usage: Usage, countdowns: boolean): Span[] {
  const error = shownError(usage);
  if (error === null) return [];
  const shown = countdowns ? error : { ...error, retryAt: null };
  return [{ text: shortMessage(shown, usage.generatedAt), style: 'notice' }];
}

/** What local transcripts have: `~5h 420k`, a part a window. */
export function tokenParts(tokens: TokenEstimate | null): Span[][] {
  return [tokenPart('5h', tokens?.fiveHour), tokenPart('7d', tokens?.sevenDay)];
}

function tokenPart(label: string, count: TokenCount | null | undefined): Span[] {
  return count ? [plain(`~${label} ${tokenText(count.total)}`)] : [];
}
