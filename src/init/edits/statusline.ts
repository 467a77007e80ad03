import { sh } from '../snippets/quote.ts';
import { INLINE_RUNNER } from '../snippets/runner.ts';
import type { StatuslineStep } from '../target.ts';
import { NO_CHANGE, refused, splice } from './edit.ts';
import type { Edit } from './edit.ts';
import { propertyOf, scanObject, skipBlank } from './json-object.ts';
import type { JsonObject, Property } from './json-object.ts';
import { wordsOf } from '../snippets/words.ts';

/*
 * The `statusLine` property of Claude Code's settings. All other bytes of the file stay as they are: the property is added
 * at the end, or a command that the user has already becomes the argument of `--after` of usageline's command.
 */

const KEY = 'statusLine';

/** Matches a directory of the package: a file `hot.cjs` elsewhere may belong to another program. */
const PACKAGE = /[\\/]usageline[\w@.+-]*[\\/]/;
const isScript = (word = '') => /[\\/]hot\.cjs$/.test(word) && PACKAGE.test(word);

/** Whether a longer command, which the user wrote, runs usageline's status line. */
function runsProgram(command: string): boolean {
  const script = /\bhot\.cjs['"]? statusline\b/.test(command) && PACKAGE.test(command);
  return script || /\busageline(?:\.cjs|-run)?['"]? statusline\b/.test(command);
}

/** Whether a command uses a file that `init` installs, so that it fails once that file is removed. */
function needsInstalled(command: string): boolean {
  return /usageline-run\b/.test(command) || (/\bhot\.cjs\b/.test(command) && PACKAGE.test(command));
}

/** A command that `init` wrote, with any path of the program. */
interface OwnCommand {
  /** Options that the user has added. */
  readonly options: readonly string[];
  /** The argument of `--after`: the user's command, whose output follows the line; null for none. */
  readonly after: string | null;
}

/** Parses a command that `init` wrote; null for any other. It is recognized by its program and subcommand. */
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

/**
 * The index of the program's first argument: behind the runner, or Node and the script, or the words of a pasted
 * command.
 */
function startsAt(words: readonly string[]): number | null {
  const [first = '', second, third = '', , fifth = ''] = words;
  if (/(^|\/)usageline-run$/.test(first)) return 1;
  if (isScript(second)) return 2;
  return isScript(fifth) || (third === INLINE_RUNNER && fifth.endsWith('hot.cjs')) ? 5 : null;
}

/** Adds usageline's command. `text` is null for no file. */
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
  const current: string = JSON.parse(literal.text);
  const own = ownCommand(current);
  if (own === null && runsProgram(current)) return NO_CHANGE;
  const { options, after } = own ?? { options: [], after: current };
  const next = [command, ...options.map(sh), ...(after === null ? [] : ['--after', sh(after)])].join(' ');
  return current === next ? NO_CHANGE : splice(text, literal.start, literal.text, JSON.stringify(next));
}

/** What is recorded about a file to restore it byte for byte, because the changed text no longer shows it. */
export interface OriginalStatusline {
  /** Whether `init` has created the file. */
  readonly created: boolean;
  /**
   * The literal of the user's command with its quotes, since JSON can write the same text in many ways; null for
   * none.
   */
  readonly command: string | null;
}

/** What to record about a file before it is changed. `text` is null for no file. */
export function originalStatusline(text: string | null): OriginalStatusline {
  const object = text === null ? null : parse(text);
  if (text === null || object === null || typeof object === 'string') {
    return { created: text === null, command: null };
  }
  const property = propertyOf(object, KEY);
  return { created: false, command: property && (commandOf(text, property)?.text ?? null) };
}

/** Removes usageline's command and restores the user's. `text` is null for no file. */
export function withoutStatusline(text: string | null, original: OriginalStatusline | null): Edit {
  if (text === null) return NO_CHANGE;
  const object = parse(text);
  if (typeof object === 'string') return refused(object);
  const property = propertyOf(object, KEY);
  const literal = property && commandOf(text, property);
  if (property === null || !literal) return NO_CHANGE;
  const current: string = JSON.parse(literal.text);
  const own = ownCommand(current);
  if (own === null) {
    return needsInstalled(current) ? refused(`its ${KEY} runs usageline within another command`) : NO_CHANGE;
  }
  if (own.after !== null)
    return splice(text, literal.start, literal.text, originalLiteral(own.after, original));
  const edit = removed(text, object, property);
  const empty = edit.kind === 'change' && edit.after !== null && edit.after.replace(/\s/g, '') === '{}';
  return empty && original?.created ? { ...edit, after: null } : edit;
}

/** Parses the settings. Returns a text that names the problem if they are no JSON object. */
function parse(text: string): JsonObject | string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it is not a JSON object';
    return scanObject(text, skipBlank(text, 0));
  } catch {
    return 'it is not JSON (a comment or a comma too many makes it none)';
  }
}

/** The literal of the status line's command with its quotes; null if the status line does not run a command. */
function commandOf(text: string, { value, end }: Property): { start: number; text: string } | null {
  const status: unknown = JSON.parse(text.slice(value, end));
  if (typeof status !== 'object' || status === null || Array.isArray(status)) return null;
  const { type, command } = status as Record<string, unknown>;
  if (type !== 'command' || typeof command !== 'string' || command.trim() === '') return null;
  const property = propertyOf(scanObject(text, value), 'command') as Property;
  return { start: property.value, text: text.slice(property.value, property.end) };
}

/**
 * Adds the property at the end, with the blanks that separate the last two; in an empty object on a line of its own.
 */
function insertProperty(text: string, { open, properties }: JsonObject, added: string): Edit {
  const last = properties.at(-1);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  if (last === undefined) return splice(text, open + 1, '', `${newline}  ${added}${newline}`);
  const before = properties.at(-2)?.end;
  const blank = text.slice(before === undefined ? open + 1 : text.indexOf(',', before) + 1, last.start);
  return splice(text, last.end, '', `,${blank}${added}`);
}

/** Undoes `insertProperty`, also if the user has added properties before or behind it. */
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

/** The recorded literal of the user's command, if it means this command; else a new literal. */
function originalLiteral(command: string, original: OriginalStatusline | null): string {
  const literal = original?.command ?? null;
  return literal !== null && isLiteralOf(literal, command) ? literal : JSON.stringify(command);
}

/** The record is a file and may contain any text. */
function isLiteralOf(literal: string, text: string): boolean {
  try {
    return JSON.parse(literal) === text;
  } catch {
    return false;
  }
}
