import { describe, expect, it } from 'vitest';
import { beside } from '../../src/commands/wrapped-command.ts';

const ESC = '\u001B';
const BEL = '\u0007';
const RESET = `${ESC}[0m`;
const UNLINK = `${ESC}]8;;${ESC}\\`;
const link = (to: string, end = BEL) => `${ESC}]8;;${to}${end}`;

/** What stands between the output of the wrapped command and our line. */
const endOf = (output: string) =>
  beside(output, () => 'OURS', null)
    .slice(0, -'  OURS'.length)
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
  ])('with %s', (_case, output, end) => {
    expect(endOf(output)).toBe(end);
  });

  it.each([`${ESC}`, `${ESC}[`, `${ESC}[38;5`, `${ESC}]8;;https://x.example`, `${ESC}]0;title`, `${ESC}Pq`])(
    'loses a sequence that is cut off, which would swallow our line: %j',
    (cut) => {
      expect(beside(`mine${cut}`, () => 'OURS', null)).toBe('mine  OURS');
    },
  );

  it('is nothing where there is none, and ends its colours before a row of ours, too', () => {
    expect(beside('', () => 'OURS', null)).toBe('OURS');
    expect(beside(`${ESC}[31m${'x'.repeat(30)}`, (columns) => `OURS ${columns}`, 40)).toBe(
      `${ESC}[31m${'x'.repeat(30)}${RESET}\nOURS 40`,
    );
  });

  it('has the room that its characters take, without colours and links', () => {
    const output = `first\n${ESC}[38:5:1m${link('https://x.example/with/a/long/path')}日本${link('')}${RESET}`;
    expect(beside(output, (columns) => `OURS ${columns}`, 80)).toBe(`${output}  OURS 74`);
  });

  it.each([
    ['colours', `${ESC}[31m`],
    ['links without an end', `${ESC}]8;;`],
    ['escapes', ESC],
    ['parameters', `${ESC}[1;1;`],
  ])('is looked at in a time that grows with its length: %s', (_case, piece) => {
    const time = (length: number) => {
      const output = piece.repeat(length / piece.length);
      const start = performance.now();
      beside(output, () => 'OURS', 80);
      return performance.now() - start;
    };
    time(1024);
    expect(time(64 * 1024)).toBeLessThan(1000);
  });
});
