import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LINE_FIELDS, WINDOW_FIELDS } from '../../../src/render/template/placeholders.ts';
import { PRESETS } from '../../../src/render/template/format.ts';
import { lineSpans } from '../../../src/render/line.ts';
import type { LineOptions } from '../../../src/render/line.ts';
import { DEFAULT_APPEARANCE } from '../../../src/render/appearance.ts';
import type { Usage } from '../../../src/usage/model.ts';
import { extra, fable, failure, stale, usage, week, window } from '../usages.ts';

const page = fs.readFileSync(new URL('../../../docs/specs/format.md', import.meta.url), 'utf8');

/** Rows of the table under a heading: what stands in code in the first columns. */
function table(heading: string): string[][] {
  const section = page.split(/^#+ /m).find((text) => text.startsWith(`${heading}\n`)) as string;
  return [...section.matchAll(/^\| (?!---)(.*) \|$/gm)].map(([, row]) =>
    (row as string)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll('\\|', '|').replaceAll('`', '').trim()),
  );
}

const all = { windows: [window(), week(), fable()], extraUsage: extra() };
const line = (of: Usage, format: string, more: Partial<LineOptions> = {}) =>
  lineSpans(of, { appearance: { ...DEFAULT_APPEARANCE, format }, countdowns: true, ...more })
    .map(({ text }) => text)
    .join('');

beforeEach(() => {
  vi.stubEnv('TZ', 'UTC');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('docs/specs/format.md', () => {
  it('has every preset', () => {
    expect(
      table('Presets')
        .slice(1)
        .map(([name]) => name),
    ).toEqual(Object.keys(PRESETS));
  });

  it.each(table('Presets').slice(1))('shows the line of `%s`', (name, shown) => {
    expect(line(usage(all), name as string)).toBe(shown);
  });

  it.each(table('Examples').slice(1))('shows the result of `%s`', (template, shown) => {
    expect(line(usage(all), template as string)).toBe(shown);
  });

  it('has every field of a window, with an example', () => {
    const rows = table('Fields of a window').slice(1);
    expect(rows.map(([field]) => field)).toEqual(Object.keys(WINDOW_FIELDS));
  });

  it.each(
    table('Fields of a window')
      .slice(1)
      .filter(([field]) => !['label', 'age', 'amount', 'tokens'].includes(field as string)),
  )('shows what the field `%s` looks like', (field, example) => {
    // Too little of the five hours has passed for a verdict.
    const name = field === 'verdict' ? '7d fable' : '5h';
    expect(line(usage(all), `{${name}.${field}}`)).toBe(example);
  });

  it('has every field of the line', () => {
    expect(
      table('The whole')
        .slice(1)
        .map(([name]) => name),
    ).toEqual(Object.keys(LINE_FIELDS));
  });

  it.each(table('Few columns').slice(1))('shows the line in %s columns', (columns, shown) => {
    const value = stale({ ...all, error: failure('network_error') });
    expect(line(value, 'default', { columns: Number(columns) })).toBe(shown);
  });
});
