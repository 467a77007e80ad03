import { planName } from '../heading.ts';
import { shortMessage } from '../messages.ts';
import { isInUse, shownError, shownExtra } from '../selection.ts';
import { plain } from '../spans.ts';
import type { Span } from '../spans.ts';
import type { FieldContext, Ranked } from './filling.ts';
import { separated } from './pieces.ts';
import type { Piece } from './pieces.ts';
import type { LineField } from './placeholders.ts';
import { windowField } from './window-fields.ts';
import { age, amountText, currencySuffix, tokenText } from '../values.ts';
import type { ExtraUsage, TokenCount, TokenEstimate, Usage, Window } from '../../usage/model.ts';
import { sanitize } from '../../usage/text.ts';

/** The pieces of a field of the line; empty without a value. */
export function lineField(field: Exclude<LineField, 'sep'>, filling: Ranked): readonly Piece[] {
  const { usage, cut, countdowns } = filling;
  const error = () => (cut.error ? [] : errorPart(usage, countdowns));
  switch (field) {
    case 'extra':
      return cut.rest ? [] : extraPart(shownExtra(usage), filling);
    case 'plan':
      return cut.rest ? [] : textPart(planName(usage.plan, usage.texts));
    case 'account':
      return cut.rest ? [] : textPart(sanitize(usage.accountName ?? ''));
    case 'org':
      return cut.rest ? [] : textPart(sanitize(usage.organizationName ?? ''));
    case 'age':
      return agePart(usage);
    case 'error':
      return error();
    case 'status':
      return separated([agePart(usage), error()].filter((part) => part.length > 0));
  }
}

function textPart(text: string): Span[] {
  return text === '' ? [] : [plain(text)];
}

/** Extra usage, if it is more than 0. Only the endpoint reports it, so it can be older than the windows. */
function extraPart(extra: ExtraUsage | null, context: FieldContext): Span[] {
  if (!isInUse(extra)) return [];
  const limit = extra.limit === null ? '' : `/${amountText(extra.limit, extra)}`;
  const text = `extra ${amountText(extra.used, extra)}${limit}${currencySuffix(extra)}`;
  const ownAge = windowField('age', { source: 'endpoint' } as Window, context);
  return ownAge === null ? [plain(text)] : [plain(`${text} `), ownAge];
}

/** The age of stale numbers. */
export function agePart({ state, ageMs }: Usage): Span[] {
  return state === 'stale' && ageMs !== null ? [{ text: age(ageMs), style: 'dim' }] : [];
}

/**
 * The error in a few words.
 *
 * @param countdowns whether to add the time until the next request
 */
export function errorPart(usage: Usage, countdowns: boolean): Span[] {
  const error = shownError(usage);
  if (error === null) return [];
  const shown = countdowns ? error : { ...error, retryAt: null };
  return [{ text: shortMessage(shown, usage.generatedAt, usage.texts), style: 'notice' }];
}

/** The token estimate, a part per window: `~5h 420k`. */
export function tokenParts(tokens: TokenEstimate | null): Span[][] {
  return [tokenPart('5h', tokens?.fiveHour), tokenPart('7d', tokens?.sevenDay)];
}

function tokenPart(label: string, count: TokenCount | null | undefined): Span[] {
  return count ? [plain(`~${label} ${tokenText(count.total)}`)] : [];
}
