import type { OwnFileStep } from '../target.ts';
import { NO_CHANGE, refused } from './edit.ts';
import type { Edit } from './edit.ts';

/*
 * Files that consist of usageline's text only. A mark in one of the first lines distinguishes them from a user's own
 * files, which are never overwritten or removed.
 */

const MARK = 'Written by usageline init';

/**
 * The line that marks a file as usageline's own and explains how to remove it.
 *
 * @param comment what begins a comment in the language of the file
 */
export function ownFileHeader(comment: string, target: string): string {
  return `${comment} ${MARK} ${target} --install: changes here are lost with the next one. To remove it: the same with --uninstall.`;
}

/** Creates the file or replaces its text. Refused for a file without the mark. `text` is null for no file. */
export function withOwnFile(text: string | null, step: OwnFileStep): Edit {
  if (text === step.text) return NO_CHANGE;
  if (text !== null && !isOwnFile(text)) return refused('it is there, and usageline init has not written it');
  return { kind: 'change', after: step.text, removed: text ?? '', added: step.text, line: 1 };
}

/** Removes the file. A file without the mark stays. `text` is null for no file. */
export function withoutOwnFile(text: string | null): Edit {
  if (text === null || !isOwnFile(text)) return NO_CHANGE;
  return { kind: 'change', after: null, removed: text, added: '', line: 1 };
}

/** A shebang and the like can stand above the mark, so the first three lines count. */
function isOwnFile(text: string): boolean {
  return text.split('\n', 3).some((line) => line.includes(MARK));
}
