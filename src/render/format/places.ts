import type { ExtraUsage, Usage, Window } from '../../usage/model.ts';
import { sanitize } from '../../usage/text.ts';
import { plain } from '../color.ts';
import type { Span } from '../color.ts';
import { amountText, currencySuffix, isInUse, shownExtra } from '../money.ts';
import { planName } from '../plan.ts';
import { windowNamed } from '../selection.ts';
import { agePart, errorPart } from '../status.ts';
import { tokensField, windowField } from './fields.ts';
import type { FieldContext } from './fields.ts';
import type { Ranked } from './filling.ts';
import type { Format } from './index.ts';
import { separated } from './pieces.ts';
import type { Piece } from './pieces.ts';
import { WINDOW_FIELDS } from './placeholders.ts';
import type { LineField, Placeholder, WindowField } from './placeholders.ts';

const TIMES: ReadonlySet<WindowField> = new Set(['reset', 'at', 'pace', 'empty']);
const NUMBERS = ['percent', 'used', 'left', 'bar', 'reset'] as const;

/** @param here the window that a section is at */
export function spanOf(
  { window: name, field }: Extract<Placeholder, { of: 'window' }>,
  here: Window | null,
  filling: Ranked,
): Span[] {
  const { usage, ranks, cut, format } = filling;
  if (name !== null && isLacking(name, usage)) return lackingSpan(name, field, format);
  if (field === 'tokens') {
    const span = tokensField(name ?? here?.id ?? null, usage.tokens);
    return span === null ? [] : [span];
  }
  const window = here ?? windowNamed(name as string, usage.windows, filling.model);
  if (window === undefined) return [];
  const rank = ranks.get(window) ?? 0;
  if (rank >= cut.windows) return [];
  const first = firstNumber(format, name);
  const span = ownSpan(field, window, first, rank, filling);
  if (span === null) return [];
  const locked = field === first && window.lockedReason != null && !cut.error;
  return locked ? [span, plain(' '), { text: 'locked', style: 'notice' }] : [span];
}

/**
 * What a field of a window comes to where there is room for it; null for nothing.
 *
 * @param first the field that says that the window has elapsed
 */
function ownSpan(
  field: WindowField,
  window: Window,
  first: WindowField | undefined,
  rank: number,
  filling: Ranked,
): Span | null {
  const { cut } = filling;
  if (window.usedPercent === null && field === first) return plain('reset');
  if (TIMES.has(field) && rank >= cut.timesFrom) return null;
  if (field === 'bar' && cut.bars && first !== 'bar') return null;
  if (field === 'amount' && cut.rest) return null;
  return windowField(field, window, filling);
}

/** Whether the plan has no window of this name. */
export function isLacking(name: string, { lacking = [] }: Usage): boolean {
  return (lacking as readonly string[]).includes(name);
}

/** What is written where a window would be that the plan lacks. */
export const NO_SUCH_LIMIT = 'no such limit';

const EVERYTHING = Object.keys(WINDOW_FIELDS) as WindowField[];

/** In the place of the first thing that is asked of a window that the plan lacks. */
function lackingSpan(name: string, field: WindowField, { asks }: Format): Span[] {
  if (field === 'label') return [plain(name === 'five_hour' ? '5h' : '7d')];
  const first = [...NUMBERS, ...EVERYTHING].find((it) => it !== 'label' && asks.has(`${name}.${it}`));
  return field === first ? [plain(NO_SUCH_LIMIT)] : [];
}

/** Which field says that a window has elapsed: a percentage, else what else stands for one, else its time. */
function firstNumber({ asks }: Format, name: string | null): WindowField | undefined {
  return NUMBERS.find((field) => asks.has(`${name ?? 'windows'}.${field}`));
}

export function lineField(field: Exclude<LineField, 'sep'>, filling: Ranked): readonly Piece[] {
  const { usage, cut, countdowns } = filling;
  const error = () => (cut.error ? [] : errorPart(usage, countdowns));
  switch (field) {
    case 'extra':
      return cut.rest ? [] : extraPart(shownExtra(usage), filling);
    case 'plan':
      return cut.rest ? [] : textPart(planName(usage.plan));
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

/** Paid use, once there is some. It is the endpoint's to know, and can be older than the windows. */
function extraPart(extra: ExtraUsage | null, context: FieldContext): Span[] {
  if (!isInUse(extra)) return [];
  const limit = extra.limit === null ? '' : `/${amountText(extra.limit, extra)}`;
  const text = `extra ${amountText(extra.used, extra)}${limit}${currencySuffix(extra)}`;
  const own = windowField('age', { source: 'endpoint' } as Window, context);
  return own === null ? [plain(text)] : [plain(`${text} `), own];
}
