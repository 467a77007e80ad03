import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderLine } from '../../../src/render/line.ts';
import { renderOutput } from '../../../src/render/outputs/index.ts';
import type { Usage } from '../../../src/usage/model.ts';
import { usage, window } from '../usages.ts';
import { anyUsage, context, hostile, PAYLOADS, STATES, used } from './cases.ts';

const render = (of: Usage, color = true) => renderOutput('sketchybar', of, context({ color }));

/** The arguments that come out of each way to hand them over, a line each. */
const ways = {
  xargs: (text: string) =>
    spawnSync('xargs', ['printf', '%s\\n'], { input: `${text}\n`, encoding: 'utf8' }).stdout,
  'the eval of a shell': (text: string) =>
    spawnSync('sh', ['-c', 'eval "printf \'%s\\n\' $1"', 'sh', text], { encoding: 'utf8' }).stdout,
};

describe('the arguments for SketchyBar', () => {
  it.each([
    [22, '0xff5fd7d7'],
    [60, '0xffffd75f'],
    [140, '0xffff6b6b'],
  ])('have the colour of %d %', (percent, color) => {
    expect(render(used(percent))).toBe(`label='5h ${percent}% 4h37m' label.color=${color}`);
  });

  it.each<[keyof typeof STATES, string]>([
    ['pending', '0xffffffff'],
    ['all elapsed', '0xffffffff'],
    ['signed out', '0xffffd75f'],
  ])('reset the colour of the label: %s', (state, color) => {
    expect(render(STATES[state])).toMatch(new RegExp(`label.color=${color}$`));
  });

  it('do not set a colour without colour', () => {
    expect(render(STATES.stale, false)).toBe(
      "label='5h 22% 4h37m · 7d 33% 4d3h · 12m ago · rate limited 4m'",
    );
  });

  it.each(Object.entries(ways))('are one word each when read by %s', (_, words) => {
    const quotes = usage({ windows: [window({ label: `it's "$HOME" \\ $(touch pwn)` })] });
    for (const of of [quotes, STATES.stale, ...PAYLOADS.map(hostile)]) {
      const label = `label=${renderLine(of, { color: false })}`;
      expect(words(render(of))).toMatch(/\nlabel\.color=0xff[0-9a-f]{6}\n$/);
      expect(words(render(of)).split('\n')[0]).toBe(label);
    }
  });

  it('are two words on one line, for any usage', () => {
    fc.assert(
      fc.property(anyUsage, (of) => {
        expect(render(of)).toMatch(/^label='[^'\u0000-\u001F\u007F-\u009F]*' label\.color=0xff[0-9a-f]{6}$/);
      }),
    );
  });
});
