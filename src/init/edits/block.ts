import type { BlockStep } from '../target.ts';
import { NO_CHANGE, refused, splice } from './edit.ts';
import type { Edit } from './edit.ts';

/*
 * Lines of usageline between two marks, at the end of a user's file. A note in the block has what it takes to restore the
 * file byte for byte: whether the line before the block had a newline, and whether the file was empty.
 */

const BEGIN = '# >>> usageline >>>';
const END = '# <<< usageline <<<';
const MARKS = /(?<=^|\n)# (?:>>>|<<<) usageline (?:>>>|<<<)(?=\r?\n|\r?$)/g;
/** How many line numbers a message about wrong marks has at most. */
const SHOWN_MARKS = 10;
const NOTES = {
  unended: '# (The line before this block had no newline at its end.)',
  empty: '# (This file was empty.)',
} as const;

interface Block {
  /** Index of the first mark, and the index behind the newline of the last one. */
  readonly start: number;
  readonly end: number;
  readonly newline: '\n' | '\r\n';
  readonly note: string | null;
}

/** Adds the block at the end of a file, or replaces the block that is in it. `text` is null for no file. */
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

/** Removes the block, and the file if `init` has created it. `text` is null for no file. */
export function withoutBlock(text: string | null): Edit {
  const found = findBlock(text ?? '');
  if (typeof found === 'string') return refused(found);
  if (text === null || found === null) return NO_CHANGE;
  const { end, newline, note } = found;
  const before = text.slice(0, found.start);
  // The newline before the block is usageline's only while no line has been added behind the block.
  const added = note === NOTES.unended && end === text.length && before.endsWith(newline);
  const start = before.length - (added ? newline.length : 0);
  const edit = splice(text, start, text.slice(start, end), '');
  return edit.kind === 'change' && edit.after === '' && note === null ? { ...edit, after: null } : edit;
}

/** Finds the block; null for a file without one, and a text if the marks are wrong: why, in words. */
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

/** In shells and tmux, a backslash at the end of a line joins it with the next one, which would be the mark. */
function unreadableEnd(text: string): string | null {
  return /\\\r?\n?$/.test(text) ? 'its last line ends with a backslash' : null;
}
