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
