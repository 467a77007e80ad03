/** Largest distance of a suggestion, in changed letters: beyond it, another word was probably meant. */
const MAX_CHANGES = 2;
/** Shortest beginning of a name that suggests it, letters. */
const MIN_BEGINNING = 3;

/** The name that is nearest to a misspelt word, in whichever case it is typed; null if none is near. */
export function nearest(word: string, names: readonly string[]): string | null {
  const typed = word.toLowerCase();
  const most = Math.min(MAX_CHANGES, Math.floor(typed.length / 2));
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const name of names) {
    // Each letter more or less is a change.
    if (Math.abs(name.length - typed.length) > most) continue;
    const changes = distance(typed, name.toLowerCase());
    // Of two names the one with the same first letter is nearer: it is seldom wrong.
    const far = changes + (name[0]?.toLowerCase() === typed[0] ? 0 : 0.5);
    if (changes <= most && far < least) [best, least] = [name, far];
  }
  if (best !== null || typed.length < MIN_BEGINNING) return best;
  const begun = names.filter((name) => name.toLowerCase().startsWith(typed));
  return begun.length === 1 ? (begun[0] as string) : null;
}

/**
 * The end of a message about a word that is not accepted: `; did you mean 'show'?`, or nothing if no name is near.
 *
 * @param quote the quotation mark that the rest of the message uses
 */
export function didYouMean(word: string, names: readonly string[], quote = "'"): string {
  const near = nearest(word, names);
  return near === null ? '' : `; did you mean ${quote}${near}${quote}?`;
}

/** Letters to add, to remove, to replace, or to exchange with the next one (optimal string alignment). */
function distance(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = (row[j - 1] as number) + (from[i - 1] === to[j - 1] ? 0 : 1);
      let least = Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1);
      const isExchanged = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (isExchanged) least = Math.min(least, (before[j - 2] as number) + 1);
      next.push(least);
    }
    [before, row] = [row, next];
  }
  return row[to.length] as number;
}
