import { describe, expect, it } from 'vitest';
import { chosenIn, choiceText } from '../../src/commands/setup-answer.ts';
import { sketchOf } from '../../src/commands/setup-preview.ts';
import type { Shown } from '../../src/commands/setup-preview.ts';
import { INIT_TARGETS } from '../../src/init/target.ts';
import type { InitTarget } from '../../src/init/target.ts';
import type { LineKind } from '../../src/render/outputs/kinds.ts';

/** A line that takes every column that it gets, in the syntax of each host. */
function render(kind: LineKind, { columns }: Shown): string {
  const line = '5'.repeat(Math.min(columns, 200));
  if (kind === 'waybar') return JSON.stringify({ text: line });
  return kind === 'i3blocks' ? JSON.stringify({ full_text: line }) : line;
}

function rowsOf(target: InitTarget, columns: number): string[] {
  return sketchOf(target, { columns, color: false, render })?.split('\n') ?? [];
}

const targets = Object.keys(INIT_TARGETS) as InitTarget[];

describe('a sketch of a host', () => {
  it.each([22, 36, 60, 76, 96])('has no row of more than %i columns, whatever the host', (columns) => {
    for (const target of targets)
      for (const row of rowsOf(target, columns)) expect(row.length, target).toBeLessThanOrEqual(columns);
  });

  it('gives a right prompt half of the columns, as the hooks do', () => {
    for (const target of ['zsh', 'fish', 'p10k', 'oh-my-posh'] as const)
      expect(rowsOf(target, 80)[0]?.replaceAll(/[^5]/g, '').length, target).toBe(40);
  });

  it.each([
    ['neovim', 40, '{tightest.label} {tightest.percent}'],
    ['neovim', 60, 'minimal'],
    ['neovim', 76, 'compact'],
    ['emacs', 76, '{tightest.label} {tightest.percent}'],
    ['emacs', 90, 'minimal'],
    ['emacs', 96, 'compact'],
  ] as const)('of %s in %i columns has the format that the host has there: %s', (target, columns, format) => {
    const formats: unknown[] = [];
    sketchOf(target, { columns, color: false, render: (_, shown) => String(formats.push(shown.format)) });
    expect(formats).toEqual([format]);
  });

  /** Lines as wide as those about three limits. */
  const WIDTHS: Record<string, number> = { null: 78, compact: 29, minimal: 25, '{tightest.percent}': 3 };
  it.each([
    ['tmux', 40, '82%'],
    ['tmux', 60, 'x'.repeat(11)],
    ['tmux', 76, 'x'.repeat(29)],
    ['tmux', 130, 'x'.repeat(78)],
    ['nushell', 36, '09:41:00 AM'],
    ['nushell', 60, ` ${'x'.repeat(11)}`],
    ['nushell', 76, ` ${'x'.repeat(29)}`],
    ['nushell', 160, ` ${'x'.repeat(78)}`],
    ['polybar', 160, `${'x'.repeat(29)} 09:41 `],
  ] as const)('of %s in %i columns ends in the line that fits: %s', (target, columns, end) => {
    const of = ({ format }: Shown) =>
      format === '{tightest.percent}' ? '82%' : 'x'.repeat(WIDTHS[`${format}`] ?? 11);
    const sketch = sketchOf(target, { columns, color: false, render: (_, shown) => of(shown) }) ?? '';
    expect(sketch.slice(-end.length)).toBe(end);
    expect(sketch.slice(0, -end.length)).not.toMatch(/x/);
    expect(sketch.length).toBeLessThanOrEqual(Math.max(columns, 39));
  });
});

it('a sketch of vim has the colours of its highlight groups, and single percent signs', () => {
  const line = '5h %#UsagelineOk#22%%%* · %#UsagelineCritical#82%%%*';
  const sketch = sketchOf('vim', { columns: 76, color: true, render: () => line }) ?? '';
  expect(sketch).toContain(
    '5h 22%\u001B[0m\u001B[7m · \u001B[27;1;38;2;255;255;255;48;2;215;0;0m82%\u001B[0m\u001B[7m',
  );
});

describe('an answer to setup', () => {
  const entries = (['zsh', 'tmux', 'vim'] as const).map((target) => ({ target }));
  const chosen = (answer: string) => {
    const result = chosenIn(answer, entries);
    return typeof result === 'string' ? result : result.map(({ target }) => target).join(' ');
  };

  it.each([
    ['y', 'zsh tmux vim'],
    [' YES ', 'zsh tmux vim'],
    ['zsh', 'zsh'],
    ['2', 'tmux'],
    ['1, vim', 'zsh vim'],
    ['3 1', 'zsh vim'],
    ['2-3', 'tmux vim'],
    ['1-1', 'zsh'],
    ['-2', 'zsh vim'],
    ['-zsh', 'tmux vim'],
    ['-1,-vim', 'tmux'],
    ['-1-2', 'vim'],
    ['-1 -2 -3', ''],
    ['', ''],
    ['No', ''],
    ['q', ''],
    ['quit', ''],
  ])('%j installs these: %j', (answer, installed) => {
    expect(chosen(answer)).toBe(installed);
  });

  it.each([
    ['4', "'4' is not in the list"],
    ['0', "'0' is not in the list"],
    ['-4', "'-4' is not in the list"],
    ['3-2', "'3-2' is not in the list"],
    ['1-4', "'1-4' is not in the list"],
    ['-', "'-' is not in the list"],
    ['--1', "'--1' is not in the list"],
    ['y 2', "'y' is not in the list"],
    ['emacs', "'emacs' is not in the list"],
    ['1 -2', "'1 -2' names some to install and some to leave out"],
  ])('%j is refused, and the accepted answers are named', (answer, problem) => {
    expect(chosen(answer)).toBe(
      `${problem}; accepted: y, n, what to install by number (1 to 3), range (1-3) or name, or what to leave out with a dash before it (-1)`,
    );
  });

  it.each([
    ['y', 'Installing: zsh, tmux, vim. Left out: none.'],
    ['zsh', 'Installing: zsh. Left out: tmux, vim.'],
    ['-zsh', 'Installing: tmux, vim. Left out: zsh.'],
    ['n', ''],
  ])('%j is said again before anything is written: %j', (answer, said) => {
    const result = chosenIn(answer, entries);
    expect(typeof result === 'string' ? result : choiceText(result, entries)).toBe(said);
  });
});
