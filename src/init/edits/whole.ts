import type { WholeStep } from '../target.ts';
import { MARK } from '../written.ts';
import { NONE, refused } from './edit.ts';
import type { Edit } from './edit.ts';

/** A file that is ours from its first byte to its last. One that is somebody else's stays. */
export function withWhole(text: string | null, step: WholeStep): Edit {
  if (text === step.text) return NONE;
  if (text !== null && !isOurs(text)) return refused('it is there, and usageline init has not written it');
  return { kind: 'change', after: step.text, removed: text ?? '', added: step.text, line: 1 };
}

export function withoutWhole(text: string | null): Edit {
  if (text === null || !isOurs(text)) return NONE;
  return { kind: 'change', after: null, removed: text, added: '', line: 1 };
}

/** In the first lines, where a file says what it is. */
function isOurs(text: string): boolean {
  return text.split('\n', 3).some((line) => line.includes(MARK));
}
