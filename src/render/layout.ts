import { eastAsianWidth } from 'get-east-asian-width';
import { ELLIPSIS } from './glyphs.ts';
import type { Span } from './spans.ts';

/** What our own texts are made of: a column each. */
const NARROW = /^[ -~·…█░]*$/;

/** For the texts of others. Thousands of emoji take milliseconds to be read: not before there is a text to be measured. */
let others: { readonly emoji: RegExp; readonly clusters: RegExp } | undefined;

function patterns(): NonNullable<typeof others> {
  others ??= {
    // What is two columns wide as a whole: emoji, also those made of several characters.
    emoji: new RegExp(String.raw`^\p{RGI_Emoji}$`, 'v'),
    // What is seen as one character: an emoji, or a character with all that is put on top of it.
    clusters: new RegExp(String.raw`\p{RGI_Emoji}|.[\p{M}\u200D]*`, 'gsv'),
  };
  return others;
}

const INVISIBLE = /^[\p{M}\u200D]/u;

/** Columns that a terminal gives a text. */
export function widthOf(text: string): number {
  if (NARROW.test(text)) return text.length;
  return clustersOf(text).reduce((width, cluster) => width + clusterWidth(cluster), 0);
}

/** As much of the beginning of a text as `width` columns hold. */
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
