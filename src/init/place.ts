import type { System } from '../platform/system.ts';
import { CRONTAB, readCrontab } from './crontab.ts';
import type { Step } from './target.ts';
import { inspectFile } from './user-file.ts';
import type { FoundFile } from './user-file.ts';

/** What a plan changes: a file, or the user's crontab. */
export interface Place {
  readonly kind: Step['kind'];
  readonly path: string;
}

/** Reads a file or the crontab that may be changed. Returns the reason, in words, for one that must not be. */
export function inspectPlace(system: System, { kind, path }: Place): FoundFile | string {
  if (kind !== 'crontab') return inspectFile(system, path);
  const read = readCrontab(system);
  return 'reason' in read ? read.reason : { real: CRONTAB, text: read.text };
}
