import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asExpected } from '../../../src/fetch/claude/as-expected.ts';
import { parseResponse } from '../../../src/fetch/claude/schema.ts';
import { anyBody, body, CAPTURED } from './bodies.ts';

describe('a response that is as expected', () => {
  it.each(CAPTURED)('needs no schema: %s', (name) => {
    expect(asExpected(body(name))).toEqual(parseResponse(body(name)));
  });

  it('equals the result of the schema, or is left to the schema', () => {
    fc.assert(
      fc.property(anyBody, (any) => {
        const data = asExpected(any);
        if (data !== null) expect(data).toEqual(parseResponse(any));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['a broken part', { five_hour: { utilization: -1, resets_at: null } }],
    ['a broken limit beside a good one', { limits: [{ kind: 'session', percent: 1, resets_at: null }, 7] }],
    ['a reset that is no time', { five_hour: { utilization: 1, resets_at: 'soon' } }],
    ['a percentage that is text', { five_hour: { utilization: '1', resets_at: null } }],
    ['a breakdown with a broken row', { seven_day_breakdown: { rows: [{ key: 'chat' }] } }],
    ['our own name for a drawer', { unknown_buckets: {} }],
  ])('does not contain %s', (_case, any) => {
    expect(asExpected(any)).toBeNull();
  });

  it.each([
    ['a bucket without a reset', { five_hour: { utilization: 1 } }],
    ['extra usage without a currency', { extra_usage: { is_enabled: false, utilization: 0 } }],
    ['a limit without a scope', { limits: [{ kind: 'session', percent: 1 }] }],
  ])('can lack parts for which the schema has null: %s', (_case, any) => {
    expect(asExpected(any)).toEqual(parseResponse(any));
  });

  it('keeps unknown keys under `unknown_buckets`', () => {
    expect(asExpected({ five_hour: null, omelette: 1 })).toEqual({
      five_hour: null,
      unknown_buckets: { omelette: 1 },
    });
  });
});
