import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lineBuffer, MAX_LINE, readLines } from '../../../../src/fetch/claude/transcripts/lines.ts';
import type { Position } from '../../../../src/fetch/claude/transcripts/lines.ts';
import { fakeSystem } from '../../../support/system.ts';

const { root } = fakeSystem();
const buffer = lineBuffer();
const start: Position = { offset: 0, skipping: false };

/** What is read of a file with such a content, from a position on, in one go or with a stop after every chunk. */
function read(content: string | Buffer, from = start, stop = () => false) {
  const path = join(root, 'file.jsonl');
  fs.writeFileSync(path, content);
  const fd = fs.openSync(path, 'r');
  const lines: string[] = [];
  try {
    const position = readLines(fs, fd, from, buffer, stop, (line) => lines.push(line.toString()));
    return { lines, ...position };
  } finally {
    fs.closeSync(fd);
  }
}

const counting = (text: string) => `{"usage":"${text}"}`;
const tail = (length: number) => 'x'.repeat(length);

describe('reading the lines of a transcript', () => {
  it('passes on only lines that can count', () => {
    const text = `${counting('a')}\n{"other":1}\n\n{"text":"\\"usage\\""}\n${counting('b')}\n`;
    expect(read(text)).toEqual({
      lines: [counting('a'), counting('b')],
      offset: text.length,
      skipping: false,
      complete: true,
    });
  });

  it('passes on a last line without a line end, and reads it again', () => {
    const half = '{"usage":1';
    const text = `${counting('a')}\n${half}`;
    expect(read(text)).toMatchObject({ lines: [counting('a'), half], offset: text.length - half.length });
    expect(read(`${text}}\n`, { offset: text.length - half.length, skipping: false })).toMatchObject({
      lines: [`${half}}`],
      offset: text.length + 2,
    });
  });

  it.each([255, 256, 257, 511, 512, 1023])('finds a line across the border of chunks (%i KiB)', (kib) => {
    for (const more of [-9, -1, 0, 1]) {
      const text = `${tail(kib * 1024 + more)}\n${counting(tail(600_000))}\n${counting('b')}\n`;
      expect(read(text)).toMatchObject({
        lines: [counting(tail(600_000)), counting('b')],
        offset: text.length,
      });
    }
  });

  it('passes on a line of a mebibyte and skips a longer one', () => {
    const longest = counting(tail(MAX_LINE - 12));
    expect(longest.length).toBe(MAX_LINE);
    const text = `${longest}\n${counting(tail(MAX_LINE - 11))}\n${counting('b')}\n`;
    expect(read(text).lines.map((line) => line.length)).toEqual([MAX_LINE, counting('b').length]);
  });

  it('skips a line of many mebibytes, also an unfinished one', () => {
    const long = counting(tail(5 * MAX_LINE));
    const first = read(long);
    expect(first).toMatchObject({ lines: [], skipping: true, complete: true, offset: long.length });
    const grown = `${long}and on\n${counting('b')}\n`;
    expect(read(grown, first)).toEqual({
      lines: [counting('b')],
      offset: grown.length,
      skipping: false,
      complete: true,
    });
  });

  it('has the same result in any number of calls', () => {
    const lines = Array.from({ length: 3000 }, (_, index) => counting(tail((index * 7919) % 1500)));
    lines.splice(1000, 0, counting(tail(3 * MAX_LINE)), counting(tail(700_000)));
    const text = `${lines.join('\n')}\n{"usage"`;
    const found: string[] = [];
    let position: ReturnType<typeof read> = { ...read(''), complete: false };
    let turns = 0;
    while (!position.complete) {
      position = read(text, position, () => true);
      found.push(...position.lines);
      turns += 1;
    }
    expect(turns).toBeGreaterThan(5);
    const expected = lines.filter((line) => line.length <= MAX_LINE);
    expect(new Set(found)).toEqual(new Set([...expected, '{"usage"']));
    expect(position.offset).toBe(text.length - '{"usage"'.length);
  });
});
