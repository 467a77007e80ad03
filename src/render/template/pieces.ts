import { trimEnd } from '../layout.ts';
import { plain } from '../spans.ts';
import type { Span } from '../spans.ts';

/** A span, or null for a separator: whether that is written depends on its neighbours. */
export type Piece = Span | null;

/** Pieces as spans: separators between two things alone, and no white space beside them. */
export function assembled(pieces: readonly Piece[], separator: string): Span[] {
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

/** Parts with a separator between each two. */
export function separated(parts: readonly (readonly Piece[])[]): Piece[] {
  const pieces: Piece[] = [];
  for (const [index, part] of parts.entries()) {
    if (index > 0) pieces.push(null);
    pieces.push(...part);
  }
  return pieces;
}
