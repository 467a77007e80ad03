import { isYes } from '../init/confirm.ts';
import { printable } from '../platform/stdio.ts';

/** A host of the list, as answers name it. */
interface Listed {
  readonly target: string;
}

/** The question of `usageline setup`, with what an answer can be. */
export function questionAbout(hosts: number): string {
  return hosts === 1
    ? 'Install this? [y/N] '
    : 'Install these? [y = all, N = none, 1 2 = only those, -1 = all but that] ';
}

/**
 * The hosts that an answer installs; in words, what is wrong with the answer. A number, a range or a name installs only
 * that, and one with a dash before it leaves that out: an answer has either kind, as both together can be read in two ways.
 */
export function chosenIn<T extends Listed>(answer: string, entries: readonly T[]): readonly T[] | string {
  if (isYes(answer)) return entries;
  const words = answer.split(/[\s,]+/).filter(Boolean);
  if (words.length === 0 || /^(?:no?|q|quit)$/i.test(answer)) return [];
  const read = words.map((word) => wordIn(word, entries));
  const unknown = words.find((_, index) => read[index] === null);
  if (unknown !== undefined) return `'${printable(unknown)}' is not in the list; ${accepted(entries)}`;
  const known = read.filter((word) => word !== null);
  const [first] = known;
  if (known.some(({ isLeftOut }) => isLeftOut !== first?.isLeftOut))
    return `'${printable(words.join(' '))}' names some to install and some to leave out; ${accepted(entries)}`;
  return entries.filter((entry) => known.some(({ named }) => named.includes(entry)) !== first?.isLeftOut);
}

/** What will be done after an answer, in one line; empty where nothing is installed. */
export function choiceText(chosen: readonly Listed[], entries: readonly Listed[]): string {
  if (chosen.length === 0) return '';
  const names = (listed: readonly Listed[]) => listed.map(({ target }) => target).join(', ');
  const left = entries.filter((entry) => !chosen.includes(entry));
  return `Installing: ${names(chosen)}. Left out: ${left.length === 0 ? 'none' : names(left)}.`;
}

/** The hosts that a word of an answer names, and whether it leaves them out. */
interface Word<T> {
  readonly named: readonly T[];
  readonly isLeftOut: boolean;
}

/** A word of an answer; null for one that names no host, or one that is not in the list. */
function wordIn<T extends Listed>(word: string, entries: readonly T[]): Word<T> | null {
  const isLeftOut = word.startsWith('-');
  const name = isLeftOut ? word.slice(1) : word;
  const byName = entries.filter(({ target }) => target === name);
  if (byName.length > 0) return { named: byName, isLeftOut };
  const [, from, to = from] = /^(\d{1,3})(?:-(\d{1,3}))?$/.exec(name) ?? [];
  const [first, last] = [Number(from), Number(to)];
  if (from === undefined || first < 1 || last < first || last > entries.length) return null;
  return { named: entries.slice(first - 1, last), isLeftOut };
}

function accepted({ length }: readonly Listed[]): string {
  return `accepted: y, n, what to install by number (1 to ${length}), range (1-${length}) or name, or what to leave out with a dash before it (-1)`;
}
