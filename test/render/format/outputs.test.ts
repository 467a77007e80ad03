import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_APPEARANCE } from '../../../src/render/appearance.ts';
import { renderOutput } from '../../../src/render/outputs/index.ts';
import { formatMistake } from '../../../src/render/format/index.ts';
import { usage } from '../usages.ts';

const render = (kind: 'plain' | 'zsh' | 'bash' | 'fish' | 'starship' | 'tmux', format: string) => {
  const appearance = { ...DEFAULT_APPEARANCE, format };
  return renderOutput(kind, usage(), { color: false, appearance, countdowns: true });
};

/** What hosts take for more than text, in the literal text of a template. */
const literal = fc
  .array(
    fc.constantFrom(
      '%',
      '#',
      '!',
      '(',
      ')',
      '"',
      "'",
      '<',
      '&',
      '|',
      ';',
      '%F',
      '#[fg=red]',
      '%n',
      '日',
      'x',
    ),
    {
      maxLength: 12,
    },
  )
  .map((words) =>
    words
      .join('')
      .replaceAll('[', String.raw`\[`)
      .replaceAll(']', String.raw`\]`),
  );

describe('the literal text of a template', () => {
  it('is nothing but text in each host', () => {
    fc.assert(
      fc.property(literal, (text) => {
        const format = `-${text}{5h.used}`;
        expect(formatMistake(format)).toBeNull();
        const plain = `-${text.replaceAll('\\', '')}22%`;
        expect(render('plain', format)).toBe(plain);
        expect(render('zsh', format)).toBe(plain.replaceAll('%', '%%'));
        expect(render('tmux', format)).toBe(plain.replaceAll('#', '##'));
        for (const kind of ['bash', 'fish', 'starship'] as const) expect(render(kind, format)).toBe(plain);
      }),
    );
  });
});
