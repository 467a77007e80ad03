import type { OwnFileStep } from '../target.ts';
import { OWN_FILE_MARK } from '../written.ts';
import { NO_CHANGE, refused } from './edit.ts';
import type { Edit } from './edit.ts';

/** A file that is ours from its first byte to its last. One that is somebody else's stays. */
export function withOwnFile(text: string | null, step: OwnFileStep): Edit {
  if (text === step.text) return NO_CHANGE;
  if (text !== null && !isOwnFile(text)) return refused('it is there, and usageline init has not written it');
  return { kind: 'change', after: step.text, removed: text ?? '', added: step.text, line: 1 };
}

export function withoutOwnFile(text: string | null): Edit {
  if (text === null || !isOwnFile(text)) return NO_CHANGE;
  return { kind: 'change', after: null, removed: text, added: '', line: 1 };
}

/** In the first lines, where a file says what it is. */
function isOwnFile(text: string): boolean {
  return text.split('\n', 3).some((line) => line.includes(OWN_FILE_MARK));
}
