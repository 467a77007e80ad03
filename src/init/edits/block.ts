import type { BlockStep } from '../target.ts';
import { NO_CHANGE, refused, splice } from './edit.ts';
import type { Edit } from './edit.ts';

/*
 * Our lines at the end of somebody's file, between two marks. What is needed to put the file back byte for byte
 * stands in the block itself: whether the last line before it had a newline, and whether there was a file at all.
 */

const BEGIN = '# >>> usageline >>>';
const END = '# <<< usageline <<<';
const MARKS = /(?<=^|\n)# (?:>>>|<<<) usageline (?:>>>|<<<)(?=\r?\n|\r?$)/g;
/** So many lines are named when marks are wrong. */
const SHOWN_MARKS = 10;
const NOTES = {
  unended: '# (The line before this block had no newline at its end.)',
  empty: '# (This file was empty.)',
} as const;

interface Block {
  /** Index of the first mark, and of what follows the last one's newline. */
  readonly start: number;
  readonly end: number;
  readonly newline: '\n' | '\r\n';
  readonly note: string | null;
}

/** The file with the block in it, at the end or where it is already. `text` null: there is no file yet. */
export function withBlock(text: string | null, { body, objection }: BlockStep): Edit {
  const found = findBlock(text ?? '');
  if (typeof found === 'string') return refused(found);
  const before = text ?? '';
  const start = found?.start ?? before.length;
  const end = found?.end ?? before.length;
  const reason =
    (found ? null : unreadableEnd(before)) ?? objection?.(before.slice(0, start) + before.slice(end));
  if (reason) return refused(reason);
  const newline = found?.newline ?? (before.includes('\r\n') ? '\r\n' : '\n');
  const note = found ? found.note : noteFor(text);
  const lines = [BEGIN, ...(note === null ? [] : [note]), ...body.split('\n'), END, ''].join(newline);
  const between = !found && note === NOTES.unended ? newline : '';
  return splice(before, start, before.slice(start, end), between + lines);
}

/** The file as it was before; null as a text when it was of our making. */
export function withoutBlock(text: string | null): Edit {
  const found = findBlock(text ?? '');
  if (typeof found === 'string') return refused(found);
  if (text === null || found === null) return NO_CHANGE;
  const { end, newline, note } = found;
  const before = text.slice(0, found.start);
  // Whoever has added a line since has done so behind a newline.
  const ours = note === NOTES.unended && end === text.length && before.endsWith(newline);
  const start = before.length - (ours ? newline.length : 0);
  const edit = splice(text, start, text.slice(start, end), '');
  return edit.kind === 'change' && edit.after === '' && note === null ? { ...edit, after: null } : edit;
}

/** The block; null when there is none; in words what is wrong with it. */
function findBlock(text: string): Block | string | null {
  const marks = [...text.matchAll(MARKS)];
  if (marks.length === 0) return null;
  const [first, last, more] = marks;
  if (first?.[0] !== BEGIN || last?.[0] !== END || more !== undefined) {
    const lines = marks.slice(0, SHOWN_MARKS).map(({ index }) => text.slice(0, index).split('\n').length);
    const others = marks.length > SHOWN_MARKS ? ', …' : '';
    return `its marks are not one "${BEGIN}" and then one "${END}": line ${lines.join(', ')}${others}`;
  }
  const newline = text.startsWith('\r\n', first.index + BEGIN.length) ? '\r\n' : '\n';
  const inside = text.slice(first.index + BEGIN.length + newline.length, last.index);
  const note = Object.values(NOTES).find((line) => inside.startsWith(line)) ?? null;
  const ending = /^(?:\r?\n)?/.exec(text.slice(last.index + END.length))?.[0] ?? '';
  return { start: first.index, end: last.index + END.length + ending.length, newline, note };
}

function noteFor(text: string | null): string | null {
  if (text === null || text.endsWith('\n')) return null;
  return text === '' ? NOTES.empty : NOTES.unended;
}

/** A backslash at the end makes one line of two, in shells and in tmux: the mark would be part of the last one. */
function unreadableEnd(text: string): string | null {
  return /\\\r?\n?$/.test(text) ? 'its last line ends with a backslash' : null;
}
