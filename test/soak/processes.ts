import fs from 'node:fs';
import { join } from 'node:path';

/** A process of the program that no caller waits for. */
export interface Found {
  readonly pid: number;
  readonly command: string;
}

/** The processes whose environment has this home, including workers. */
export function processesOf(home: string): Found[] {
  return fs.readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    const found = lookAt(name, home);
    return found === null ? [] : [found];
  });
}

/** Whether a process is still one of this home. */
export const isOf = (pid: number, home: string) => lookAt(String(pid), home) !== null;

function lookAt(name: string, home: string): Found | null {
  try {
    if (!fs.readFileSync(join('/proc', name, 'environ'), 'utf8').includes(`HOME=${home}\0`)) return null;
    const command = fs
      .readFileSync(join('/proc', name, 'cmdline'), 'utf8')
      .replaceAll('\0', ' ')
      .trim();
    // A zombie has no command line.
    return command === '' ? null : { pid: Number(name), command };
  } catch {
    return null;
  }
}

/** Sends a signal; false where the process is gone. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
