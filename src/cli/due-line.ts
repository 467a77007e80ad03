import type { UsageOptions } from '../commands/fast-options.ts';
import { readClosedFile } from '../cache/own-files.ts';
import { isTerminal, STDOUT, writeOut } from '../platform/stdio.ts';
import type { System } from '../platform/system.ts';
import { LATER, MAX_FILE_BYTES, textAt } from '../prerender/format.ts';
import type { DueLine } from '../prerender/read.ts';
import { prerenderedFile } from '../prerender/variant.ts';
import { MAX_FILE_BYTES as MAX_LATER_BYTES } from '../platform/files.ts';
import { claimWorker } from '../resolve/worker-claim.ts';
import { spawnWorker } from './spawn-worker.ts';

/**
 * Prints a prerendered line of whose numbers a refresh is due, with their age, starts the worker and ends the process. The
 * forecast has decided what the line shows and when the refresh is due, so nothing is resolved here.
 *
 * @returns false for a caller that waits, without a text for this time, and where the cache cannot be written: then the
 *   line has to be resolved
 */
export function printDueLine(
  system: System,
  { policy, timeoutMs }: UsageOptions,
  { directory, variant }: DueLine,
): boolean {
  if (policy === 'wait' || policy === 'cached' || (policy === null && isTerminal(system, STDOUT)))
    return false;
  const text = dueText(system, prerenderedFile(directory, variant));
  if (text === null) return false;
  const claim = claimWorker({ system, log: () => {} }, { cache: directory, warning: null });
  if (claim.kind === 'failed') return false;
  const printed = writeOut(system, STDOUT, `${text}\n`);
  if (claim.kind === 'claimed') spawnWorker(system, timeoutMs, variant);
  process.exit(printed ? 0 : 1);
}

function dueText(system: System, path: string): string | null {
  const now = system.now();
  const near = readClosedFile(system, path, MAX_FILE_BYTES);
  if (near === null) return null;
  const text = textAt(near, now);
  if (text !== null) return text;
  const later = readClosedFile(system, path + LATER, MAX_LATER_BYTES);
  // The file of later texts begins with the number of the near file that it belongs to.
  const id = / (\d+)\n/.exec(near)?.[1];
  return later !== null && id !== undefined && later.startsWith(`${id}\n`) ? textAt(later, now) : null;
}
