import type { System } from '../system.ts';
import type { ReadyName } from './ready.ts';
import { removeQuietly, replaceLightly } from './replace.ts';

/*
 * The first texts of a ready line, each in a file of its own with nothing else in it, for a reader that pays for
 * every byte: bin/usageline-prompt.
 */

/** More than are true until the numbers have to be asked for again. */
const SUFFIXES = ['.1', '.2', '.3', '.4'];
/** The output kinds that it prints; copies for anybody else would only be written. */
const LAUNCHED = new Set(
  'plain starship vim waybar tmux zsh bash fish ansi i3blocks polybar sketchybar'.split(' '),
);

/**
 * A file for each, as old as its end, or as the moment to ask again where that comes first: whoever finds one whose
 * time is still to come has nothing else to look at. What is not renewed goes: no text may outlive what stands
 * beside it.
 *
 * @param path of the ready line
 * @param askAt epoch ms
 */
export function writeShort(
  system: System,
  path: string,
  { kind, color, network, format, model }: ReadyName,
  stages: readonly { readonly until: number; readonly text: string }[],
  askAt: number,
): void {
  const launched =
    LAUNCHED.has(kind) &&
    (color === 'natural' || color === 'mono') &&
    network &&
    format === undefined &&
    model === undefined;
  for (const [index, suffix] of SUFFIXES.entries()) {
    const stage = launched ? stages[index] : undefined;
    const begins = stages[index - 1]?.until ?? 0;
    const written =
      stage !== undefined &&
      begins < askAt &&
      replaceLightly(system, path + suffix, `${stage.text}\n`, Math.min(stage.until, askAt));
    if (!written) removeQuietly(system, path + suffix);
  }
}

export function removeShort(system: System, path: string): void {
  for (const suffix of SUFFIXES) removeQuietly(system, path + suffix);
}
