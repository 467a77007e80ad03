import { printable } from '../platform/stdio.ts';
import type { FileChange } from './plan.ts';

/** A file of ours longer than this is told by its length. */
const MAX_LINES = 24;

/**
 * The changes as a diff, and the links that are removed. Of a user's file only added and removed lines are shown: the
 * lines around them may be private.
 */
export function preview(changes: readonly FileChange[], links: readonly string[] = []): string {
  const shown = changes.map((change) => `${printable(title(change))}\n${body(change)}`);
  return [...shown, ...links.map((link) => `remove ${printable(link)}\n`)].join('\n');
}

function title({ path, found, edit, backup }: FileChange): string {
  const link = found.real === path ? '' : ` (a link to ${found.real})`;
  if (edit.after === null) return `remove ${path}${link}`;
  if (found.text === null) return `create ${path}`;
  return `change ${path}${link}, line ${edit.line}${backup === null ? '' : `; kept as it is: ${backup}`}`;
}

function body({ edit, record }: FileChange): string {
  if (record.kind === 'whole' && edit.after === null) return '';
  return signed('-', edit.removed) + signed('+', edit.added);
}

function signed(sign: '+' | '-', text: string): string {
  const lines = text.replace(/^\r?\n|\r?\n$/g, '').split(/\r?\n/);
  if (text === '') return '';
  if (lines.length > MAX_LINES) return `  ${sign} ${lines.length} lines\n`;
  return lines.map((line) => `  ${sign} ${printable(line)}\n`).join('');
}
