import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderLine } from '../../../src/render/line.ts';
import { renderOutput } from '../../../src/render/outputs/index.ts';
import type { Usage } from '../../../src/usage/model.ts';
import { anyUsage, context, PERCENTS, STATES, used } from './cases.ts';

const render = (usage: Usage, color = false) => renderOutput('vim', usage, context({ color }));

/** What vim shows of a format that has groups and percent signs alone; anything else in it is a mistake. */
function shown(format: string): string {
  const rest = format.replaceAll(/%%|%#Usageline[A-Z][a-z]+#|%\*/g, (code) => (code === '%%' ? '\0' : ''));
  expect(rest).not.toContain('%');
  return rest.replaceAll('\0', '%');
}

describe('the status line of vim', () => {
  it.each(PERCENTS)('doubles the sign of %d %', (percent, text) => {
    expect(render(used(percent))).toBe(`5h ${text}% 4h37m`);
  });

  it('has the highlight groups of the styles with colour', () => {
    expect(render(STATES.stale, true)).toBe(
      '5h %#UsagelineWarn#22%%%* 4h37m · 7d %#UsagelineOk#33%%%* 4d3h · ' +
        '%#UsagelineDim#12m ago%* · %#UsagelineNotice#rate limited 4m%*',
    );
  });

  it('has the text of the line, for any usage', () => {
    fc.assert(
      fc.property(anyUsage, fc.boolean(), (usage, color) => {
        expect(shown(render(usage, color))).toBe(renderLine(usage, { color: false }));
      }),
    );
  });
});
