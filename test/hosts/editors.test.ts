import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Machine } from '../support/program.ts';
import { describeWith } from '../support/tools.ts';
import { aHost, entry, eventually, OLD_LINE, Terminal } from './host.ts';
import type { Host } from './host.ts';
import { aHostileHost, harmDone } from './hostile.ts';

/** The ways to put a text into a status line. Each of them reads the text as a format. */
const FORMATS = ['g:usageline', "'%!g:usageline'", "'%{%g:usageline%}'"];

/** What neovim displays for the text in two of these ways. Only the option evaluates `%!`. */
function evaluated(machine: Machine, text: string, ...setup: string[]) {
  const script = [
    'set nocompatible',
    `let g:usageline = ${JSON.stringify(text)}`,
    ...setup,
    'let g:options = #{maxwidth: 2000, highlights: v:true}',
    "let shown = map([g:usageline, '%{%g:usageline%}'], {_, it -> nvim_eval_statusline(it, g:options)})",
    'call writefile([json_encode(shown)], $HOME .. "/shown")',
    'qall!',
  ];
  fs.writeFileSync(join(machine.home, 'script.vim'), script.join('\n'));
  const { status, stderr } = spawnSync(
    'nvim',
    ['--headless', '-u', 'NONE', '-i', 'NONE', '-n', '-S', 'script.vim'],
    { cwd: machine.home, env: machine.env, encoding: 'utf8', timeout: 20_000 },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(fs.readFileSync(join(machine.home, 'shown'), 'utf8')) as {
    str: string;
    width: number;
    highlights: { group: string; start: number }[];
  }[];
}

describeWith('nvim', 'in the status line of neovim', () => {
  it('shows the line with the width that neovim computes for it', async () => {
    const host = await aHost(['vim']);
    const text = await host.printedLine('vim');
    expect(text.replaceAll(/%#Usageline[A-Z][a-z]+#|%\*/g, '')).toBe(OLD_LINE.replaceAll('%', '%%'));
    for (const shown of evaluated(host.machine, text)) {
      expect(shown).toMatchObject({ str: OLD_LINE, width: OLD_LINE.length });
    }
  });

  it('uses its highlight groups, and shows the same text where they are not defined', async () => {
    const host = await aHost(['vim']);
    const text = await host.printedLine('vim');
    for (const { str } of evaluated(host.machine, text)) expect(str).toBe(OLD_LINE);
    for (const { str, highlights } of evaluated(host.machine, text, 'highlight UsagelineOk ctermfg=2')) {
      expect(str).toBe(OLD_LINE);
      const groups = highlights.map(({ group, start }) => `${start} ${group}`);
      // The group begins at the 33 % of the week and ends behind them, in bytes.
      expect(groups).toContain('19 UsagelineOk');
      expect(groups).not.toContain('22 UsagelineOk');
    }
  });

  it('runs nothing from a hostile model name', async () => {
    const host = await aHostileHost();
    const plain = await host.printedLine('plain');
    for (const { str } of evaluated(host.machine, await host.printedLine('vim'))) expect(str).toBe(plain);
    expect(harmDone(host.machine)).toEqual([]);
  });
});

/** vim with the program's text in its status line, put there in the given way. */
async function atVim(host: Host, way: string): Promise<Terminal> {
  const command = `${process.execPath} ${entry} --output vim`;
  const vimrc = [
    'set nocompatible laststatus=2 encoding=utf-8 noswapfile viminfo= shortmess+=I',
    `let g:usageline = trim(system('${command}'))`,
    `let &statusline = ${way}`,
    '',
  ].join('\n');
  return Terminal.open(host, ['vim', '-u', host.write('vimrc', vimrc)], 1000);
}

describeWith('tmux', "on vim's screen", () =>
  describeWith('vim', 'in the status line', () => {
    it.concurrent.each(FORMATS)('shows the line, by way of %s', async (way) => {
      const host = await aHost(['vim']);
      const terminal = await atVim(host, way);
      await terminal.shows(new RegExp(`^${OLD_LINE}$`, 'm'));
      await terminal.close();
    });

    it.concurrent.each(FORMATS)('runs nothing from a hostile model name, by way of %s', async (way) => {
      const host = await aHostileHost();
      const plain = (await host.printedLine('plain')).slice(0, 200);
      const terminal = await atVim(host, way);
      await eventually('the line', async () => (await terminal.screen()).includes(plain));
      await terminal.close();
      expect(harmDone(host.machine)).toEqual([]);
    });
  }),
);
