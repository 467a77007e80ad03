import type { Appearance } from '../appearance.ts';
import { clockTime } from '../clock.ts';
import { drawBar, gaugeOf } from '../bar.ts';
import { clip, widthOf } from '../layout.ts';
import { quietStyle, windowLevel } from '../level.ts';
import { windowNamed } from '../selection.ts';
import { plain } from '../spans.ts';
import type { Span } from '../spans.ts';
import type { Level } from '../style.ts';
import { isKept } from './filling.ts';
import type { FieldContext, Filling, Ranked } from './filling.ts';
import { LEAST_BAR_COLUMNS } from './fit.ts';
import type { Format } from './format.ts';
import { WINDOW_FIELDS } from './placeholders.ts';
import type { Placeholder, WindowField } from './placeholders.ts';
import {
  age,
  countdown,
  estimatedTime,
  percentText,
  shownPercent,
  tokenText,
  windowAmountText,
} from '../values.ts';
import type { TokenEstimate, Usage, Window } from '../../usage/model.ts';
import type { ProviderTexts } from '../../usage/provider-facts.ts';
import { isWellFounded, paceOf, runsOutAt } from '../../usage/pace.ts';

/** Fields that a cut of times omits. */
const TIMES: ReadonlySet<WindowField> = new Set(['reset', 'at', 'pace', 'empty']);

/** Columns of a short name of a window, without the ellipsis. */
const WORD_COLUMNS = 5;

/** Fields that show "reset" or "no such limit" if there is no number; the first one that the template has. */
const NUMBERS = ['percent', 'used', 'left', 'bar', 'gauge', 'reset'] as const;

/**
 * The spans of a placeholder of a window; empty without a value.
 *
 * @param current the current window of a section; null outside sections
 */
export function placeholderSpans(
  { window: name, field }: Extract<Placeholder, { of: 'window' }>,
  current: Window | null,
  filling: Ranked,
): Span[] {
  const { usage, ranks, cut, format } = filling;
  if (name !== null && isLacking(name, usage)) return lackingSpan(name, field, format, usage.texts);
  if (field === 'tokens') {
    const span = tokensField(name ?? current?.id ?? null, usage.tokens);
    return span === null ? [] : [span];
  }
  const window = current ?? windowNamed(name as string, usage, filling.model);
  if (window === undefined) return [];
  const rank = ranks.get(window) ?? 0;
  if (!isKept(window, filling)) return [];
  const first = firstNumber(format, name);
  const spans = cutSpans(field, window, first, rank, filling);
  if (spans.length === 0) return [];
  const locked = field === first && window.lockedReason != null && !cut.error;
  return locked ? [...spans, plain(' '), { text: 'locked', style: 'notice' }] : spans;
}

/**
 * The spans of a field after the cut; none if it is omitted or has no value.
 *
 * @param first the field that shows "reset" for an elapsed window
 */
function cutSpans(
  field: WindowField,
  window: Window,
  first: WindowField | undefined,
  rank: number,
  filling: Ranked,
): Span[] {
  const { cut } = filling;
  if (window.usedPercent === null && field === first) return [plain('reset')];
  if (TIMES.has(field) && rank >= cut.timesFrom) return [];
  if (field === 'amount' && cut.rest) return [];
  if (field === 'verdict' && cut.verdicts) return [];
  if (field === 'label') return [plain(labelIn(window, filling))];
  if (field === 'bar') {
    const width = cut.bar === 0 && first === 'bar' ? LEAST_BAR_COLUMNS : cut.bar;
    return barField(window, width, filling);
  }
  const span = windowField(field, window, filling);
  if (span === null) return [];
  const saysSide =
    field === 'percent' && filling.appearance.percent === 'left' && window === filling.sideSaidBy;
  return saysSide ? [span, plain(' left')] : [span];
}

/** The name of a window after the cut: `7d Fable`, or `7d…` where names are short. */
export function labelIn({ label }: Window, { cut, glyphs }: Filling): string {
  if (!cut.shortLabels) return label;
  const [word = ''] = label.split(' ', 1);
  const short = clip(word, WORD_COLUMNS, '') + glyphs.ellipsis;
  return widthOf(short) < widthOf(label) ? short : label;
}

/** Whether the plan lacks the window of this name. */
export function isLacking(name: string, { lacking = [] }: Usage): boolean {
  return lacking.includes(name);
}

/** The text for a window that the plan lacks. */
export const NO_SUCH_LIMIT = 'no such limit';

const ALL_FIELDS = Object.keys(WINDOW_FIELDS) as WindowField[];

/** The span for a window that the plan lacks; it replaces the first field. */
function lackingSpan(
  name: string,
  field: WindowField,
  { fields }: Format,
  { mainWindows }: ProviderTexts,
): Span[] {
  if (field === 'label') return [plain(mainWindows[name] ?? name)];
  const first = [...NUMBERS, ...ALL_FIELDS].find((it) => it !== 'label' && fields.has(`${name}.${it}`));
  return field === first ? [plain(NO_SUCH_LIMIT)] : [];
}

/** The field of a template that shows "reset" for an elapsed window. */
function firstNumber({ fields }: Format, name: string | null): WindowField | undefined {
  return NUMBERS.find((field) => fields.has(`${name ?? 'windows'}.${field}`));
}

/** The level of a window for the line. */
function levelIn(window: Window, { now, appearance }: FieldContext): Level {
  return windowLevel(window, now, appearance.thresholds) ?? 'ok';
}

/** The bar of a window, with a mark where even use would be; none without a percentage. */
function barField(window: Window, width: number, context: FieldContext): Span[] {
  const { now, appearance, glyphs, countdowns } = context;
  if (window.usedPercent === null || width === 0) return [];
  // In the shortest bar a mark would stand for half of the window.
  const isMarked = countdowns && width > LEAST_BAR_COLUMNS;
  const pace = isMarked ? paceOf(window, now) : null;
  const { percent: side } = appearance;
  return drawBar(
    {
      percent: shownPercent(window.usedPercent, side),
      mark: pace === null ? null : shownPercent(pace.expectedPercent, side),
      width,
      style: quietStyle(levelIn(window, context)),
    },
    glyphs.bar,
  ).spans;
}

/** The span of a field of a window other than its bar; null without a value. An elapsed window has no numbers. */
export function windowField(
  field: Exclude<WindowField, 'bar'>,
  window: Window,
  context: FieldContext,
): Span | null {
  const { usedPercent, resetsAt } = window;
  const { now, appearance, glyphs, countdowns, restAgeMs } = context;
  const upcoming = resetsAt !== null && resetsAt > now && !window.elapsed ? resetsAt : null;
  const number = (text: string): Span | null =>
    usedPercent === null ? null : { text, style: levelIn(window, context) };
  const percent = (side: Appearance['percent']) => percentText(shownPercent(usedPercent ?? 0, side));
  const pace = () => (countdowns ? paceOf(window, now) : null);
  switch (field) {
    case 'label':
      return plain(window.label);
    case 'percent':
      return number(percent(appearance.percent));
    case 'used':
    case 'left':
      return number(percent(field));
    case 'gauge': {
      const text = gaugeOf(shownPercent(usedPercent ?? 0, appearance.percent), glyphs.gauge);
      return usedPercent === null ? null : { text, style: quietStyle(levelIn(window, context)) };
    }
    case 'amount':
      return textOrNull(usedPercent === null ? null : windowAmountText(window));
    case 'reset':
      return upcoming === null || !countdowns ? null : plain(countdown(upcoming - now));
    case 'at':
      return upcoming === null ? null : textOrNull(clockTime(upcoming, now, appearance));
    case 'pace':
      return textOrNull(signed(pace()?.delta));
    case 'verdict': {
      const current = pace();
      const at = runsOutAt(current, now);
      if (current === null || at === null || !isWellFounded(current)) return null;
      return { text: `empty in ${estimatedTime(at - now)}`, style: quietStyle(levelIn(window, context)) };
    }
    case 'empty': {
      const at = pace()?.emptyAt ?? null;
      return at === null || at <= now ? null : plain(countdown(at - now));
    }
    case 'age':
      return window.source === 'endpoint' && restAgeMs !== undefined
        ? { text: age(restAgeMs), style: 'dim' }
        : null;
    case 'tokens':
      return null;
  }
}

/** The estimated tokens of a window; null without an estimate. */
export function tokensField(window: string | null, tokens: TokenEstimate | null): Span | null {
  const count = window === 'five_hour' ? tokens?.fiveHour : window === 'seven_day' ? tokens?.sevenDay : null;
  return count ? plain(`~${tokenText(count.total)}`) : null;
}

/** Percentage points with their sign: `+14`, `-9`, `0`. */
function signed(points: number | undefined): string | null {
  if (points === undefined) return null;
  const rounded = Math.round(Math.abs(points));
  return rounded === 0 ? '0' : `${points > 0 ? '+' : '-'}${rounded}`;
}

function textOrNull(text: string | null): Span | null {
  return text === null ? null : plain(text);
}
