import { errno } from '../errno.ts';
import { SEPARATOR } from '../paths.ts';
import type { System } from '../system.ts';
import type { AccountDirectory } from './directory.ts';
import { readClosedFile } from './own-files.ts';

/*
 * The ready line: the text for one output kind, prepared by whoever resolves usage, with the time until which
 * it is true. docs/specs/ready-line.md has the format; shells read it, too, so it is lines and numbers.
 * On the hot path: nothing is imported that costs.
 */

/** First words of the file. Whoever does not find them takes the file for none. */
export const READY_TAG = 'usageline-ready 1';

/** Nobody's line is longer; a file that is was not written by us. */
const MAX_BYTES = 16 * 1024;
/**
 * A line of ours: text, and colours, which bash's kind has between two marks of its own. No other control character and
 * nothing that turns the direction of writing: whatever is prepared is printed as it stands.
 */
const COLOR = '\u001B\\[[0-9;]*m';
const UNSEEN = '\\u0000-\\u001F\\u007F-\\u009F\\u2028-\\u202E\\u2066-\\u2069';
const LINE = new RegExp(`^(?:[^${UNSEEN}]|${COLOR}|\u0001${COLOR}\u0002)*$`);

/** What there is a ready line for: the text depends on nothing else that a caller can choose. */
export interface ReadyName {
  /** The output kind. */
  readonly kind: string;
  /**
   * What the caller says of colour, by a flag or in the environment: with it or without, or nothing (`natural`, on a
   * terminal that shows it `terminal`). Then configuration has its say, and the kind.
   */
  readonly color: 'natural' | 'terminal' | 'color' | 'mono';
  /** False where Claude Code's switch for traffic is set; configuration may think otherwise. */
  readonly network: boolean;
  /** A preset or a template that was asked for, on one line; none: the one that is configured. */
  readonly format?: string;
  /** Letters, digits and dashes: the model whose limit comes first. None on lines that know of no model. */
  readonly model?: string;
}

/** The name of a ready line's file: `zsh`, `zsh-mono`, `plain-color`, `tmux-off`, `plain~1x4k2j`, `statusline@fable`. */
export function readyFileName({ kind, color, network, format, model }: ReadyName): string {
  const looks = format === undefined ? '' : `~${hashOf(format)}`;
  const variant = `${looks}${model === undefined ? '' : `@${model}`}`;
  return `${kind}${color === 'natural' ? '' : `-${color}`}${network ? '' : '-off'}${variant}`;
}

/** A short name for a format; two of one name do no harm, since the file says whose it is. */
function hashOf(format: string): string {
  let hash = 5381;
  for (let index = 0; index < format.length; index += 1) {
    hash = Math.imul(hash, 33) ^ format.charCodeAt(index);
  }
  return (hash >>> 0).toString(36);
}

/** How a ready line's file ends: the format that was asked for, and the conditions. */
export function readyEnd(conditions: string, format: string | undefined): string {
  return `\n${format === undefined ? '' : `~ ${format}\n`}# ${conditions}\n`;
}

/** Where the ready lines of an account are. */
export function readyDirectory(directory: AccountDirectory): string {
  return directory.ready;
}

/** The file of one ready line. */
export function readyFile(directory: AccountDirectory, name: ReadyName): string {
  return `${readyDirectory(directory)}${SEPARATOR}${readyFileName(name)}`;
}

/**
 * The text that was prepared for this moment; null when there is none, when it is time to ask again, when anything it
 * depends on is not what it was, or when it has anything in it that no line of ours has.
 *
 * @param conditions what the text depends on besides the time, as `conditionsOf` puts it
 * @param format the one that was asked for
 */
export function readReady(system: System, path: string, conditions: string, format?: string): string | null {
  const text = readClosedFile(system, path, MAX_BYTES);
  if (text === null || !text.endsWith(readyEnd(conditions, format))) return null;
  const lines = text.split('\n');
  const [tag, edition, refresh, from] = (lines[0] as string).split(' ');
  const now = system.now() / 1000;
  // Prepared in the future: the clock has been set back since.
  if (`${tag} ${edition}` !== READY_TAG || !(now < Number(refresh)) || !(now >= Number(from) - 5))
    return null;
  for (let index = 1; index < lines.length; index += 1) {
    const line = lines[index] as string;
    const space = line.indexOf(' ');
    if (now < Number(line.slice(0, space))) {
      const shown = line.slice(space + 1);
      return LINE.test(shown) ? shown : null;
    }
  }
  return null;
}

/** A file's mtime (ms), size and inode as one text: it changes with the file. The errno where the file cannot be looked at. */
export function traceOf({ fs }: System, path: string): string {
  try {
    const stat = fs.statSync(path, { throwIfNoEntry: false });
    return stat ? `${stat.mtimeMs}:${stat.size}:${stat.ino}` : 'absent';
  } catch (error) {
    return errno(error);
  }
}
