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
 * Prints the text of a prerendered file whose refresh is due, starts the worker and ends the process. The forecast has
 * decided what the line shows and when the refresh is due, so nothing is resolved here.
 *
 * @returns false where the line has to be resolved: for a caller that waits, at a terminal, whose width the text does not
 *   know, without a text for this time, and where the cache cannot be written
 */
export function printDueLine(
  system: System,
  { policy, timeoutMs }: UsageOptions,
  { directory, variant }: DueLine,
): boolean {
  if (policy === 'wait' || policy === 'cached' || isTerminal(system, STDOUT)) return false;
  const text = dueText(system, prerenderedFile(directory, variant));
  if (text === null) return false;
  const claim = claimWorker({ system, log: () => {} }, { cache: directory, warning: null });
  if (claim.kind === 'failed') return false;
  const printed = writeOut(system, STDOUT, `${text}\n`);
  try {
    if (claim.kind === 'claimed') spawnWorker(system, timeoutMs, variant);
  } finally {
    // Always: after an exception the line would be printed twice.
    process.exit(printed ? 0 : 1);
  }
}

/** The text of this time; null where there is none, or where no request is due and only the near file has ended. */
function dueText(system: System, path: string): string | null {
  const now = system.now();
  const near = readClosedFile(system, path, MAX_FILE_BYTES);
  if (near === null || !hasRefresh(near)) return null;
  const text = textAt(near, now);
  if (text !== null) return text;
  const later = readClosedFile(system, path + LATER, MAX_LATER_BYTES);
  // The file of later texts begins with the number of the near file that it belongs to.
  const id = / (\d+)\n/.exec(near)?.[1];
  return later !== null && id !== undefined && later.startsWith(`${id}\n`) ? textAt(later, now) : null;
}

/**
 * Whether a request will be due while the near texts are shown. Otherwise the head has the end of the last one as the time
 * of the refresh: the numbers can be fresh, or requests switched off, and no worker may be started.
 */
function hasRefresh(near: string): boolean {
  const [head = '', ...lines] = near.split('\n');
  const last = Math.max(...lines.map((line) => Number.parseInt(line, 10)).filter((end) => end > 0));
  return Number(head.split(' ')[2]) < last;
}
