import fs from 'node:fs';
import { afterAll } from 'vitest';

/** How often a directory is tried that somebody still writes to, and how long it is left alone in between, ms. */
const TRIES = 50;
const PAUSE = 100;

/**
 * Removes a directory and all below. A detached refresh may still be writing there: what it has put into a directory
 * that was just emptied is a reason to begin anew (`maxRetries` of Node tries the same `rmdir` again, not its contents).
 */
export function removeTree(path: string): void {
  for (let left = TRIES; ; left -= 1) {
    try {
      fs.rmSync(path, { recursive: true, force: true });
      return;
    } catch (error) {
      if (left === 0) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
    }
  }
}

const paths: string[] = [];
afterAll(() => {
  for (const path of paths.splice(0)) {
    try {
      removeTree(path);
    } catch (error) {
      // Litter, and no word on the program.
      console.warn(`left behind: ${path}`, error);
    }
  }
});

/** Removes a directory when the tests of the file are over. */
export function removeAtTheEnd(path: string): void {
  paths.push(path);
}
