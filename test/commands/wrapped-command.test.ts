import { describe, expect, it } from 'vitest';
import { beside } from '../../src/commands/wrapped-command.ts';

const ESC = '\u001B';
const BEL = '\u0007';
const RESET = `${ESC}[0m`;
const UNLINK = `${ESC}]8;;${ESC}\\`;
const link = (to: string, end = BEL) => `${ESC}]8;;${to}${end}`;

/** The text that is added between the output and the line. */
const endOf = (output: string) =>
  beside(output, () => 'LINE', null)
    .slice(0, -'  LINE'.length)
    .slice(output.length);

describe('the output of the wrapped command', () => {
  it.each<[string, string, string]>([
    ['plain', 'mine', ''],
    ['a colour that is ended', `${ESC}[31mmine${RESET}`, ''],
    ['a colour that is ended the short way', `${ESC}[31mmine${ESC}[m`, ''],
    ['a colour that is not ended', `${ESC}[31mmine`, RESET],
    ['a colour that is ended, and another one', `${ESC}[31mmi${RESET}${ESC}[1mne`, RESET],
    ['a reset and a colour in one', `${ESC}[0;31mmine`, RESET],
    ['the first of 256 colours', `${ESC}[38;5;0mmine`, RESET],
    ['a colour of 24 bits, with colons', `${ESC}[48:2::0:0:0mmine`, RESET],
    ['the default colour again, while it is bold', `${ESC}[1;31mmine${ESC}[39m`, RESET],
    ['a colour that begins in an earlier row', `${ESC}[31mmine\nsecond`, RESET],
    ['a link that is ended', `${link('https://x.example')}mine${link('')}`, ''],
    ['a link that is ended by ST', `${link('https://x.example', `${ESC}\\`)}mine${link('', `${ESC}\\`)}`, ''],
    ['a link that is not ended', `${link('https://x.example')}mine`, UNLINK],
    ['a link with an id', `${ESC}]8;id=1;https://x.example${BEL}mine`, UNLINK],
    ['a link and a colour', `${ESC}[4m${link('https://x.example')}mine`, UNLINK + RESET],
    ['another sequence', `${ESC}[?25lmine${ESC}]0;title${BEL}`, ''],
  ])('is ended as it needs, with %s', (_case, output, end) => {
    expect(endOf(output)).toBe(end);
  });

  it.each([`${ESC}`, `${ESC}[`, `${ESC}[38;5`, `${ESC}]8;;https://x.example`, `${ESC}]0;title`, `${ESC}Pq`])(
    'loses a sequence that is cut off, which would swallow the line: %j',
    (cut) => {
      expect(beside(`mine${cut}`, () => 'LINE', null)).toBe('mine  LINE');
    },
  );

  it('leaves the line alone if it is empty, and ends its colours also before a row of the line', () => {
    expect(beside('', () => 'LINE', null)).toBe('LINE');
    expect(beside(`${ESC}[31m${'x'.repeat(30)}`, (columns) => `LINE ${columns}`, 40)).toBe(
      `${ESC}[31m${'x'.repeat(30)}${RESET}\nLINE 40`,
    );
  });

  it('takes the columns of its characters, without colours and links', () => {
    const output = `first\n${ESC}[38:5:1m${link('https://x.example/with/a/long/path')}日本${link('')}${RESET}`;
    expect(beside(output, (columns) => `LINE ${columns}`, 80)).toBe(`${output}  LINE 74`);
  });

  it.each([
    ['colours', `${ESC}[31m`],
    ['links without an end', `${ESC}]8;;`],
    ['escapes', ESC],
    ['parameters', `${ESC}[1;1;`],
  ])('is read in a time that grows with its length: %s', (_case, piece) => {
    const time = (length: number) => {
      const output = piece.repeat(length / piece.length);
      const start = performance.now();
      beside(output, () => 'LINE', 80);
      return performance.now() - start;
    };
    time(1024);
    expect(time(64 * 1024)).toBeLessThan(1000);
  });
});
