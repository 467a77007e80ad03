import { describe, expect, it } from 'vitest';
import { DEFAULT_APPEARANCE } from '../../src/render/appearance.ts';
import { renderFormats } from '../../src/render/formats.ts';
import type { FormatsOptions } from '../../src/render/formats.ts';
import { widthOf } from '../../src/render/layout.ts';
import { PALETTE_NAMES } from '../../src/render/palettes.ts';
import { PRESETS } from '../../src/render/template/format.ts';
import { extra, fable, failure, lastKnown, none, stale, usage, week, window } from './usages.ts';

const own = usage({ windows: [window(), week(), fable()], extraUsage: extra() });
const render = (of = own, over: Partial<FormatsOptions> = {}) =>
  renderFormats(of, {
    color: false,
    depth: 'truecolor',
    appearance: DEFAULT_APPEARANCE,
    columns: 100,
    ...over,
  }).split('\n');
const rowOf = (rows: readonly string[], name: string) => rows.find((row) => row.startsWith(`${name} `));

describe('the previews of formats', () => {
  it.each(Object.keys(PRESETS))('have the preset %s with the numbers of the account', (name) => {
    expect(rowOf(render(), name)).toMatch(/7d Fable .*82%/);
  });

  it.each(PALETTE_NAMES)('have the palette %s with the numbers of the account', (name) => {
    expect(rowOf(render(), name)).toMatch(
      / (any|dark|light) +ok warn critical {2}5h 22% · 7d 33% · 7d Fable 82%/,
    );
  });

  it('mark the presets that need a Nerd Font', () => {
    const marked = render().filter((row) => /^\w+ \*/.test(row));
    expect(marked.map((row) => row.split(' ')[0])).toEqual(['powerline', 'icons']);
  });

  it.each([
    ['without numbers', none({ pending: true })],
    ['with numbers that are not current any more', lastKnown()],
    ['without limits', usage({ windows: [] })],
  ])('have made-up numbers %s, and say so', (_name, of) => {
    const rows = render(of);
    expect(rows[0]).toBe('Formats, with made-up numbers');
    expect(rowOf(rows, 'default')).toMatch(/5h 22% .* 7d 57% .* 7d Fable 91% .*empty/);
    expect(rows.join()).not.toContain('no data');
  });

  it.each([80, 100])('have one age and one error in the row of a palette at %i columns', (columns) => {
    const rows = render(stale({ windows: own.windows, error: failure('timeout') }), { columns });
    for (const name of PALETTE_NAMES) {
      expect(rowOf(rows, name)).toMatch(/critical {2}.*82% {2}12m ago {2}offline$/);
      expect(rowOf(rows, name)?.match(/ago|answer/g)).toEqual(['ago']);
    }
  });

  it('have the colours of each palette', () => {
    const rows = render(own, { color: true });
    expect(rowOf(rows, 'nord')).toContain('\u001B[38;2;136;192;208mok\u001B[0m');
    expect(rowOf(rows, 'terminal')).toContain('\u001B[36mok\u001B[0m');
    const few = render(own, { color: true, depth: '256' });
    expect(rowOf(few, 'nord')).toContain('\u001B[38;5;152mok\u001B[0m');
  });

  it.each([40, 60, 80, 120, 200])('are never wider than a terminal of %i columns', (columns) => {
    for (const row of render(own, { columns })) expect(widthOf(row)).toBeLessThanOrEqual(columns);
  });
});
