import { sh } from '../snippets/quote.ts';
import { INLINE_RUNNER } from '../snippets/runner.ts';
import type { StatuslineStep } from '../target.ts';
import { NO_CHANGE, refused, splice } from './edit.ts';
import type { Edit } from './edit.ts';
import { propertyOf, scanObject, skipBlank } from './json-object.ts';
import type { JsonObject, Property } from './json-object.ts';
import { wordsOf } from '../snippets/words.ts';

/*
 * The `statusLine` of Claude Code's settings. All other bytes of the file stay as they are: one property is added at
 * the end, or one command is put behind ours, which runs it with --after.
 */

const KEY = 'statusLine';

/** A directory of the package. `hot.cjs` alone may be a file of another program. */
const PACKAGE = /[\\/]usageline[\w@.+-]*[\\/]/;
const isScript = (word = '') => /[\\/]hot\.cjs$/.test(word) && PACKAGE.test(word);

/** A part of a longer command that a user wrote around the program. */
function runsProgram(command: string): boolean {
  const script = /\bhot\.cjs['"]? statusline\b/.test(command) && PACKAGE.test(command);
  return script || /\busageline(?:\.cjs|-run)?['"]? statusline\b/.test(command);
}

/** Whether a command has a file in it that `init` puts into its commands: it fails when that file is gone. */
function needsInstalled(command: string): boolean {
  return /usageline-run\b/.test(command) || (/\bhot\.cjs\b/.test(command) && PACKAGE.test(command));
}

/** A command that `init` wrote, wherever the program was then. */
interface OwnCommand {
  /** Options that the user added. */
  readonly options: readonly string[];
  /** The other command, which runs behind the line; null: none. */
  readonly after: string | null;
}

/** Known by program and subcommand, as words. */
function ownCommand(command: string): OwnCommand | null {
  const words = wordsOf(command) ?? [];
  const at = startsAt(words);
  if (at === null || words[at] !== 'statusline') return null;
  const options = words.slice(at + 1);
  const index = options.findIndex((option) => /^--after(=|$)/.test(option));
  if (index === -1) return { options, after: null };
  const [option = '', value = ''] = options.splice(index, options[index] === '--after' ? 2 : 1);
  return { options, after: option === '--after' ? value : option.slice('--after='.length) };
}

/** Where the program's own arguments begin: behind the runner, Node and the script, or a command that was pasted. */
function startsAt(words: readonly string[]): number | null {
  const [first = '', second, third = '', , fifth = ''] = words;
  if (/(^|\/)usageline-run$/.test(first)) return 1;
  if (isScript(second)) return 2;
  return isScript(fifth) || (third === INLINE_RUNNER && fifth.endsWith('hot.cjs')) ? 5 : null;
}

export function withStatusline(text: string | null, { command }: StatuslineStep): Edit {
  const added = `"${KEY}": { "type": "command", "command": ${JSON.stringify(command)} }`;
  if (text === null) {
    return { kind: 'change', after: `{\n  ${added}\n}\n`, removed: '', added, line: 1 };
  }
  const object = parse(text);
  if (typeof object === 'string') return refused(object);
  const property = propertyOf(object, KEY);
  if (property === null) return insertProperty(text, object, added);
  const literal = commandOf(text, property);
  if (literal === null) return refused(`its ${KEY} is not {"type": "command", "command": "…"}`);
  const there: string = JSON.parse(literal.text);
  const own = ownCommand(there);
  if (own === null && runsProgram(there)) return NO_CHANGE;
  const { options, after } = own ?? { options: [], after: there };
  const wanted = [command, ...options.map(sh), ...(after === null ? [] : ['--after', sh(after)])].join(' ');
  return there === wanted ? NO_CHANGE : splice(text, literal.start, literal.text, JSON.stringify(wanted));
}

/** What is not in the text any more, and what makes the difference between as good and byte for byte. */
export interface OriginalStatusline {
  /** The file is of our making. */
  readonly created: boolean;
  /** The command that was there, as it stood in the file: JSON has many ways to write the same text. */
  readonly command: string | null;
}

/** What has to be remembered of a file for it to be put back. */
export function originalStatusline(text: string | null): OriginalStatusline {
  const object = text === null ? null : parse(text);
  if (text === null || object === null || typeof object === 'string') {
    return { created: text === null, command: null };
  }
  const property = propertyOf(object, KEY);
  return { created: false, command: property && (commandOf(text, property)?.text ?? null) };
}

export function withoutStatusline(text: string | null, memory: OriginalStatusline | null): Edit {
  if (text === null) return NO_CHANGE;
  const object = parse(text);
  if (typeof object === 'string') return refused(object);
  const property = propertyOf(object, KEY);
  const literal = property && commandOf(text, property);
  if (property === null || !literal) return NO_CHANGE;
  const there: string = JSON.parse(literal.text);
  const own = ownCommand(there);
  if (own === null) {
    return needsInstalled(there) ? refused(`its ${KEY} runs usageline within another command`) : NO_CHANGE;
  }
  if (own.after !== null)
    return splice(text, literal.start, literal.text, originalLiteral(own.after, memory));
  const edit = removed(text, object, property);
  const empty = edit.kind === 'change' && edit.after !== null && edit.after.replace(/\s/g, '') === '{}';
  return empty && memory?.created ? { ...edit, after: null } : edit;
}

/** The object that the text is; in words why there is none. */
function parse(text: string): JsonObject | string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it is not a JSON object';
    return scanObject(text, skipBlank(text, 0));
  } catch {
    return 'it is not JSON (a comment or a comma too many makes it none)';
  }
}

/** The command's literal in the text, quotes included; null when the status line is not one that runs a command. */
function commandOf(text: string, { value, end }: Property): { start: number; text: string } | null {
  const status: unknown = JSON.parse(text.slice(value, end));
  if (typeof status !== 'object' || status === null || Array.isArray(status)) return null;
  const { type, command } = status as Record<string, unknown>;
  if (type !== 'command' || typeof command !== 'string' || command.trim() === '') return null;
  const property = propertyOf(scanObject(text, value), 'command') as Property;
  return { start: property.value, text: text.slice(property.value, property.end) };
}

/** At the end, set off as what stands there is; in an empty object on a line of its own. */
function insertProperty(text: string, { open, properties }: JsonObject, added: string): Edit {
  const last = properties.at(-1);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  if (last === undefined) return splice(text, open + 1, '', `${newline}  ${added}${newline}`);
  const before = properties.at(-2)?.end;
  const blank = text.slice(before === undefined ? open + 1 : text.indexOf(',', before) + 1, last.start);
  return splice(text, last.end, '', `,${blank}${added}`);
}

/** The reverse of it, also when other properties have come before or behind it since. */
function removed(text: string, { open, properties }: JsonObject, property: Property): Edit {
  const index = properties.indexOf(property);
  const before = properties[index - 1];
  if (before !== undefined) return splice(text, before.end, text.slice(before.end, property.end), '');
  const next = properties[index + 1];
  if (next !== undefined) return splice(text, property.start, text.slice(property.start, next.start), '');
  const newline = text.startsWith('\r\n', open + 1) ? '\r\n' : '\n';
  const end = property.end + (text.startsWith(newline, property.end) ? newline.length : 0);
  return splice(text, open + 1, text.slice(open + 1, end), '');
}

/** The other's command as it stood in the file, if that is what is remembered; else the same command in our way. */
function originalLiteral(command: string, memory: OriginalStatusline | null): string {
  const remembered = memory?.command ?? null;
  return remembered !== null && isLiteralOf(remembered, command) ? remembered : JSON.stringify(command);
}

/** The notes can have any text there. */
function isLiteralOf(literal: string, text: string): boolean {
  try {
    return JSON.parse(literal) === text;
  } catch {
    return false;
  }
}
