import type { Stats } from 'node:fs';
import { sep } from 'node:path';
import type { System } from '../../../platform/system.ts';

export interface Found {
  readonly path: string;
  readonly stat: Stats;
}

export interface FoundAll {
  readonly transcripts: readonly Found[];
  /** False when no root could be listed: it is not known then whether there are transcripts. */
  readonly listed: boolean;
}

/** Claude Code nests three deep. */
const MAX_DEPTH = 16;

/**
 * Finds the transcripts below the roots (real paths) that were written at or after `since` (epoch ms). Links are not
 * followed. What cannot be listed or examined is skipped.
 */
export function findTranscripts({ fs }: System, roots: readonly string[], since: number): FoundAll {
  const transcripts: Found[] = [];
  let listed = false;
  /** One root can be inside another one. */
  const visited = new Set<string>();

  const visit = (folder: string, depth: number): void => {
    if (visited.has(folder)) return;
    visited.add(folder);
    const entries = entriesOf(fs, folder);
    listed ||= entries !== null;
    for (const entry of entries ?? []) {
      const path = folder + sep + entry.name;
      if (entry.isDirectory()) {
        if (depth < MAX_DEPTH) visit(path, depth + 1);
      } else if (entry.isFile() && entry.name.endsWith('.jsonl')) {
        const stat = statOf(fs, path);
        if (stat?.isFile() && stat.mtimeMs >= since) transcripts.push({ path, stat });
      }
    }
  };

  for (const root of roots) visit(root, 0);
  return { transcripts, listed };
}

function entriesOf(fs: System['fs'], folder: string) {
  try {
    // A name that is not UTF-8 cannot be opened as it is decoded, and is none of Claude Code's.
    return fs.readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !name.includes('\uFFFD'));
  } catch {
    return null;
  }
}

function statOf(fs: System['fs'], path: string): Stats | undefined {
  try {
    return fs.lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
