import { isTerminal, STDOUT, writeOut } from '../platform/stdio.ts';
import type { System } from '../platform/system.ts';

/**
 * Asks whoever sits there. Not by way of standard input, which is somebody's data: by the terminal itself.
 * @returns null when nobody can be asked
 */
export function askOnTerminal(system: System, question: string): boolean | null {
  const { fs } = system;
  if (!isTerminal(system, STDOUT)) return null;
  let fd: number;
  try {
    fd = fs.openSync('/dev/tty', 'r');
  } catch {
    return null;
  }
  try {
    writeOut(system, STDOUT, `${question} [y/N] `);
    const answer = Buffer.alloc(256);
    const length = fs.readSync(fd, answer, 0, answer.length, null);
    return /^\s*y(es)?\s*$/i.test(answer.toString('utf8', 0, length));
  } catch {
    return false;
  } finally {
    fs.closeSync(fd);
  }
}
