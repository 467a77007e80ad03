import { eastAsianWidth } from 'get-east-asian-width';
import { ELLIPSIS } from './glyphs.ts';
import type { Span } from './spans.ts';

/** The characters of usageline's own texts: one column each. */
const NARROW = /^[ -~\u00B7\u2026\u2500-\u259F\uE0B1\uF071\uF0E4\uF252]*$/;

/** Patterns for other texts. Compiling them takes milliseconds (thousands of emoji), so it waits until a text needs them. */
let compiled: { readonly emoji: RegExp; readonly clusters: RegExp } | undefined;

function patterns(): NonNullable<typeof compiled> {
  compiled ??= {
    // Two columns wide: an emoji, also one of several code points.
    emoji: new RegExp(String.raw`^\p{RGI_Emoji}$`, 'v'),
    // What a reader sees as one character: an emoji, or a character with its combining marks.
    clusters: new RegExp(String.raw`\p{RGI_Emoji}|.[\p{M}\u200D]*`, 'gsv'),
  };
  return compiled;
}

const INVISIBLE = /^[\p{M}\u200D]/u;

/** Width of a text in terminal columns. */
export function widthOf(text: string): number {
  if (NARROW.test(text)) return text.length;
  return clustersOf(text).reduce((width, cluster) => width + clusterWidth(cluster), 0);
}

/** The longest beginning of a text that fits `width` columns. */
export function startOf(text: string, width: number): string {
  if (NARROW.test(text)) return text.slice(0, Math.max(0, width));
  let room = width;
  let start = '';
  for (const cluster of clustersOf(text)) {
    room -= clusterWidth(cluster);
    if (room < 0) break;
    start += cluster;
  }
  return start;
}

function clustersOf(text: string): readonly string[] {
  return text.match(patterns().clusters) ?? [];
}

function clusterWidth(cluster: string): number {
  if (patterns().emoji.test(cluster)) return 2;
  if (INVISIBLE.test(cluster)) return 0;
  return eastAsianWidth(cluster.codePointAt(0) as number);
}

/** A text of at most `width` columns; a cut ends with the ellipsis. */
export function clip(text: string, width: number, ellipsis = ELLIPSIS): string {
  if (widthOf(text) <= width) return text;
  const mark = ellipsis.slice(0, Math.max(0, width));
  return `${startOf(text, width - mark.length).trimEnd()}${mark}`;
}

/** A line of at most `width` columns, without trailing white space; a cut ends with the ellipsis, in the style of the cut span. */
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

/** Removes trailing white space from a line, by changing it. */
export function trimEnd(line: Span[]): void {
  for (let last = line.pop(); last !== undefined; last = line.pop()) {
    const text = last.text.trimEnd();
    if (text === '') continue;
    line.push(text === last.text ? last : { ...last, text });
    return;
  }
}

/** Width of a line in columns. */
export function lineWidth(spans: readonly Span[]): number {
  return spans.reduce((width, { text }) => width + widthOf(text), 0);
}

/** Wraps a text into lines of at most `width` characters, between words; a longer word is broken. */
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
