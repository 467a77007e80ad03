import type { Span } from './color.ts';
import { ELLIPSIS } from './glyphs.ts';

/** Cut to `width` columns, the cut marked. All text here is one column a character. */
export function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1)).trimEnd()}${ELLIPSIS}`;
}

/** A line cut to `width` columns, in its own styles, without white space at its end. */
export function clipLine(spans: readonly Span[], width: number): Span[] {
  const line: Span[] = [];
  let room = width;
  for (const span of spans) {
    const text = clip(span.text, room);
    line.push({ ...span, text });
    room -= text.length;
    if (text.length < span.text.length) break;
  }
  while (line.length > 0) {
    const last = line[line.length - 1]!;
    const text = last.text.trimEnd();
    if (text !== '') return [...line.slice(0, -1), { ...last, text }];
    line.pop();
  }
  return line;
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
