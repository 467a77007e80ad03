import { spawnSync } from 'node:child_process';
import { describe } from 'vitest';

/**
 * A group of tests that need a program of the machine. Where it is missing, the tests are skipped with that
 * reason; in CI, which installs all of them, that is a failure.
 */
export function describeWith(tool: string, name: string, tests: () => void): void {
  const there = spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;
  if (!there && process.env.CI) throw new Error(`${tool} is not installed, so "${name}" cannot be tested`);
  describe.skipIf(!there)(there ? name : `${name} (skipped: needs ${tool})`, tests);
}
