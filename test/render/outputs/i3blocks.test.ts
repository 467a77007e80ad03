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

describe('the output for i3blocks', () => {
  it.each(PERCENTS)('shows %d % in the colour of its level', (percent, text, level) => {
    const color = { ok: {}, warn: { color: '#cdcd00' }, critical: { color: '#cd0000' } }[level];
    const urgent = percent >= 100 ? { urgent: true } : {};
    expect(render(used(percent))).toEqual({
      full_text: `5h ${text} 4h37m`,
      short_text: `5h ${text}`,
      ...color,
      ...urgent,
    });
  });

  it.each<[keyof typeof STATES, string | undefined]>([
    ['stale', '#cdcd00'],
    ['elapsed', undefined],
    ['pending', undefined],
    ['estimate', undefined],
    ['signed out', '#cdcd00'],
    ['nothing', '#cdcd00'],
  ])('%s has the colour %s', (state, color) => {
    expect(render(STATES[state]).color).toBe(color);
  });

  it('has no colour without colour', () => {
    expect(render(used(99), { color: false })).toEqual({ full_text: '5h 99% 4h37m', short_text: '5h 99%' });
  });

  it('has its text before other text that could contain a field name', () => {
    const of = usage({ windows: [window({ label: '"color" full_text urgent', usedPercent: 100 })] });
    expect(raw(of)).toBe(
      '{"color":"#cd0000","urgent":true,"full_text":"”color” full_text urgent 100% 4h37m",' +
        '"short_text":"”color” full_text urgent 100%"}',
    );
  });

  it('is one object on one line with the text of the line, for any usage', () => {
    fc.assert(
      fc.property(anyUsage, fc.boolean(), (of, color) => {
        expect(raw(of, { color })).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u2028\u2029]/);
        const {
          full_text,
          short_text,
          color: hex = '#000000',
          urgent = true,
          ...rest
        } = render(of, { color });
        expect(rest).toEqual({});
        expect(full_text).toBe(renderLine(of, { color: false }));
        expect(short_text.length).toBeLessThanOrEqual(full_text.length);
        expect(hex).toMatch(/^#[0-9a-f]{6}$/);
        expect(urgent).toBe(true);
      }),
    );
  });
});
