import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { removeAtTheEnd } from './remove.ts';

/**
 * A group of tests that need a program of the machine. Where it is missing, the tests are skipped with that
 * reason; in CI, which installs all of them, that is a failure.
 */
export function describeWith(tool: string, name: string, tests: () => void): void {
  const there = spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;
  if (!there && process.env.CI) throw new Error(`${tool} is not installed, so "${name}" cannot be tested`);
  describe.skipIf(!there)(there ? name : `${name} (skipped: needs ${tool})`, tests);
}

/** A directory for PATH that contains only these programs of the machine. */
export function aDirectoryWith(...tools: string[]): string {
  const directory = fs.mkdtempSync(join(tmpdir(), 'usageline-path-'));
  removeAtTheEnd(directory);
  for (const tool of tools) {
    const path = execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim();
    fs.symlinkSync(path, join(directory, tool));
  }
  return directory;
}
