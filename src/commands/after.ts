import { widthOf } from '../render/width.ts';
import { SECOND } from '../usage/time.ts';

/** How long the other command may take, ms: nobody waits longer for a status line. */
const AFTER_PATIENCE_MS = 2 * SECOND;
/** No status line is longer. */
const MAX_OUTPUT_CHARACTERS = 64 * 1024;
/** Less room than this beside the other's last row, in columns, is none. */
const LEAST_ROOM = 24;
const GAP = '  ';

const ESC = '\u001B';
const BEL = '\u0007';
// CSI sequences (colours) and OSC sequences (links).
const ESCAPES = new RegExp(`${ESC}(?:\\[[0-9;?]*[A-Za-z]|\\][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\))`, 'g');

/**
 * Runs the status line command that somebody had before, with the same input, as Claude Code would. Nothing of the
 * input is part of what the shell reads.
 *
 * @returns what it printed; empty when it failed, took too long or printed nothing
 */
export function runAfter(command: string, input: Buffer): Promise<string> {
  const { spawn } = process.getBuiltinModule('node:child_process');
  return new Promise((resolve) => {
    const child = spawn(command, { shell: true, stdio: ['pipe', 'pipe', 'ignore'], windowsHide: true });
    let text = '';
    const done = (printed: string) => {
      clearTimeout(timer);
      resolve(printed);
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      done('');
    }, AFTER_PATIENCE_MS);
    child.stdout.setEncoding('utf8').on('data', (more: string) => {
      if (text.length < MAX_OUTPUT_CHARACTERS) text += more;
    });
    child.on('error', () => done(''));
    child.on('close', (code) => done(code === 0 ? text.slice(0, MAX_OUTPUT_CHARACTERS).trimEnd() : ''));
    // It may not want the input.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

/** Our line behind the other's last row, or in a row of its own where there is no room for it. */
export function beside(
  other: string,
  line: (columns: number | null) => string,
  columns: number | null,
): string {
  if (other === '') return line(columns);
  if (columns === null) return `${other}${GAP}${line(null)}`;
  const room = columns - columnsOf(other.slice(other.lastIndexOf('\n') + 1)) - GAP.length;
  return room < LEAST_ROOM ? `${other}\n${line(columns)}` : `${other}${GAP}${line(room)}`;
}

/** Columns of somebody else's row: colours and links have none. */
function columnsOf(row: string): number {
  return widthOf(row.replace(ESCAPES, ''));
}
