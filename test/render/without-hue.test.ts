import { expect, it } from 'vitest';
import { DEFAULT_APPEARANCE } from '../../src/render/appearance.ts';
import type { Style } from '../../src/render/style.ts';
import { paint } from '../../src/render/spans.ts';
import { keepsWeight, withoutHue } from '../../src/render/without-hue.ts';

it.each([
  ['at a terminal', 'auto', { NO_COLOR: '1' }, true, true],
  ['at a terminal with `--color never`', 'never', { NO_COLOR: '1' }, true, false],
  ['at a terminal without NO_COLOR', 'auto', { NO_COLOR: '' }, true, false],
  ['at a dumb terminal', 'auto', { NO_COLOR: '1', TERM: 'dumb' }, true, false],
  ['in a pipe', 'auto', { NO_COLOR: '1' }, false, false],
] as const)('text without colour %s: --color %s, %j', (_where, flag, env, terminal, kept) => {
  expect(keepsWeight({ flag, env, isTerminal: () => terminal })).toBe(kept);
});

it('what is critical is bold and reversed without any hue, and all else is plain', () => {
  const { colors } = DEFAULT_APPEARANCE;
  const nord = { ...colors, critical: { ...colors.critical, ansi: { indexed: 160 } } };
  const painted = (style: Style) => paint([{ text: 'x', style }], true, withoutHue(nord));
  expect(painted('critical')).toBe('\u001B[1;7mx\u001B[0m');
  expect(painted('urgent')).toBe('\u001B[1mx\u001B[0m');
  for (const style of ['ok', 'warn', 'dim', 'notice', 'strong'] as const) expect(painted(style)).toBe('x');
});
