/** What becomes of a file. */
export type Edit =
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly reason: string }
  | {
      readonly kind: 'change';
      /** The new text; null: the file goes. */
      readonly after: string | null;
      /** What is shown of it: the lines that go and those that come, and the line at which that is. */
      readonly removed: string;
      readonly added: string;
      readonly line: number;
    };

export const NO_CHANGE: Edit = { kind: 'none' };

export function refused(reason: string): Edit {
  return { kind: 'refused', reason };
}

/** The change that puts `added` in the place of `removed`, which begins at an index of the text. */
export function splice(text: string, start: number, removed: string, added: string): Edit {
  const after = text.slice(0, start) + added + text.slice(start + removed.length);
  if (after === text) return NO_CHANGE;
  return { kind: 'change', after, removed, added, line: text.slice(0, start).split('\n').length };
}
