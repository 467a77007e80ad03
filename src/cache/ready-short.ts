import type { System } from '../system.ts';
import { SECOND } from '../usage/time.ts';
import type { ReadyName } from './ready.ts';
import type { Prepared } from './ready-files.ts';
import { removeQuietly, replaceLightly } from './replace.ts';

/*
 * The texts of a ready line once more, in small files, each as old as the end of what is in it, for a reader that pays
 * for every byte: bin/usageline-prompt.
 */

/** So many have one text each and nothing else: those until somebody should ask again, of which there are no more. */
export const NEAR_STAGES = 8;
/** For when somebody should ask again: so many lines each. Who asks then has mostly not been away for long. */
const SEVERAL = [4, 6, 7, 8, 8, 8, 9, 10, 12, Number.POSITIVE_INFINITY];
const suffixes = Array.from({ length: NEAR_STAGES + SEVERAL.length }, (_, index) => `.${index + 1}`);

/** The output kinds that it prints; those of hooks are read by hooks, and copies for nobody would only be written. */
const LAUNCHED = new Set('plain starship vim waybar tmux ansi i3blocks polybar sketchybar'.split(' '));

/**
 * Whoever finds a file whose time is still to come has no other to look at. Those of a single text end at the moment
 * to ask again at the latest. What is not renewed goes: no text may outlive what stands beside it.
 *
 * @param path of the ready line
 * @param askAt epoch ms; at most `NEAR_STAGES` texts begin before it
 * @param boot what a reader needs for a clock, see `bootTime`
 */
export function writeShort(
  system: System,
  path: string,
  { kind, color, network, format, model }: ReadyName,
  { from, stages }: Omit<Prepared, 'refreshAt'>,
  askAt: number,
  boot: number,
): void {
  const launched =
    LAUNCHED.has(kind) &&
    (color === 'natural' || color === 'mono') &&
    network &&
    format === undefined &&
    model === undefined;
  const texts = launched ? withoutMoments(stages, from) : [];
  const files: { readonly lines: string; readonly until: number }[] = texts
    .filter(({ begins }) => begins < askAt)
    .map(({ text, until }) => ({ lines: text, until: Math.min(until, askAt) }));
  files.length = NEAR_STAGES;
  let rest = texts.filter(({ until }) => until > askAt);
  for (const count of SEVERAL) {
    const some = rest.slice(0, count);
    const last = some.at(-1);
    if (last === undefined) break;
    const lines = [boot, ...some.map(({ until, text }) => `${until / SECOND} ${text}`)].join('\n');
    files.push({ lines, until: last.until });
    rest = rest.slice(count);
  }
  for (const [index, suffix] of suffixes.entries()) {
    const file = files[index];
    const written = file && replaceLightly(system, path + suffix, `${file.lines}\n`, file.until);
    if (!written) removeQuietly(system, path + suffix);
  }
}

/** What is shown for less than the second by which all ends are rounded is left out. */
function withoutMoments(stages: Prepared['stages'], from: number) {
  let begins = Math.floor(from / SECOND) * SECOND;
  return stages.flatMap(({ until: exact, text }) => {
    const until = Math.floor(exact / SECOND) * SECOND;
    if (until <= begins) return [];
    const whole = { begins, until, text };
    begins = until;
    return [whole];
  });
}

export function removeShort(system: System, path: string): void {
  for (const suffix of suffixes) removeQuietly(system, path + suffix);
}
