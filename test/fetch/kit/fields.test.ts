import { describe, expect, it } from 'vitest';
import * as fields from '../../../src/fetch/kit/fields.ts';

const NOT_A_NUMBER = [
  undefined,
  null,
  '',
  ' ',
  'x',
  'NaN',
  'Infinity',
  '0x10',
  '1,5',
  '1e9999',
  true,
  [],
  [1],
  {},
];

describe('a number', () => {
  it.each([
    [0, 0],
    [-0, 0],
    [12.5, 12.5],
    ['12.5', 12.5],
    [' 7 ', 7],
    ['+7', 7],
    ['-7', -7],
    ['1e3', 1000],
    [Number.NaN, null],
    [Number.POSITIVE_INFINITY, null],
    ...NOT_A_NUMBER.map((value) => [value, null]),
  ])('%j is %j', (value, expected) => {
    expect(fields.numberOf(value)).toBe(expected);
  });

  it.each(NOT_A_NUMBER)('%j is no percentage and no amount, and never 0', (value) => {
    for (const read of [
      fields.amountOf,
      fields.percentUsed,
      fields.percentFromRemaining,
      fields.percentFromFraction,
      fields.percentFromFractionLeft,
      fields.majorUnits,
      fields.timeOfSeconds,
      fields.timeOfMs,
    ])
      expect(read(value), read.name).toBeNull();
    expect(fields.percentFromShare(value, 100)).toBeNull();
    expect(fields.percentFromShare(1, value)).toBeNull();
    expect(fields.percentFromRest(value, 100)).toBeNull();
    expect(fields.percentFromRest(1, value)).toBeNull();
    expect(fields.secondsOf(value, 'hour')).toBeNull();
    expect(fields.timeAfter(0, value)).toBeNull();
  });
});

describe('percent used', () => {
  it.each<[name: string, actual: number | null, expected: number | null]>([
    ['as sent', fields.percentUsed(22), 22],
    ['beyond the limit', fields.percentUsed('104.2'), 104.2],
    ['negative', fields.percentUsed(-3.5), null],
    ['of what remains', fields.percentFromRemaining(90), 10],
    ['of a remainder as text', fields.percentFromRemaining('96'), 4],
    ['of nothing that remains', fields.percentFromRemaining(0), 100],
    ['of a negative remainder', fields.percentFromRemaining(-15), 115],
    ['of more than all that remains', fields.percentFromRemaining(101), null],
    ['of a remainder with noise', fields.percentFromRemaining(99.9), 0.1],
    ['of a fraction that is left', fields.percentFromFractionLeft(0.4), 60],
    ['of a whole fraction that is left', fields.percentFromFractionLeft(1), 0],
    ['of a fraction above 1 that is left', fields.percentFromFractionLeft(40), null],
    ['of a fraction', fields.percentFromFraction(0.14), 14],
    ['of a fraction above 1', fields.percentFromFraction(1.04), 104],
    ['of two amounts', fields.percentFromShare('375', '2048'), 18.310546875],
    ['of two amounts, beyond the limit', fields.percentFromShare(13_603.49, 10_000), 136.0349],
    ['of a limit of 0', fields.percentFromShare(0, 0), null],
    ['of a negative amount', fields.percentFromShare(-1, 100), null],
    ['of a rest', fields.percentFromRest(32_000, 40_000), 20],
    ['of a negative rest', fields.percentFromRest(-10, 100), 110],
    ['of a rest above the limit', fields.percentFromRest(101, 100), null],
  ])('%s', (_name, actual, expected) => {
    expect(actual).toBe(expected);
  });
});

describe('a time', () => {
  const at = Date.UTC(2026, 9, 1);
  it.each<[name: string, actual: number | null, expected: number | null]>([
    ['epoch seconds', fields.timeOfSeconds(at / 1000), at],
    ['epoch seconds with a fraction', fields.timeOfSeconds(1.7882208e9), 1_788_220_800_000],
    ['epoch seconds as text', fields.timeOfSeconds(`${at / 1000}`), at],
    ['epoch seconds that are milliseconds', fields.timeOfSeconds(at), null],
    ['epoch milliseconds', fields.timeOfMs(`${at}`), at],
    ['epoch milliseconds that are seconds', fields.timeOfMs(at / 1000), null],
    ['0, a placeholder', fields.timeOf(0), null],
    ['a negative one', fields.timeOfSeconds(-at / 1000), null],
    ['ISO', fields.timeOfText('2026-10-01T00:00:00Z'), at],
    ['ISO with nanoseconds', fields.timeOfText('2026-10-01T00:00:00.373329235Z'), at + 373],
    ['ISO with an offset', fields.timeOfText('2026-10-01T02:00:00+02:00'), at],
    ['ISO without a zone', fields.timeOfText('2026-10-01T00:00:00'), at],
    ['ISO without seconds', fields.timeOfText('2026-10-01 00:00'), at],
    ['a date', fields.timeOfText('2026-10-01'), at],
    ['a date that does not exist', fields.timeOfText('2026-13-41'), null],
    ['an American date', fields.timeOfText('10/01/2026'), null],
    ['year 1', fields.timeOfText('0001-01-01T00:00:00Z'), null],
    ['what is plainly seconds', fields.timeOf(at / 1000), at],
    ['what is plainly milliseconds', fields.timeOf(`${at}`), at],
    ['what is plainly text', fields.timeOf('2026-10-01'), at],
    ['seconds after another time', fields.timeAfter(at, '3600'), at + 3_600_000],
    ['seconds after an unknown time', fields.timeAfter(null, 3600), null],
    ['negative seconds after', fields.timeAfter(at, -1), null],
  ])('%s', (_name, actual, expected) => {
    expect(actual).toBe(expected);
  });

  it.each([
    [300, 'minute', 18_000],
    ['5', 'hour', 18_000],
    [1, 'week', 604_800],
    [7, 'day', 604_800],
    [0, 'hour', null],
    [-1, 'hour', null],
  ] as const)('%s %s are %s seconds', (count, unit, seconds) => {
    expect(fields.secondsOf(count, unit)).toBe(seconds);
  });
});

describe('an amount', () => {
  it.each([
    [1999, 2, 19.99],
    ['264729', 2, 2647.29],
    [7, 0, 7],
    [-1, 2, null],
  ])('%s minor units with %s digits are %s', (minor, decimals, major) => {
    expect(fields.majorUnits(minor, decimals)).toBe(major);
  });

  it.each([
    ['12.50', '12.50'],
    ['0012.5', '12.5'],
    ['0', '0'],
    [0.1, '0.1'],
    ['9007199254740993.01', '9007199254740993.01'],
    ['-3.5', '-3.5'],
    [Number.NaN, null],
    ['1e3', null],
    ['', null],
    [null, null],
    [{}, null],
  ])('%j as a decimal text is %j', (value, text) => {
    expect(fields.decimalOf(value)).toBe(text);
  });
});

describe('a text', () => {
  it('is sanitized for display, and a plan becomes an id', () => {
    expect(fields.textOf('Spark\u001b[31m $(x)')).toBe('Spark31m (x)');
    expect(fields.textOf('\u0000')).toBeNull();
    expect(fields.textOf(7)).toBeNull();
    expect(fields.planOf('SuperGrok Heavy')).toBe('supergrok_heavy');
    expect(fields.planOf('KIRO POWER')).toBe('kiro_power');
    expect(fields.planOf('!')).toBeNull();
    expect(fields.planOf(null)).toBeNull();
  });

  it('as an id stays as it is, within bounds', () => {
    expect(fields.idOf('google-oauth2|user_x')).toBe('google-oauth2|user_x');
    expect(fields.idOf(42)).toBe('42');
    for (const value of ['', ' ', 'x'.repeat(257), 1.5, null, {}]) expect(fields.idOf(value)).toBeNull();
  });

  it('in a list is no object', () => {
    expect(fields.objectsOf(['x', null, [], { a: 1 }])).toEqual([{ a: 1 }]);
    expect(fields.objectsOf({ 0: {} })).toEqual([]);
    expect(fields.objectsOf(Array.from({ length: 500 }, () => ({})))).toHaveLength(100);
    expect(fields.objectOf([])).toEqual({});
  });
});
