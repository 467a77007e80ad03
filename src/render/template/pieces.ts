import { trimEnd } from '../layout.ts';
import { plain } from '../spans.ts';
import type { Span } from '../spans.ts';

/** A span, or null for a separator, which is written only between two spans. */
export type Piece = Span | null;

/** Joins pieces into a line, without repeated separators and without white space next to them. */
export function joinPieces(pieces: readonly Piece[], separator: string): Span[] {
  const line: Span[] = [];
  let due = false;
  for (const piece of pieces) {
    if (piece === null) {
      due = true;
      continue;
    }
    const atStart = due || line.length === 0;
    const text = atStart ? piece.text.trimStart() : piece.text;
    if (text === '') continue;
    if (due) {
      trimEnd(line);
      if (line.length > 0) line.push(plain(separator));
      due = false;
    }
    line.push(text === piece.text ? piece : { ...piece, text });
  }
  trimEnd(line);
  return line;
}

/** Joins parts with separators. */
export function separated(parts: readonly (readonly Piece[])[]): Piece[] {
  const pieces: Piece[] = [];
  for (const [index, part] of parts.entries()) {
    if (index > 0) pieces.push(null);
    pieces.push(...part);
  }
  return pieces;
}
