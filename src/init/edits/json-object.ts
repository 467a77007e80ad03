/** A property of an object in a JSON text, with its position as indices of that text. */
export interface Property {
  readonly key: string;
  /** Index of the key's first quote. */
  readonly start: number;
  /** Index of the value; `end` is the index behind the value. */
  readonly value: number;
  readonly end: number;
}

/** An object in a JSON text: the indices of its braces, and its properties in order. */
export interface JsonObject {
  readonly open: number;
  readonly close: number;
  readonly properties: readonly Property[];
}

const BLANK = ' \t\r\n';

/**
 * Finds the properties of the object whose brace is at index `open`, so that one of them can be changed while every other
 * byte stays. The text must be one that `JSON.parse` accepts: it is not validated again.
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

/** The property with this key, or null. Of several with one key it is the last, as in `JSON.parse`. */
export function propertyOf({ properties }: JsonObject, key: string): Property | null {
  return properties.findLast((property) => property.key === key) ?? null;
}

/** The index of the first character from `from` on that is no white space. */
export function skipBlank(text: string, from: number): number {
  let at = from;
  while (at < text.length && BLANK.includes(text.charAt(at))) at += 1;
  return at;
}

/** The index behind the value that begins at `from`. */
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
    // A number, `true`, `false` and `null` end before the next other character.
  } while (depth > 0 || (/[\w.+-]/.test(text[at] ?? '') && /[\w.+-]/.test(text[at - 1] ?? '')));
  return at;
}

function skipString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
