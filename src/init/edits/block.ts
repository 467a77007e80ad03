import type { BlockStep } from '../target.ts';
import { NO_CHANGE, refused, splice } from './edit.ts';
import type { Edit } from './edit.ts';

/*
 * Lines of usageline between two marks in a user's file. A note in the block has what it takes to restore the file byte
 * for byte: whether the line before the block had no newline, and whether the file was empty.
 */

const MARKS = /(?<=^|\n)(?:#|;;?|--|\/[/*]) (?:>>>|<<<) usageline (?:>>>|<<<)(?: \*\/)?(?=\r?\n|\r?$)/g;
/** How many line numbers a message about wrong marks has at most. */
const SHOWN_MARKS = 10;
const NOTES = {
  unended: '(The line before this block had no newline at its end.)',
  empty: '(This file was empty.)',
} as const;
type Note = keyof typeof NOTES;

/** A comment of one line. */
function commentOf(style: string, text: string): string {
  return style === '/*' ? `/* ${text} */` : `${style} ${text}`;
}

function beginOf(style: string): string {
  return commentOf(style, '>>> usageline >>>');
}

function endOf(style: string): string {
  return commentOf(style, '<<< usageline <<<');
}

interface Block {
  /** Index of the first mark, and the index behind the newline of the last one. */
  readonly start: number;
  readonly end: number;
  readonly newline: '\n' | '\r\n';
  readonly note: Note | null;
}

/**
 * Adds the block to a file, at its end unless the step names another place, or replaces the block that is in it. `text` is
 * null for no file.
 */
export function withBlock(text: string | null, { body, objection, comment = '#', at }: BlockStep): Edit {
  const found = findBlock(text ?? '');
  if (typeof found === 'string') return refused(found);
  const before = text ?? '';
  const start = found?.start ?? at?.(before) ?? before.length;
  const end = found?.end ?? start;
  const reason =
    (found ? null : unreadableEnd(before.slice(0, start))) ??
    objection?.(before.slice(0, start) + before.slice(end));
  if (reason) return refused(reason);
  const note = found ? found.note : start < before.length ? null : noteFor(text);
  const lines = [
    beginOf(comment),
    ...(note === null ? [] : [commentOf(comment, NOTES[note])]),
    ...body.split('\n'),
    endOf(comment),
    '',
  ].join('\n');
  // Where an editor has given all lines another end, the newline before the block changes with those of the block.
  const from = start - (found ? addedBefore(before, found) : 0);
  const between = note === 'unended' && (!found || from < start) ? '\n' : '';
  return splice(before, from, before.slice(from, end), between + lines);
}

/** Removes the block, and the file if `init` has created it. `text` is null for no file. */
export function withoutBlock(text: string | null): Edit {
  const found = findBlock(text ?? '');
  if (typeof found === 'string') return refused(found);
  if (text === null || found === null) return NO_CHANGE;
  const { end, note } = found;
  const start = found.start - addedBefore(text, found);
  const edit = splice(text, start, text.slice(start, end), '');
  return edit.kind === 'change' && edit.after === '' && note === null ? { ...edit, after: null } : edit;
}

/** The length of the newline that was added before the block: usageline's only while no line has been added behind it. */
function addedBefore(text: string, { start, end, newline, note }: Block): number {
  const isAdded = note === 'unended' && end === text.length && text.slice(0, start).endsWith(newline);
  return isAdded ? newline.length : 0;
}

/** Finds the block; null for a file without one, and a text if the marks are wrong: why, in words. */
function findBlock(text: string): Block | string | null {
  const marks = [...text.matchAll(MARKS)];
  if (marks.length === 0) return null;
  const [first, last, more] = marks;
  const begin = first?.[0] ?? '';
  const style = begin.slice(0, begin.indexOf(' '));
  const isPair = begin === beginOf(style) && last?.[0] === endOf(style) && more === undefined;
  if (first === undefined || last === undefined || !isPair) {
    const lines = marks.slice(0, SHOWN_MARKS).map(({ index }) => text.slice(0, index).split('\n').length);
    const others = marks.length > SHOWN_MARKS ? ', …' : '';
    return `its marks are not one "${beginOf(style)}" and then one "${endOf(style)}": line ${lines.join(', ')}${others}`;
  }
  const newline = text.startsWith('\r\n', first.index + begin.length) ? '\r\n' : '\n';
  const inside = text.slice(first.index + begin.length + newline.length, last.index);
  const note =
    (Object.keys(NOTES) as Note[]).find((name) => inside.startsWith(commentOf(style, NOTES[name]))) ?? null;
  const ending = /^(?:\r?\n)?/.exec(text.slice(last.index + last[0].length))?.[0] ?? '';
  return { start: first.index, end: last.index + last[0].length + ending.length, newline, note };
}

/** The note for a block at the end of this text; null for no file. */
function noteFor(text: string | null): Note | null {
  if (text === null || text.endsWith('\n')) return null;
  return text === '' ? 'empty' : 'unended';
}

/** In shells and tmux, a backslash at the end of a line joins it with the next one, which would be the mark. */
function unreadableEnd(text: string): string | null {
  return /\\\r?\n?$/.test(text) ? 'its last line ends with a backslash' : null;
}
