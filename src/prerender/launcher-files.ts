import { removeIfPresent } from '../cache/own-files.ts';
import { replaceFile } from '../cache/replace-file.ts';
import type { System } from '../platform/system.ts';
import { SECOND } from '../usage/time.ts';
import type { TimedText, TimedTexts } from './format.ts';
import type { Variant } from './variant.ts';

/*
 * The texts of a prerendered line in small files as well, each with the end of its text as mtime. They are for
 * bin/usageline-prompt, where every byte that is read costs time.
 */

/** How many files have one text each until a refresh is due. The near file has no more texts either. */
export const NEAR_TEXTS = 8;
/** How many files have one text each after that, while the refresh runs. */
const STALE_TEXTS = 4;
/** How many texts each of the remaining files has. Their first line is the time at which the first text begins, s. */
const TEXTS_PER_FILE = [4, 5, 5, 6, 6, 6, 7, 7, 8, 8, 5, 5, 5, 5, Number.POSITIVE_INFINITY];
const SUFFIXES = Array.from(
  { length: NEAR_TEXTS + STALE_TEXTS + TEXTS_PER_FILE.length },
  (_, index) => `.${index + 1}`,
);

/** The output kinds that the launcher prints. The others are printed by shell hooks, which do not read these files. */
const LAUNCHER_KINDS = new Set('plain starship vim waybar tmux ansi i3blocks polybar sketchybar'.split(' '));

/** The formats that the launcher prints when its caller asks for them: short ones, for narrow hosts. */
export const LAUNCHER_FORMATS: readonly string[] = ['compact', 'minimal'];

/**
 * Writes the launcher's files. The first file whose mtime is in the future holds the current text. None of these
 * files may exist when this is called. They are written in the order of time, so after a failure the earliest exist.
 *
 * @param path the path of the prerendered line
 * @param refreshAt when a refresh is due, epoch ms; at most `NEAR_TEXTS` texts begin before it
 * @returns false when a file could not be written
 */
export function writeLauncherFiles(
  system: System,
  path: string,
  { kind, color, network, format, model }: Variant,
  { from, texts }: Pick<TimedTexts, 'from' | 'texts'>,
  refreshAt: number,
): boolean {
  const launched =
    LAUNCHER_KINDS.has(kind) &&
    (color === 'natural' || color === 'mono') &&
    network &&
    (format === undefined || LAUNCHER_FORMATS.includes(format)) &&
    model === undefined;
  const spans = launched ? wholeSeconds(texts, from) : [];
  const fresh = spans
    .filter(({ begins }) => begins < refreshAt)
    .map(({ text, until }) => ({ text, until: Math.min(until, refreshAt) }));
  const stale = spans.filter(({ until }) => until > refreshAt);
  const files = [...padded(fresh, NEAR_TEXTS), ...padded(stale, STALE_TEXTS)];
  let begin = STALE_TEXTS;
  for (const count of TEXTS_PER_FILE) {
    const several = stale.slice(begin, begin + count);
    const [first, last] = [several[0], several.at(-1)];
    if (first === undefined || last === undefined) break;
    const lines = several.map(({ until, text }) => `${until / SECOND} ${text}`);
    files.push({ text: [first.begins / SECOND, ...lines].join('\n'), until: last.until });
    begin += count;
  }
  return SUFFIXES.every((suffix, index) => {
    const file = files[index];
    if (file === undefined) return true;
    return replaceFile(system, path + suffix, `${file.text}\n`, { mtimeMs: file.until }) === null;
  });
}

/** The first `count` items, with undefined for those that are missing. */
function padded<T>(items: readonly T[], count: number): (T | undefined)[] {
  return Array.from({ length: count }, (_, index) => items[index]);
}

/** The texts with begin and end rounded down to seconds, epoch ms, without texts shorter than a second. */
function wholeSeconds(texts: readonly TimedText[], from: number) {
  let begins = Math.floor(from / SECOND) * SECOND;
  return texts.flatMap(({ until: exact, text }) => {
    const until = Math.floor(exact / SECOND) * SECOND;
    if (until <= begins) return [];
    const span = { begins, until, text };
    begins = until;
    return [span];
  });
}

/** Removes the launcher's files of a prerendered line, so that the launcher starts the program. */
export function removeLauncherFiles(system: System, path: string): void {
  for (const suffix of SUFFIXES) removeIfPresent(system, path + suffix);
}
