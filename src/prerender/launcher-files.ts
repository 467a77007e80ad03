import type { System } from '../platform/system.ts';
import { SECOND } from '../usage/time.ts';
import type { Variant } from './read.ts';
import { removeQuietly, replaceLightly } from '../cache/replace.ts';

/*
 * The texts of a ready line once more, in small files, each as old as the end of what is in it, for a reader that pays
 * for every byte: bin/usageline-prompt.
 */

/** Texts in order, each true until `until` (epoch ms), and when somebody should ask again. */
export interface TimedTexts {
  readonly from: number;
  readonly refreshAt: number;
  readonly texts: readonly { readonly until: number; readonly text: string }[];
}

/** So many have one text each and nothing else: those until somebody should ask again, of which there are no more … */
export const NEAR_STAGES = 8;
/** … and the first ones after that, while an answer is on its way. */
const OLD_STAGES = 4;
/** Lines per file of the later texts. The first line of each file is the time at which its first text begins. */
const SEVERAL = [4, 5, 5, 6, 6, 6, 7, 7, 8, 8, 5, 5, 5, 5, Number.POSITIVE_INFINITY];
const suffixes = Array.from(
  { length: NEAR_STAGES + OLD_STAGES + SEVERAL.length },
  (_, index) => `.${index + 1}`,
);

/** The output kinds that it prints; those of hooks are read by hooks, and copies for nobody would only be written. */
const LAUNCHED = new Set('plain starship vim waybar tmux ansi i3blocks polybar sketchybar'.split(' '));

/**
 * Whoever finds a file whose time is still to come has no other to look at. The first ones end at the moment to ask
 * again at the latest. There may be none when this is called; they are written in order, so that what there is of them
 * is always the beginning.
 *
 * @param path of the ready line
 * @param askAt epoch ms; at most `NEAR_STAGES` texts begin before it
 * @returns false when one of them could not be written
 */
export function writeLauncherFiles(
  system: System,
  path: string,
  { kind, color, network, format, model }: Variant,
  { from, texts }: Omit<TimedTexts, 'refreshAt'>,
  askAt: number,
): boolean {
  const launched =
    LAUNCHED.has(kind) &&
    (color === 'natural' || color === 'mono') &&
    network &&
    format === undefined &&
    model === undefined;
  const distinct = launched ? withoutMoments(texts, from) : [];
  const fresh = distinct
    .filter(({ begins }) => begins < askAt)
    .map(({ text, until }) => ({ text, until: Math.min(until, askAt) }));
  const old = distinct.filter(({ until }) => until > askAt);
  const files = [...padded(fresh, NEAR_STAGES), ...padded(old, OLD_STAGES)];
  let begin = OLD_STAGES;
  for (const count of SEVERAL) {
    const several = old.slice(begin, begin + count);
    const [first, last] = [several[0], several.at(-1)];
    if (first === undefined || last === undefined) break;
    // A reader that compares the file's own time with its clock has both ends of the file then.
    const lines = several.map(({ until, text }) => `${until / SECOND} ${text}`);
    files.push({ text: [first.begins / SECOND, ...lines].join('\n'), until: last.until });
    begin += count;
  }
  return suffixes.every((suffix, index) => {
    const file = files[index];
    return file === undefined || replaceLightly(system, path + suffix, `${file.text}\n`, file.until);
  });
}

/** The first so many, and none where there are fewer. */
function padded<T>(items: readonly T[], count: number): (T | undefined)[] {
  return Array.from({ length: count }, (_, index) => items[index]);
}

/** What is shown for less than the second by which all ends are rounded is left out. */
function withoutMoments(texts: TimedTexts['texts'], from: number) {
  let begins = Math.floor(from / SECOND) * SECOND;
  return texts.flatMap(({ until: exact, text }) => {
    const until = Math.floor(exact / SECOND) * SECOND;
    if (until <= begins) return [];
    const whole = { begins, until, text };
    begins = until;
    return [whole];
  });
}

export function removeLauncherFiles(system: System, path: string): void {
  for (const suffix of suffixes) removeQuietly(system, path + suffix);
}
