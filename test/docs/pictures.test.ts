import fs from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { drawnGlyph } from '../../docs/screenshots/glyphs.mjs';
import { CELL, PADDING, svgOf } from '../../docs/screenshots/svg.mjs';
import { CLOCK, DATE, MOMENT } from '../../docs/screenshots/moment.cjs';
import { inChromium } from '../support/browser.ts';
import { describeWith } from '../support/tools.ts';
import { PICTURES } from './pages.ts';

/** A word of a picture as Chromium has drawn it, px. */
interface Word {
  readonly text: string;
  readonly row: number;
  /** Where each character starts. */
  readonly starts: readonly number[];
  /** The width of the word, and the width that its font gives it. */
  readonly width: number;
  readonly natural: number;
}

/** A picture as a page shows it. */
interface Seen {
  readonly width: number;
  readonly height: number;
  /** What the picture says it shows, a line each. */
  readonly lines: readonly string[];
  readonly words: readonly Word[];
  /** For each row one character for each column: `x` where something is drawn in the middle of the cell. */
  readonly ink: readonly string[];
}

/** How far a glyph may be from its column, in columns. */
const OFF = 0.2;
/** How much wider or narrower than in its font a word may be drawn. Monospace fonts are 0.55 to 0.62 em wide. */
const STRETCHED = 1.13;

/** Measures pictures (the text of SVG files) in Chromium, in an `<img>` as pages have them, and in the document. */
function seen(pictures: readonly string[]): Seen[] {
  return inChromium(
    { pictures, CELL, PADDING },
    `
    const { CELL, PADDING } = input;
    const SCALE = 4;
    const rowOf = (y) => Math.floor((y - PADDING.y) / CELL.height);
    const results = [];
    for (const source of input.pictures) {
      const svg = document.importNode(new DOMParser().parseFromString(source, 'image/svg+xml').documentElement, true);
      document.body.append(svg);
      await document.fonts.ready;
      const words = [...svg.querySelectorAll('text')].map((element) => {
        const text = element.textContent;
        // Fewer than in the text where spaces have collapsed.
        const count = element.getNumberOfChars();
        const starts = Array.from({ length: count }, (_, index) => element.getStartPositionOfChar(index).x);
        const width = element.getEndPositionOfChar(count - 1).x - starts[0];
        const free = element.cloneNode(true);
        free.removeAttribute('textLength');
        element.after(free);
        const natural = free.getComputedTextLength();
        free.remove();
        return { text, row: rowOf(element.getStartPositionOfChar(0).y), starts, width, natural };
      });
      const lines = svg.querySelector('desc')?.textContent.split('\\n') ?? [];
      const image = new Image();
      image.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(source);
      await image.decode();
      const { naturalWidth: width, naturalHeight: height } = image;
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width: width * SCALE, height: height * SCALE });
      const context = canvas.getContext('2d', { willReadFrequently: true });
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      const differs = (row, column) => {
        // The middle of the cell: a letter may reach over its edge by a pixel.
        const left = Math.round((PADDING.x + (column + 0.2) * CELL.width) * SCALE);
        const top = Math.round((PADDING.y + row * CELL.height) * SCALE) + SCALE;
        const { data } = context.getImageData(left, top, Math.round(0.6 * CELL.width * SCALE), Math.round(CELL.height * SCALE) - 2 * SCALE);
        for (let at = 4; at < data.length; at += 4) {
          if (Math.abs(data[at] - data[0]) + Math.abs(data[at + 1] - data[1]) + Math.abs(data[at + 2] - data[2]) > 24) return true;
        }
        return false;
      };
      const columns = Math.round((width - 2 * PADDING.x) / CELL.width);
      const rows = Math.round((height - 2 * PADDING.y) / CELL.height);
      const ink = Array.from({ length: rows }, (_, row) =>
        Array.from({ length: columns }, (_unused, column) => (differs(row, column) ? 'x' : ' ')).join(''),
      );
      results.push({ width, height, lines, words, ink });
      svg.remove();
    }
    return results;
  `,
  );
}

/** What is wrong with a picture, one sentence each. */
function mistakesOf({ lines, words, ink }: Seen): string[] {
  const mistakes: string[] = [];
  for (const { text, row, starts, width, natural } of words) {
    const named = `"${text}" in row ${row + 1}`;
    const column = (starts[0] ?? Number.NaN) / CELL.width - PADDING.x / CELL.width;
    if (Math.abs(column - Math.round(column)) > OFF) mistakes.push(`${named} starts between two columns`);
    for (const [index, start] of starts.entries()) {
      const expected = PADDING.x + (Math.round(column) + index) * CELL.width;
      if (Math.abs(start - expected) > OFF * CELL.width) mistakes.push(`character ${index + 1} of ${named} is off`);
    }
    // A character of another font is fitted into its cell.
    if (/^[ -~]+$/.test(text) && Math.max(width / natural, natural / width) > STRETCHED) {
      mistakes.push(`${named} is drawn ${Math.round(width)} px wide instead of ${Math.round(natural)}`);
    }
  }
  for (const [row, drawn] of ink.entries()) {
    const expected = [...inkOf(lines[row] ?? '', drawn.length)];
    const wrong = expected.findIndex((cell, column) => cell !== '?' && cell !== drawn[column]);
    if (wrong !== -1) {
      mistakes.push(`row ${row + 1}, column ${wrong + 1}: expected ${JSON.stringify(lines[row])}, drawn:\n${drawn}`);
    }
  }
  return mistakes;
}

/** `x` for a cell with a letter, a blank for an empty one, `?` for a cell that a shape fills or a small sign is in. */
function inkOf(line: string, columns: number): string {
  const cell = { x: 0, y: 0, ...CELL };
  return [...line.padEnd(columns)]
    .map((character) => {
      if (character === ' ') return ' ';
      const letter = /^[0-9A-Za-z%$@]$/.test(character);
      return letter && drawnGlyph(character, cell, 1) === null ? 'x' : '?';
    })
    .join('');
}

describeWith('chromium', 'pictures in Chromium', () => {
  describe('each picture of the README and the host pages', () => {
    const svgs = PICTURES.filter((name) => name.endsWith('.svg'));
    let all: Seen[];
    beforeAll(() => {
      all = seen(svgs.map((name) => fs.readFileSync(name, 'utf8')));
    });

    it.each(svgs.map((name, index) => [name.replace(/.*\/docs\//, ''), index] as const))(
      '%s has every glyph at its column: no text is stretched and no space is lost',
      (_name, index) => {
        const picture = all[index];
        expect(picture?.words.length).toBeGreaterThan(0);
        expect(mistakesOf(picture as Seen)).toEqual([]);
      },
    );
  });

  it('shows every bitmap of the host pages', () => {
    const bitmaps = PICTURES.filter((name) => name.endsWith('.png'));
    const sources = bitmaps.map((name) => `data:image/png;base64,${fs.readFileSync(name, 'base64')}`);
    const sizes = inChromium<number[][]>(
      sources,
      `return Promise.all(input.map(async (source) => {
        const image = Object.assign(new Image(), { src: source });
        await image.decode();
        return [image.naturalWidth, image.naturalHeight];
      }));`,
    );
    for (const [width = 0, height = 0] of sizes) {
      expect(width).toBeGreaterThan(300);
      expect(height).toBeGreaterThan(15);
    }
    expect(sizes).toHaveLength(bitmaps.length);
  });

  it('finds a word that is stretched, a word that is moved and a space that is lost', () => {
    const right = svgOf('5h   22% in 4h37m', 'dark', 'a line');
    // A run of words in one element loses its spaces, and the rest is stretched over the columns.
    const collapsed = right.replace(
      /<text.*<\/text>/s,
      '<text x="18" y="30" textLength="142.8" lengthAdjust="spacingAndGlyphs">5h   22% in 4h37m</text>',
    );
    const moved = right.replace('x="60"', 'x="51.6"');
    const wide = right.replace('textLength="25.2"', 'textLength="42"');
    const [good, ...bad] = seen([right, collapsed, moved, wide]).map(mistakesOf);
    expect(good).toEqual([]);
    for (const mistakes of bad) expect(mistakes).not.toEqual([]);
  });
});

it('the clocks and dates of all pictures are those of one moment', () => {
  const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);
  const clock = (minutes: number) => new Date(MOMENT + minutes * 60_000).toISOString().slice(11, 16);
  expect(clock(0)).toBe(CLOCK);
  expect(dayOf(Date.parse(`${DATE} UTC`))).toBe(dayOf(MOMENT));
  // When the numbers were read, fresh and stale ones; the next request; the two resets.
  const known = [0, -1, -12, 1, 2 * 60 + 10, 3 * 24 * 60 + 60].map(clock);
  for (const name of PICTURES.filter((picture) => picture.endsWith('.svg'))) {
    const [, text = ''] = /<desc>(.*)<\/desc>/s.exec(fs.readFileSync(name, 'utf8')) ?? [];
    for (const time of text.match(/\b\d\d:\d\d\b/g) ?? []) expect(known, name).toContain(time);
    for (const date of text.match(/\b\d\d-\w{3}-\d\d\b/g) ?? []) expect(date, name).toBe(DATE);
  }
});

it('a style in a captured screen lasts over the end of its line', () => {
  const picture = svgOf('\u001B[34m~\n~\u001B[39m\n~', 'dark', 'an editor');
  const coloured = [...picture.matchAll(/<text[^>]*>~/g)].map(([element]) => element.includes('fill="#58a6ff"'));
  expect(coloured).toEqual([true, true, false]);
});
