import { printable, isTerminal, STDOUT, writeOut } from '../platform/stdio.ts';
import type { System } from '../platform/system.ts';
import type { FileChange } from './plan.ts';

/** Texts with more lines are shown as their number of lines. */
const MAX_LINES = 24;

/**
 * Shows changes as a diff, and the links that are removed. Of a user's file it shows only added and removed lines: the
 * lines around them may be private.
 */
export function preview(changes: readonly FileChange[], links: readonly string[] = []): string {
  const shown = changes.map((change) => `${printable(title(change))}\n${body(change)}`);
  return [...shown, ...links.map((link) => `remove ${printable(link)}\n`)].join('\n');
}

function title({ path, found, edit, record, backup, seed }: FileChange): string {
  const link = found.real === path ? '' : ` (a link to ${found.real})`;
  // The name may be that of a file that people keep for years.
  const created = record.kind === 'whole' ? '' : ', which was created for this';
  if (edit.after === null) return `remove ${path}${link}${created}`;
  if (found.text === null) return `create ${path}${seed === null ? '' : `, a copy of ${seed} with this:`}`;
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

/** Asks the user a yes-or-no question; see `askForText`. */
export function askOnTerminal(system: System, question: string): boolean | null {
  const answer = askForText(system, `${question} [y/N] `);
  return answer === null ? null : isYes(answer);
}

/** Whether an answer is a yes. */
export function isYes(answer: string): boolean {
  return /^\s*y(es)?\s*$/i.test(answer);
}

/**
 * Asks the user a question. Reads the answer from the terminal itself, because standard input may be a pipe with other
 * data.
 *
 * @returns the answer, empty if it cannot be read; null if standard output is no terminal, or the process has none
 */
export function askForText(system: System, question: string): string | null {
  const { fs } = system;
  if (!isTerminal(system, STDOUT)) return null;
  let fd: number;
  try {
    fd = fs.openSync('/dev/tty', 'r');
  } catch {
    return null;
  }
  try {
    writeOut(system, STDOUT, question);
    const answer = Buffer.alloc(256);
    const length = fs.readSync(fd, answer, 0, answer.length, null);
    // The end of the input, by Ctrl-D, leaves the cursor behind the question.
    if (length === 0) writeOut(system, STDOUT, '\n');
    return answer.toString('utf8', 0, length).trim();
  } catch {
    return '';
  } finally {
    fs.closeSync(fd);
  }
}
