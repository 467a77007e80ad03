import { describe, expect, it } from 'vitest';
import { listed, named, pageOf, prose } from '../../src/commands/setup-page.ts';

const TEXT = 'Start a new shell, or: exec bash. For login shells: a line in the file of bash_profile';

describe('what setup prints', () => {
  it.each([
    [30, 40],
    [40, 40],
    [100, 100],
    [200, 100],
    [undefined, 80],
  ])(
    'to a terminal of %j columns has no line of more than %i, and breaks none within a word',
    (given, width) => {
      const page = pageOf(true, given);
      for (const text of [prose(`${TEXT}\n${TEXT}\n`, page), named('  completions  ', TEXT, page)]) {
        for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
        expect(text.split(/\s+/)).toEqual(expect.arrayContaining(TEXT.split(' ')));
      }
      expect(page.sketch).toBe(width - 4);
    },
  );

  it('to no terminal has the lines that the texts have', () => {
    const page = pageOf(false, 40);
    expect(prose(`${TEXT}\n`, page)).toBe(`${TEXT}\n`);
    expect(named('  bash  ', TEXT, page)).toBe(`  bash  ${TEXT}`);
    expect(page.sketch).toBe(76);
  });

  it('has files below their host where one of them is too long beside it', () => {
    const files = ['~/.config/waybar/config (new)', '~/.bashrc'];
    expect(listed(' 8  waybar       ', files, pageOf(true, 80))).toBe(
      ' 8  waybar       ~/.config/waybar/config (new)\n                 ~/.bashrc',
    );
    expect(listed(' 8  waybar       ', files, pageOf(true, 40))).toBe(
      ' 8  waybar\n    ~/.config/waybar/config (new)\n    ~/.bashrc',
    );
  });
});
