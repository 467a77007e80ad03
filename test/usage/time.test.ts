import { describe, expect, it } from 'vitest';
import { DAY, parseTime } from '../../src/usage/time.ts';

const AT = Date.parse('2026-04-19T05:00:00Z');

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
    expect(parseTime(text)).toBe(at);
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
    // In UTC these are years that no text of ours could write: --json said "+010000-01-01T…".
    ['9999-12-31T23:59:59-00:01'],
    ['0000-01-01T00:00:00+00:01'],
    ['1776574800'],
    [`2026-04-19T05:00:00.${'0'.repeat(60)}Z`],
  ])('%j is none', (value) => {
    expect(parseTime(value)).toBeNull();
  });
});
