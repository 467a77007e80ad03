import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderLine } from '../../../src/render/line.ts';
import { DEFAULT_APPEARANCE } from '../../../src/render/appearance.ts';
import { renderOutput } from '../../../src/render/outputs/index.ts';
import type { Usage } from '../../../src/usage/model.ts';
import { window, usage } from '../usages.ts';
import { anyUsage, context, STATES, used } from './cases.ts';

const render = (of: Usage, color = true, appearance = DEFAULT_APPEARANCE) =>
  renderOutput('polybar', of, context({ color, appearance }));

/** What polybar shows: tags are taken away by its own rule (`%` and `{` begin one), and must be ones that we write. */
function shown(text: string): string {
  return text.replaceAll(/%\{([^}]*)\}/g, (_, tag: string) => {
    expect(tag).toMatch(/^([FB]#[0-9a-f]{6}|[FB]-|T-)$/);
    return '';
  });
}

describe('the output for polybar', () => {
  it.each([
    [22, '%{F#5fd7d7}22%%{F-}'],
    [60, '%{F#ffd75f}60%%{F-}'],
    [99.6, '%{B#ff6b6b}%{F#000000}99%%{F-}%{B-}'],
  ])('colours %d %', (percent, text) => {
    expect(render(used(percent))).toBe(`5h ${text} 4h37m`);
  });

  it('has the colours of the appearance, and none for the default colour of the host', () => {
    const colors = { ...DEFAULT_APPEARANCE.colors };
    colors.warn = { color: '#12ab34', bold: false, dim: false };
    colors.dim = { color: null, bold: false, dim: false };
    const line = render(STATES.stale, true, { ...DEFAULT_APPEARANCE, colors });
    expect(line).toContain('5h %{F#12ab34}22%%{F-} 4h37m');
    expect(line).toContain(' · 12m ago · ');
  });

  it('separates the two characters that begin a tag', () => {
    const of = usage({ windows: [window({ label: '5h %{F#f00}%{A1:touch pwn:}' })] });
    expect(shown(render(of))).toBe('5h %{F#f00}%{A1:touch pwn:} 22% 4h37m');
  });

  it('has the text of the line, on one line, for any usage', () => {
    fc.assert(
      fc.property(anyUsage, fc.boolean(), (of, color) => {
        expect(shown(render(of, color))).toBe(renderLine(of, { color: false }));
      }),
    );
  });
});
