import type { Reporter, TestModule } from 'vitest/node';

/** The allowed reasons for a skipped test in CI: in its name, or the note of the skip. */
const ALLOWED = [
  / \(skipped: needs root( or user namespaces)?\)$/,
  / \(skipped: root is never refused\)$/,
  // powerlevel10k is in no registry of packages.
  / \(skipped: POWERLEVEL10K names no directory of it\) /,
];
const REAL_DATE = 'needs the real date';

/** A reporter for CI, where every tool is installed: a skipped test without an allowed reason fails the run. */
export default class implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    // A run of a few tests by their names skips all others.
    if (process.argv.some((word) => word === '-t' || word.startsWith('--testNamePattern'))) return;
    const skipped = modules.flatMap((module) =>
      [...module.children.allTests('skipped')].filter((test) => {
        const result = test.result();
        const note = result.state === 'skipped' ? result.note : undefined;
        return note !== REAL_DATE && !ALLOWED.some((reason) => reason.test(test.fullName));
      }),
    );
    for (const test of skipped)
      console.error(`skipped in CI: ${test.module.relativeModuleId} > ${test.fullName}`);
    if (skipped.length > 0) process.exitCode = 1;
  }
}
