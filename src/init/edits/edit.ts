/** The change of one file's text, computed without touching the file. */
export type Edit =
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly reason: string }
  | {
      readonly kind: 'change';
      /** The new text; null if the file is removed. */
      readonly after: string | null;
      /** For the preview: the removed and the added text, and the line number (from 1) at which they begin. */
      readonly removed: string;
      readonly added: string;
      readonly line: number;
    };

/** The edit of a file that stays as it is. */
export const NO_CHANGE: Edit = { kind: 'none' };

/** The edit of a file that must not be changed; `reason`: why, in words. */
export function refused(reason: string): Edit {
  return { kind: 'refused', reason };
}

/** Replaces the text `removed`, which begins at index `start`, by `added`. */
export function splice(text: string, start: number, removed: string, added: string): Edit {
  const after = text.slice(0, start) + added + text.slice(start + removed.length);
  if (after === text) return NO_CHANGE;
  return { kind: 'change', after, removed, added, line: text.slice(0, start).split('\n').length };
}

/** A text that is put in or taken out at an index. */
export interface Piece {
  readonly at: number;
  readonly text: string;
}

/** Puts pieces into a text; `at` counts in the text as it is before. */
export function withPieces(text: string, pieces: readonly Piece[]): Edit {
  return several(text, pieces, (piece) => ({ removed: '', added: piece.text }));
}

/** Takes pieces out of a text; `at` counts in the text as it is before. */
export function withoutPieces(text: string, pieces: readonly Piece[]): Edit {
  return several(text, pieces, (piece) => ({ removed: piece.text, added: '' }));
}

function several(
  text: string,
  pieces: readonly Piece[],
  change: (piece: Piece) => { removed: string; added: string },
): Edit {
  const sorted = pieces.toSorted((one, other) => one.at - other.at);
  const [first] = sorted;
  if (first === undefined) return NO_CHANGE;
  const parts: string[] = [];
  let at = 0;
  for (const piece of sorted) {
    const { removed, added } = change(piece);
    parts.push(text.slice(at, piece.at), added);
    at = piece.at + removed.length;
  }
  const shown = (side: 'removed' | 'added') =>
    sorted.map((piece) => change(piece)[side].trim()).filter((part) => part !== '');
  return {
    kind: 'change',
    after: parts.join('') + text.slice(at),
    removed: shown('removed').join('\n'),
    added: shown('added').join('\n'),
    line: text.slice(0, first.at).split('\n').length,
  };
}
