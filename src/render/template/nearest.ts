/** Largest distance of a suggestion, in changed letters: beyond it, another word was probably meant. */
const MAX_CHANGES = 2;

/** The name that is nearest to a misspelt word; null if none is near. */
export function nearest(word: string, names: readonly string[]): string | null {
  let best: string | null = null;
  let least = Math.min(MAX_CHANGES, Math.floor(word.length / 2)) + 1;
  for (const name of names) {
    const changes = distance(word, name);
    if (changes < least) [best, least] = [name, changes];
  }
  return best;
}

/** Levenshtein distance: letters to add, to remove or to replace. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = (row[j - 1] as number) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[to.length] as number;
}
