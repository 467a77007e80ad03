import type { TokenEstimate, Window } from '../../usage/model.ts';
import { paceOf } from '../../usage/pace.ts';
import { clockTime } from '../clock.ts';
import { levelOf, plain } from '../color.ts';
import type { Span } from '../color.ts';
import { age, countdown } from '../duration.ts';
import { bar } from '../glyphs.ts';
import type { Glyphs } from '../glyphs.ts';
import type { Appearance } from '../appearance.ts';
import { windowAmountText } from '../money.ts';
import { percentText, shownPercent } from '../percent.ts';
import { tokenText } from '../tokens.ts';
import type { WindowField } from './placeholders.ts';

const BAR_COLUMNS = 8;

/** What the fields of a window depend on besides the window. */
export interface FieldContext {
  /** Epoch ms. */
  readonly now: number;
  readonly appearance: Appearance;
  readonly glyphs: Glyphs;
  /** False: nothing that counts the minutes, since the line is to stand for longer than it would be right. */
  readonly countdowns: boolean;
  /** Age of the endpoint's numbers beside fresher ones, ms. */
  readonly restAgeMs: number | undefined;
}

/** A field of a window; null when there is nothing to be said. An elapsed window has no numbers. */
export function windowField(field: WindowField, window: Window, context: FieldContext): Span | null {
  const { usedPercent, resetsAt } = window;
  const { now, appearance, glyphs, countdowns, restAgeMs } = context;
  const coming = resetsAt !== null && resetsAt > now && !window.elapsed ? resetsAt : null;
  const number = (text: string): Span | null =>
    usedPercent === null ? null : { text, style: levelOf(usedPercent, appearance.thresholds) };
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
    case 'bar':
      return number(bar(shownPercent(usedPercent ?? 0, appearance.percent), BAR_COLUMNS, glyphs));
    case 'amount':
      return textOrNull(usedPercent === null ? null : windowAmountText(window));
    case 'reset':
      return coming === null || !countdowns ? null : plain(countdown(coming - now));
    case 'at':
      return coming === null ? null : textOrNull(clockTime(coming, now, appearance));
    case 'pace':
      return textOrNull(signed(pace()?.delta));
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

/** Tokens that were counted for a window, where that is all that is known of it. */
export function tokensField(window: string | null, tokens: TokenEstimate | null): Span | null {
  const count = window === 'five_hour' ? tokens?.fiveHour : window === 'seven_day' ? tokens?.sevenDay : null;
  return count ? plain(`~${tokenText(count.total)}`) : null;
}

/** Points as `+14`, `-9`, `0`. */
function signed(points: number | undefined): string | null {
  if (points === undefined) return null;
  const rounded = Math.round(Math.abs(points));
  return rounded === 0 ? '0' : `${points > 0 ? '+' : '-'}${rounded}`;
}

function textOrNull(text: string | null): Span | null {
  return text === null ? null : plain(text);
}
