import type { Credits } from '../../usage/model.ts';
import type { OwnCredits, OwnMoney, OwnWindow } from '../../usage/own-provider.ts';
import {
  amountOf,
  decimalOf,
  majorUnits,
  percentFromFraction,
  percentFromFractionLeft,
  percentFromRemaining,
  percentFromRest,
  percentFromShare,
  percentUsed,
  timeAfter,
  timeOfDate,
  timeOfMs,
  timeOfSeconds,
  timeOfText,
} from '../kit/fields.ts';
import { nameOf } from '../kit/measures.ts';
import type { Measure } from '../kit/measures.ts';
import type { Values } from './data.ts';

/**
 * What the values say about a limit; null where they say nothing, so that the plan has no such limit.
 *
 * @param askedAt the time of the request, epoch ms
 */
export function measureOf(window: OwnWindow, values: Values, askedAt: number | null): Measure | null {
  const { length, label, part, measure, startsWithUse, money } = window;
  if (!Object.hasOwn(values, measure.path.text)) return null;
  const shape = label === null ? null : nameOf(length);
  const amount = money === null ? null : amountOfWindow(window, money, values);
  return {
    used: usedOf(window, values),
    resetsAt: resetOf(window, values, askedAt),
    length,
    part,
    projected: startsWithUse,
    ...(shape !== null && label !== null && { name: { id: shape.id, label } }),
    ...(amount !== null && { amount }),
  };
}

/** Percent used; null where the value is no such number. */
export function usedOf({ measure }: OwnWindow, values: Values): number | null {
  const value = values[measure.path.text];
  switch (measure.kind) {
    case 'used_percent':
      return percentUsed(value);
    case 'left_percent':
      return percentFromRemaining(value);
    case 'used_fraction':
      return percentFromFraction(value);
    case 'left_fraction':
      return percentFromFractionLeft(value);
    case 'used':
      return percentFromShare(value, limitOf(measure.limit, values));
    case 'left':
      return percentFromRest(value, limitOf(measure.limit, values));
  }
}

/** The reset, epoch ms; null where the value is no such time. */
export function resetOf({ reset }: OwnWindow, values: Values, askedAt: number | null): number | null {
  if (reset === null) return null;
  const value = values[reset.path.text];
  switch (reset.unit) {
    case 'iso':
      return timeOfText(value);
    case 'seconds':
      return timeOfSeconds(value);
    case 'milliseconds':
      return timeOfMs(value);
    case 'seconds_from_now':
      return timeAfter(askedAt, value);
    case 'date':
      return timeOfDate(value);
  }
}

function limitOf(limit: { readonly text: string } | number, values: Values): unknown {
  return typeof limit === 'number' ? limit : values[limit.text];
}

function amountOfWindow({ measure }: OwnWindow, money: OwnMoney, values: Values): Measure['amount'] {
  if (!('limit' in measure)) return null;
  const [value, whole] = [values[measure.path.text], limitOf(measure.limit, values)];
  const used = measure.kind === 'used' ? amountOf(value) : difference(decimalOf(whole), decimalOf(value));
  const limit = majorUnits(whole, money.minorDigits);
  return { used: majorUnits(used, money.minorDigits), limit, currency: money.currency };
}

/** The exact difference of two decimal numbers; null where one of them is not known. */
function difference(whole: string | null, part: string | null): number | null {
  if (whole === null || part === null) return null;
  const digits = Math.max(fractionOf(whole).length, fractionOf(part).length);
  const units = (text: string) =>
    BigInt(text.replace('.', '') + '0'.repeat(digits - fractionOf(text).length));
  return Number(units(whole) - units(part)) / 10 ** digits;
}

function fractionOf(text: string): string {
  return text.split('.', 2)[1] ?? '';
}

/** What is left of a balance; null where the values do not have it. */
export function creditsOf({ balance, currency, minorDigits }: OwnCredits, values: Values): Credits | null {
  if (!Object.hasOwn(values, balance.text)) return null;
  return { balance: inMajorUnits(decimalOf(values[balance.text]), minorDigits), currency, unlimited: false };
}

/** A number of minor units as a text in major units: `1250` cents are `12.50`. The digits stay as they are. */
function inMajorUnits(minor: string | null, minorDigits: number): string | null {
  if (minor === null || minorDigits === 0) return minor;
  const sign = minor.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = minor.slice(sign.length).split('.', 2);
  const digits = whole.padStart(minorDigits + 1, '0');
  const point = digits.length - minorDigits;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}${fraction}`;
}
