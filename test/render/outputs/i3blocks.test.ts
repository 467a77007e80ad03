import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderLine } from '../../../src/render/line.ts';
import { renderOutput } from '../../../src/render/outputs/index.ts';
import type { OutputContext } from '../../../src/render/outputs/output.ts';
import type { Usage } from '../../../src/usage/model.ts';
import { usage, window } from '../usages.ts';
import { anyUsage, context, PERCENTS, STATES, used } from './cases.ts';

const raw = (of: Usage, over: Partial<OutputContext> = {}) => renderOutput('i3blocks', of, context(over));
const render = (of: Usage, over?: Partial<OutputContext>) => JSON.parse(raw(of, over));

/** What Pango shows of a text. */
function shown(markup: string): string {
  const text = markup.replaceAll(/<\/?span(?: [a-z]+='[#\w]+')*>/g, '');
  expect(text).not.toMatch(/[<>]/);
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

describe('the output for i3blocks', () => {
  it.each(PERCENTS)(
    'shows %d % in the colour of its level, and nothing else in it',
    (percent, text, level) => {
      const attributes = {
        ok: "foreground='#5fd7d7'",
        warn: "foreground='#ffd75f'",
        critical: "background='#ff6b6b' foreground='#000000' weight='bold'",
      }[level];
      const urgent = percent >= 100 ? { urgent: true } : {};
      const number = `<span ${attributes}>${text.replace('<', '&lt;')}</span>`;
      expect(render(used(percent))).toEqual({
        markup: 'pango',
        full_text: `5h ${number} 4h37m`,
        short_text: `5h ${number}`,
        ...urgent,
      });
    },
  );

  it.each<[keyof typeof STATES, string]>([
    ['pending', '…'],
    ['signed out', "<span foreground='#ffd75f'>sign in</span>"],
    ['nothing', "<span foreground='#ffd75f'>no data</span>"],
  ])('%s has its text in its colour', (state, text) => {
    expect(render(STATES[state]).full_text).toBe(text);
  });

  it('has no colour without colour', () => {
    expect(render(used(99), { color: false })).toEqual({ full_text: '5h 99% 4h37m', short_text: '5h 99%' });
  });

  it('has its text before other text that could contain a field name', () => {
    const of = usage({ windows: [window({ label: '"color" full_text urgent', usedPercent: 100 })] });
    expect(raw(of)).toBe(
      '{"markup":"pango","urgent":true,"full_text":"”color” full_text urgent ' +
        `<span background='#ff6b6b' foreground='#000000' weight='bold'>100%</span> 4h37m",` +
        '"short_text":"”color” full_text urgent ' +
        `<span background='#ff6b6b' foreground='#000000' weight='bold'>100%</span>"}`,
    );
  });

  it('is one object on one line with the text of the line, for any usage', () => {
    fc.assert(
      fc.property(anyUsage, fc.boolean(), (of, color) => {
        expect(raw(of, { color })).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u2028\u2029]/);
        const { full_text, short_text, urgent = true, ...rest } = render(of, { color });
        expect(rest).toEqual(color ? { markup: 'pango' } : {});
        expect(color ? shown(full_text) : full_text).toBe(renderLine(of, { color: false }));
        expect(short_text.length).toBeLessThanOrEqual(full_text.length);
        expect(urgent).toBe(true);
      }),
    );
  });
});
