import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonTemplate, renderJson } from '../../src/render/json.ts';
import { fillJsonTemplate } from '../../src/render/json-template.ts';
import { MINUTE } from '../../src/usage/time.ts';
import { failure, NOW, stale, usage, usageArbitrary, week, window } from './usages.ts';

describe('the object of --json, prepared in advance', () => {
  it('is at any later moment what the renderer says then', () => {
    const moments = fc.integer({ min: -5000, max: 3 * MINUTE });
    fc.assert(
      fc.property(usageArbitrary, moments, (known, later) => {
        const template = jsonTemplate(known);
        if (template === null || known.cachedAt === null) return;
        const now = known.generatedAt + later;
        const then = { ...known, generatedAt: now, ageMs: Math.max(0, now - known.cachedAt) };
        // Through JSON, as it is kept in the file.
        expect(fillJsonTemplate(JSON.parse(JSON.stringify(template)), now)).toBe(renderJson(then));
      }),
      { numRuns: 500 },
    );
  });

  it('follows the pace of every window', () => {
    const known = usage({ windows: [window(), week({ resetsAt: null }), week({ id: 'x' })] });
    const object = JSON.parse(fillJsonTemplate(jsonTemplate(known)!, NOW + MINUTE));
    expect(object.windows.map((it: { pace: unknown }) => it.pace !== null)).toEqual([true, false, true]);
    expect(object).toMatchObject({ age_seconds: 168, generated_at: '2026-11-20T18:26:00.000Z' });
    expect(object.windows[0].pace.expected_percent).toBeCloseTo(8, 1);
  });

  it.each([
    ['stale', stale()],
    ['with an error beside it', usage({ error: failure('cache_unwritable') })],
  ])('is not prepared when the answer is %s', (_case, known) => {
    expect(jsonTemplate(known)).toBeNull();
  });
});
