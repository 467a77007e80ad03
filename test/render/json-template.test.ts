import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonTemplate, renderJson } from '../../src/render/json.ts';
import { fillJsonTemplate } from '../../src/render/json-template.ts';
import { MINUTE } from '../../src/usage/time.ts';
import { failure, NOW, stale, usage, usageArbitrary, week, window } from './usages.ts';

describe('the prerendered object of --json', () => {
  it('equals the rendered object at any later moment', () => {
    const moments = fc.integer({ min: -5000, max: 3 * MINUTE });
    fc.assert(
      fc.property(usageArbitrary, moments, (given, later) => {
        const template = jsonTemplate(given);
        if (template === null || given.cachedAt === null) return;
        const now = given.generatedAt + later;
        const then = { ...given, generatedAt: now, ageMs: Math.max(0, now - given.cachedAt) };
        // Through JSON, as it is stored in the file.
        expect(fillJsonTemplate(JSON.parse(JSON.stringify(template)), now)).toBe(renderJson([then]));
      }),
      { numRuns: 500 },
    );
  });

  it('updates the pace of every window', () => {
    const given = usage({ windows: [window(), week({ resetsAt: null }), week({ id: 'x' })] });
    const object = JSON.parse(fillJsonTemplate(jsonTemplate(given)!, NOW + MINUTE));
    expect(object.windows.map((it: { pace: unknown }) => it.pace !== null)).toEqual([true, false, true]);
    expect(object).toMatchObject({ age_seconds: 168, generated_at: '2026-11-20T18:26:00.000Z' });
    expect(object.windows[0].pace.expected_percent).toBeCloseTo(8, 1);
  });

  it.each([
    ['stale', stale()],
    ['with an error beside it', usage({ error: failure('cache_unwritable') })],
  ])('does not exist if the usage is %s', (_case, given) => {
    expect(jsonTemplate(given)).toBeNull();
  });
});
