import { it } from 'vitest';

/** The user with all rights: no mode of a file keeps this user out, and files can be given to other users. */
export const isRoot = process.getuid?.() === 0;

/** A test of what only root may do. For another user it is skipped, and says so. */
export function itAsRoot(name: string, test: () => void | Promise<void>): void {
  it.skipIf(!isRoot)(isRoot ? name : `${name} (skipped: needs root)`, test);
}

/** A test of what root is not refused. For root it is skipped, and says so. */
export function itAsOrdinaryUser(name: string, test: () => void | Promise<void>): void {
  it.skipIf(isRoot)(isRoot ? `${name} (skipped: root is never refused)` : name, test);
}
