import { it } from 'vitest';

/** Whether this is root, whom no file mode keeps out, and who can give files to other users. */
export const isRoot = process.getuid?.() === 0;

/** A test of what only root may do. Other users skip it, with that reason. */
export function itAsRoot(name: string, test: () => void | Promise<void>): void {
  it.skipIf(!isRoot)(isRoot ? name : `${name} (skipped: needs root)`, test);
}

/** A test of what root is never refused. Root skips it, with that reason. */
export function itAsOrdinaryUser(name: string, test: () => void | Promise<void>): void {
  it.skipIf(isRoot)(isRoot ? `${name} (skipped: root is never refused)` : name, test);
}
