import { describe, expect, it } from 'vitest';
import { plain, paint, sgr } from '../../src/render/spans.ts';
import { DEFAULT_APPEARANCE } from '../../src/render/appearance.ts';
import type { Color } from '../../src/render/appearance.ts';
import { renderOutput } from '../../src/render/outputs/index.ts';
import type { LineKind } from '../../src/render/outputs/kinds.ts';
import { usage, window } from './usages.ts';

describe('painting', () => {
  const spans = [plain('5h '), { text: '22%', style: 'ok' }, { text: '', style: 'dim' }] as const;

  it('closes every span and leaves plain and empty spans unchanged', () => {
    expect(paint(spans, true)).toBe('5h \u001B[36m22%\u001B[0m');
  });

  it('writes nothing but the text without colour', () => {
    expect(paint(spans, false)).toBe('5h 22%');
  });

  it.each([
    ['ok', '36'],
    ['warn', '33'],
    ['critical', '1;7;31'],
    ['dim', '2'],
    ['notice', '33'],
    ['strong', '1'],
  ] as const)('%s is SGR %s', (style, code) => {
    expect(paint([{ text: 'x', style }], true)).toBe(`\u001B[${code}mx\u001B[0m`);
  });
});

const NOTHING: Color = { color: null, bold: false, dim: false };

describe('a colour for', () => {
  it.each<[Partial<Color>, string, string, string]>([
    [{ color: 'blue' }, '34', '%F{4}x%f', '#[fg=blue]x#[default]'],
    [{ color: 'bright-blue' }, '94', '%F{12}x%f', '#[fg=brightblue]x#[default]'],
    [{ color: '#ff8800' }, '38;2;255;136;0', '%F{#ff8800}x%f', '#[fg=#ff8800]x#[default]'],
    [
      { color: '#0a0b0c', bold: true },
      '1;38;2;10;11;12',
      '%B%F{#0a0b0c}x%f%b',
      '#[fg=#0a0b0c,bold]x#[default]',
    ],
    [{ bold: true }, '1', '%Bx%b', '#[bold]x#[default]'],
    [{ dim: true }, '2', '%F{8}x%f', '#[dim]x#[default]'],
    [{ color: 'red', dim: true }, '2;31', '%F{1}x%f', '#[fg=red,dim]x#[default]'],
    [{}, '', 'x', 'x'],
  ])('ANSI, zsh, bash and tmux: %j', (given, code, zsh, tmux) => {
    const color = { ...NOTHING, ...given };
    const colors = { ...DEFAULT_APPEARANCE.colors, ok: color };
    const appearance = { ...DEFAULT_APPEARANCE, colors };
    const painted = (kind: LineKind) => {
      const value = usage({ windows: [window({ resetsAt: null })] });
      return renderOutput(kind, value, { color: true, appearance, countdowns: true });
    };
    expect(sgr(color)).toBe(code);
    expect(painted('zsh')).toBe(`5h ${zsh.replace('x', '22%%')}`);
    expect(painted('tmux')).toBe(`5h ${tmux.replace('x', '22%')}`);
    const ansi = code === '' ? '22%' : `\u001B[${code}m22%\u001B[0m`;
    expect(painted('ansi')).toBe(`5h ${ansi}`);
    expect(painted('bash')).toBe(`5h ${ansi.replaceAll(/(\u001B\[[\d;]*m)/g, '\u0001$1\u0002')}`);
  });
});
