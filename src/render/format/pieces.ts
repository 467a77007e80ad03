import { plain } from '../color.ts';
import type { Span } from '../color.ts';
import { trimmed } from '../layout.ts';

/** A span, or null for a separator: whether that is written depends on its neighbours. */
export type Piece = Span | null;

/** Pieces as spans: separators between two things alone, and no white space beside them. */
export function assembled(pieces: readonly Piece[], separator: string): Span[] {
  let line: Span[] = [];
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
      line = trimmed(line);
      if (line.length > 0) line.push(plain(separator));
      due = false;
    }
    line.push({ ...piece, text });
  }
  return trimmed(line);
}

/** Parts with a separator between each two. */
export function separated(parts: readonly (readonly Piece[])[]): Piece[] {
  return parts.flatMap((part, index) => (index === 0 ? part : [null, ...part]));
}
