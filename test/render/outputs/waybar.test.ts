import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderLine } from '../../../src/render/line.ts';
import { DEFAULT_APPEARANCE } from '../../../src/render/appearance.ts';
import { renderOutput } from '../../../src/render/outputs/index.ts';
import type { OutputContext } from '../../../src/render/outputs/output.ts';
import type { Usage } from '../../../src/usage/model.ts';
import { failure, none, stale, usage, window } from '../usages.ts';
import { anyUsage, context, PERCENTS, STATES, used } from './cases.ts';

interface Module {
  readonly text: string;
  readonly alt: string;
  readonly tooltip: string;
  readonly class: string[];
  readonly percentage?: number;
}

const raw = (of: Usage, over: Partial<OutputContext> = {}) =>
  renderOutput('waybar', of, context({ color: false, ...over }));
const render = (of: Usage, over?: Partial<OutputContext>): Module => JSON.parse(raw(of, over));

/** Text of Pango markup: spans taken away, entities read; anything else with a meaning there is a mistake. */
function shown(markup: string): string {
  const text = markup.replaceAll(
    /<span( background='#[0-9a-f]{6}')?( foreground='#[0-9a-f]{6}')?( weight='bold')?>([^<>]*)<\/span>/g,
    '$4',
  );
  expect(text).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

describe('the output for Waybar', () => {
  it.each(PERCENTS)('has class and percentage of %d %', (percent, text, level, whole) => {
    const module = render(used(percent));
    expect(module).toMatchObject({ alt: level, class: [level], percentage: whole });
    expect(shown(module.text)).toBe(`5h ${text} 4h37m`);
  });

  it.each<[keyof typeof STATES, string[]]>([
    ['fresh', ['critical']],
    ['stale', ['warn', 'stale', 'error']],
    ['elapsed', ['ok']],
    ['all elapsed', ['none']],
    ['without limits', ['none']],
    ['last known', ['error']],
    ['pending', ['pending']],
    ['estimate', ['estimate', 'error']],
    ['lapsed, recent', ['warn', 'stale']],
    ['lapsed overnight', ['warn', 'stale']],
    ['lapsed, nothing known', ['none']],
    ['signed out', ['error']],
    ['nothing', ['none']],
  ])('%s has the classes %j', (state, classes) => {
    expect(render(STATES[state])).toMatchObject({ class: classes, alt: classes[0] });
  });

  it.each<keyof typeof STATES>(['all elapsed', 'last known', 'pending', 'estimate', 'nothing'])(
    'claims no percentage: %s',
    (state) => {
      expect(render(STATES[state])).not.toHaveProperty('percentage');
    },
  );

  it('has a line per limit in the tooltip', () => {
    const lines = render(STATES.fresh).tooltip.split('\r');
    expect(lines).toEqual([
      'Claude · Ultra',
      '5h 22% used, resets in 4h37m',
      '7d 33% used, resets in 4d3h',
      '7d Fable 82% used, resets in 4d3h',
      'extra 7.63 of 20.00 EUR',
    ]);
  });

  it('has the age of the numbers and the advice in the tooltip', () => {
    expect(render(STATES.stale).tooltip.split('\r').slice(3)).toEqual([
      'Read 12m ago.',
      'Anthropic asks for fewer requests (429). Nothing to do: usageline asks again by itself.',
    ]);
  });

  it.each<[keyof typeof STATES, string]>([
    ['estimate', '5h about 420k tokens'],
    ['pending', 'The first answer is on its way.'],
    ['elapsed', '5h reset'],
    ['without limits', 'No limits reported.'],
  ])('%s: the tooltip contains %j', (state, line) => {
    expect(render(STATES[state]).tooltip.split('\r')).toContain(line);
  });

  it('has the age of old numbers next to fresh ones', () => {
    const of = usage({ restAgeMs: 16 * 60_000 });
    expect(render(of).tooltip).toContain('Limits per model and extra usage read 16m ago.');
  });

  it('has no countdowns in the tooltip on request', () => {
    expect(render(STATES.fresh, { countdowns: false }).tooltip).toContain('\r5h 22% used\r7d 33% used\r');
  });

  it('shows what is left on request', () => {
    const appearance = { ...DEFAULT_APPEARANCE, percent: 'left' as const };
    expect(render(used(99.6), { appearance }).tooltip).toContain('5h <1% left'.replace('<', '&lt;'));
    expect(render(used(140), { appearance }).tooltip).toContain('5h 0% left');
  });

  it('ignores hidden limits', () => {
    const appearance = { ...DEFAULT_APPEARANCE, hide: ['7d fable'] };
    const module = render(STATES.fresh, { appearance });
    expect(module).toMatchObject({ class: ['warn'], percentage: 33 });
    expect(module.tooltip).not.toContain('Fable');
  });

  it('gives each number its own colour, with colour', () => {
    expect(raw(STATES.fresh)).not.toContain('<span');
    expect(render(STATES.fresh, { color: true }).text).toContain(
      "7d Fable <span background='#a40000' foreground='#ffffff' weight='bold'>82%</span>",
    );
  });

  it('leaves out an error that is not shown next to numbers', () => {
    for (const code of ['budget', 'no_data'] as const) {
      expect(render(stale({ error: failure(code) })).class).toEqual(['warn', 'stale']);
      expect(render(none({ error: failure(code) })).class).toEqual(['error']);
    }
  });

  it('escapes markup', () => {
    const of = usage({ windows: [window({ label: '<b>&amp;', usedPercent: 0.4 })] });
    expect(render(of).text).toBe('&lt;b&gt;&amp;amp; &lt;1% 4h37m');
  });

  it('is one object on one line with the text of the line, for any usage', () => {
    fc.assert(
      fc.property(anyUsage, fc.boolean(), (of, color) => {
        expect(raw(of, { color })).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u2028\u2029]/);
        const { text, alt, tooltip, class: classes, percentage = 0, ...rest } = render(of, { color });
        expect(rest).toEqual({});
        expect(shown(text)).toBe(renderLine(of, { color: false }));
        expect(shown(tooltip)).not.toMatch(/[\u0000-\u000C\u000E-\u001F]/);
        expect([alt, ...classes].every((word) => /^[a-z]+$/.test(word))).toBe(true);
        expect(Number.isInteger(percentage) && percentage >= 0 && percentage <= 100).toBe(true);
      }),
    );
  });
});
