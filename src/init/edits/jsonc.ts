import type { Piece } from './edit.ts';

/*
 * JSON with comments and commas at the end of lists, as waybar and oh-my-posh read it, with the position of each value: one
 * value can be added or removed while every other byte stays.
 */

/** A value in a text. `start` is the index of its first character, `end` the index behind it. */
export interface Value {
  readonly start: number;
  readonly end: number;
  /** The properties of an object in order; null for any other value. */
  readonly properties: readonly Member[] | null;
  /** The elements of an array in order; null for any other value. */
  readonly elements: readonly Value[] | null;
}

/** A property. `start` is the index of its key's first quote, `end` the index behind its value. */
export interface Member {
  readonly key: string;
  readonly start: number;
  readonly end: number;
  readonly value: Value;
}

/** More levels than any host's configuration has; the scanner calls itself for each of them. */
const MAX_DEPTH = 100;
const BARE = /[\w.+-]+/y;

/** Thrown within this file only. */
class Unreadable extends Error {}

/** Scans a text. Returns why it is no JSON with comments, in words, or its value. */
export function scanJsonc(text: string): Value | string {
  const scanner = new Scanner(text);
  try {
    return scanner.whole();
  } catch (error) {
    if (error instanceof Unreadable) return error.message;
    throw error;
  }
}

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Value {
    // A byte order mark stands in front of some files.
    if (this.#text.startsWith('\uFEFF')) this.#at = 1;
    this.#skip();
    const value = this.#value(0);
    this.#skip();
    return this.#at < this.#text.length ? this.#fail() : value;
  }

  #value(depth: number): Value {
    const start = this.#at;
    const character = this.#text[start];
    if (depth > MAX_DEPTH) return this.#fail();
    if (character === '{') {
      const properties = this.#list('}', () => this.#member(depth));
      return { start, end: this.#at, properties, elements: null };
    }
    if (character === '[') {
      const elements = this.#list(']', () => this.#value(depth + 1));
      return { start, end: this.#at, properties: null, elements };
    }
    if (character === '"') this.#string();
    else {
      BARE.lastIndex = start;
      this.#at += BARE.exec(this.#text)?.[0].length ?? 0;
      if (this.#at === start) this.#fail();
    }
    return { start, end: this.#at, properties: null, elements: null };
  }

  #member(depth: number): Member {
    const start = this.#at;
    if (this.#text[start] !== '"') this.#fail();
    const key = this.#string();
    this.#skip();
    if (this.#text[this.#at] !== ':') this.#fail();
    this.#at += 1;
    this.#skip();
    const value = this.#value(depth + 1);
    return { key, start, end: value.end, value };
  }

  #list<T>(close: string, item: () => T): T[] {
    const items: T[] = [];
    this.#at += 1;
    this.#skip();
    while (this.#text[this.#at] !== close) {
      items.push(item());
      this.#skip();
      if (this.#text[this.#at] === ',') {
        this.#at += 1;
        this.#skip();
      } else if (this.#text[this.#at] !== close) this.#fail();
    }
    this.#at += 1;
    return items;
  }

  #string(): string {
    const start = this.#at;
    let at = start + 1;
    while (at < this.#text.length && this.#text[at] !== '"') at += this.#text[at] === '\\' ? 2 : 1;
    this.#at = at + 1;
    if (at >= this.#text.length) this.#fail();
    const literal = this.#text.slice(start, this.#at);
    try {
      return JSON.parse(literal);
    } catch {
      // A line break or an escape that JSON does not have. The value is not needed.
      return literal;
    }
  }

  /** Skips blanks and comments. */
  #skip(): void {
    this.#at = behindBlank(this.#text, this.#at);
    if (this.#at > this.#text.length) this.#fail();
  }

  #fail(): never {
    const line = this.#text.slice(0, this.#at).split('\n').length;
    throw new Unreadable(`it is not JSON with comments, in line ${line}`);
  }
}

/** The index behind blanks and comments; more than the length of the text if a comment has no end. */
function behindBlank(text: string, from: number): number {
  let at = from;
  for (;;) {
    while (at < text.length && ' \t\r\n'.includes(text.charAt(at))) at += 1;
    if (text.startsWith('//', at)) {
      const end = text.indexOf('\n', at);
      at = end === -1 ? text.length : end;
    } else if (text.startsWith('/*', at)) {
      const end = text.indexOf('*/', at + 2);
      if (end === -1) return text.length + 1;
      at = end + 2;
    } else return at;
  }
}

/** The property with this key, or null. */
export function memberOf(value: Value, key: string): Member | null {
  return value.properties?.findLast((member) => member.key === key) ?? null;
}

/**
 * The text that puts an item before the first one of a list, with the blanks that stand before that one.
 *
 * @param open the index of the bracket
 * @param first the first item; null for none
 */
export function pieceBefore(
  text: string,
  open: number,
  first: { readonly start: number } | null,
  item: string,
): Piece {
  if (first === null) return { at: open + 1, text: item };
  let blank = first.start;
  while (blank > open + 1 && ' \t\r\n'.includes(text.charAt(blank - 1))) blank -= 1;
  const between = text.slice(blank, first.start) || ' ';
  return { at: first.start, text: `${item},${between}` };
}

/**
 * The text that takes an item out of a list: with the comma and the blanks behind it, or for the last item with the comma
 * before it. Undoes `pieceBefore`, also if the item has been moved.
 *
 * @param before the item before it; null for none
 */
export function pieceOf(
  text: string,
  item: { readonly start: number; readonly end: number },
  before: { readonly end: number } | null,
): Piece {
  const comma = behindBlank(text, item.end);
  if (text[comma] === ',') {
    let end = comma + 1;
    while (' \t\r\n'.includes(text[end] ?? '-')) end += 1;
    return { at: item.start, text: text.slice(item.start, end) };
  }
  const start = before?.end ?? item.start;
  return { at: start, text: text.slice(start, item.end) };
}
