/** A property of an object in JSON text, as indices of that text. */
export interface Property {
  readonly key: string;
  /** Of the key's first quote. */
  readonly start: number;
  /** Of the value, whose end is that of the property. */
  readonly value: number;
  readonly end: number;
}

/** The object whose brace stands at `open`: its properties in order, and where its other brace is. */
export interface JsonObject {
  readonly open: number;
  readonly close: number;
  readonly properties: readonly Property[];
}

const BLANK = ' \t\r\n';

/**
 * Where the properties of an object are, so that one can be changed and every other byte stays. Only for text that
 * `JSON.parse` has accepted: nothing is checked again.
 */
export function scanObject(text: string, open: number): JsonObject {
  const properties: Property[] = [];
  let at = skipBlank(text, open + 1);
  while (text[at] !== '}') {
    const start = at;
    const keyEnd = skipValue(text, start);
    const value = skipBlank(text, skipBlank(text, keyEnd) + 1);
    const end = skipValue(text, value);
    properties.push({ key: JSON.parse(text.slice(start, keyEnd)), start, value, end });
    at = skipBlank(text, end);
    if (text[at] === ',') at = skipBlank(text, at + 1);
  }
  return { open, close: at, properties };
}

/** The property that counts: of two with the same key `JSON.parse` takes the last one. */
export function propertyOf({ properties }: JsonObject, key: string): Property | null {
  return properties.findLast((property) => property.key === key) ?? null;
}

export function skipBlank(text: string, from: number): number {
  let at = from;
  while (at < text.length && BLANK.includes(text.charAt(at))) at += 1;
  return at;
}

/** The end of the value that begins here. */
function skipValue(text: string, from: number): number {
  let depth = 0;
  let at = from;
  do {
    const character = text[at];
    if (character === '"') at = skipString(text, at);
    else {
      if (character === '{' || character === '[') depth += 1;
      if (character === '}' || character === ']') depth -= 1;
      at += 1;
    }
    // A number or a word goes on until something else begins.
  } while (depth > 0 || (/[\w.+-]/.test(text[at] ?? '') && /[\w.+-]/.test(text[at - 1] ?? '')));
  return at;
}

function skipString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
