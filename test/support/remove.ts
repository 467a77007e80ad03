import fs from 'node:fs';
import { afterAll } from 'vitest';

/**
 * How often removal of a directory is tried while another process writes to it, and the pause between two tries,
 * ms.
 */
const TRIES = 50;
const PAUSE = 100;

/**
 * Removes a directory and everything below. A worker may still be writing there, so a directory that is not
 * empty any more is removed from the start (`maxRetries` of Node repeats the `rmdir`, not the removal of its
 * contents).
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
      // A leftover directory is no failure of the program.
      console.warn(`left behind: ${path}`, error);
    }
  }
});

/** Removes a directory when the tests of the file are over. */
export function removeAtTheEnd(path: string): void {
  paths.push(path);
}
