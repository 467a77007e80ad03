import type { Span } from './color.ts';
import { ELLIPSIS } from './glyphs.ts';
import { startOf, widthOf } from './width.ts';

/** Cut to `width` columns, the cut marked. */
export function clip(text: string, width: number, ellipsis = ELLIPSIS): string {
  if (widthOf(text) <= width) return text;
  const mark = ellipsis.slice(0, Math.max(0, width));
  return `${startOf(text, width - mark.length).trimEnd()}${mark}`;
}

/** A line cut to `width` columns, the cut marked, in its own styles, without white space at its end. */
export function clipLine(spans: readonly Span[], width: number, ellipsis = ELLIPSIS): Span[] {
  const whole = [...spans];
  trimEnd(whole);
  if (lineWidth(whole) <= width) return whole;
  const mark = ellipsis.slice(0, Math.max(0, width));
  const line: Span[] = [];
  let room = width - mark.length;
  for (const span of whole) {
    const text = startOf(span.text, room);
    if (text === span.text) line.push(span);
    else return [...line, { ...span, text: text + mark }];
    room -= widthOf(text);
  }
  return line;
}

/** Takes white space from the end of a line that is being made. */
export function trimEnd(line: Span[]): void {
  for (let last = line.pop(); last !== undefined; last = line.pop()) {
    const text = last.text.trimEnd();
    if (text === '') continue;
    line.push(text === last.text ? last : { ...last, text });
    return;
  }
}

/** Columns of a line. */
export function lineWidth(spans: readonly Span[]): number {
  return spans.reduce((width, { text }) => width + widthOf(text), 0);
}

/** Prose in lines of at most `width` columns, broken between words; a longer word is broken anywhere. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (let word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length <= width) {
      line += ` ${word}`;
      continue;
    }
    if (line !== '') lines.push(line);
    for (; word.length > width; word = word.slice(width)) lines.push(word.slice(0, width));
    line = word;
  }
  return line === '' ? lines : [...lines, line];
}
