import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, isoTime, parseTime } from '../../src/usage/time.ts';

const AT = Date.parse('2026-04-19T05:00:00Z');

describe('a time', () => {
  const ends = { min: Date.parse('-000001-01-01T00:00:00Z'), max: Date.parse('+010000-01-02T00:00:00Z') };

  it.each([0, AT, AT + 7, AT + 0.9, -1, ends.min, ends.max])('%d is written as by Date', (at) => {
    expect(isoTime(at)).toBe(new Date(at).toISOString());
  });

  it('is written as by Date, for any number', () => {
    fc.assert(fc.property(fc.integer(ends), (at) => isoTime(at) === new Date(at).toISOString()));
  });
});

describe('a timestamp', () => {
  it.each([
    ['2026-04-19T05:00:00Z', AT],
    ['2026-04-19t05:00:00z', AT],
    ['2026-04-19T05:00:00.112536+00:00', AT + 112],
    ['2026-04-19T07:00:00.5+02:00', AT + 500],
    ['2026-04-18T22:30:00-06:30', AT],
    ['2026-04-20T05:00:00Z', AT + DAY],
    ['9999-12-31T23:59:59.999Z', Date.parse('9999-12-31T23:59:59.999Z')],
    ['0000-01-01T00:00:00Z', Date.parse('0000-01-01T00:00:00Z')],
  ])('%s is read', (text, at) => {
    expect([parseTime(text), parseTime(text)]).toEqual([at, at]);
  });

  it.each([
    [null],
    [undefined],
    [AT],
    [new Date(AT)],
    [''],
    ['2026-04-19'],
    ['2026-04-19T05:00Z'],
    ['2026-04-19T05:00:00'],
    ['2026-04-19 05:00:00Z'],
    [' 2026-04-19T05:00:00Z'],
    ['2026-04-19T05:00:00Z\n'],
    ['2026-13-19T05:00:00Z'],
    ['2026-04-19T25:00:00Z'],
    ['April 19, 2026'],
    // In UTC these are years that cannot be written with four digits: --json printed "+010000-01-01T…".
    ['9999-12-31T23:59:59-00:01'],
    ['0000-01-01T00:00:00+00:01'],
    ['1776574800'],
    [`2026-04-19T05:00:00.${'0'.repeat(60)}Z`],
  ])('%j is no timestamp', (value) => {
    expect([parseTime(value), parseTime(value)]).toEqual([null, null]);
  });

  it('is read where it has the form of RFC 3339, and in no other form', () => {
    const FORM = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;
    const texts = fc.constantFrom(
      '2026-04-19T05:00:00Z',
      '2026-04-19T05:00:00.5z',
      '2026-04-19t05:00:00.112536+00:00',
      '2026-04-18T22:30:00-06:30',
    );
    const changed = fc
      .tuple(texts, fc.nat(32), fc.constantFrom(0, 1), fc.constantFrom(...'0369-+:.,Tt Zzx/', ''))
      .map(([text, at, removed, put]) => text.slice(0, at) + put + text.slice(at + removed));
    fc.assert(
      fc.property(changed, (text) => {
        const at = FORM.test(text) ? Date.parse(text) : Number.NaN;
        expect(parseTime(text)).toBe(Number.isNaN(at) ? null : at);
      }),
      { numRuns: 2000 },
    );
  });

  it('is read, however many others were', () => {
    for (let more = 0; more < 200; more += 1) expect(parseTime(isoTime(AT + more))).toBe(AT + more);
  });
});
