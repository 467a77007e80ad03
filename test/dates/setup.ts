import { beforeEach } from 'vitest';
import { REAL_DATE } from './real-date.ts';

/*
 * Under a moved clock (`npm run test:dates`) the tests that need the real date are left out, but for the run that
 * checks their list.
 */
const { TESTS_DATE } = process.env;
if (TESTS_DATE) {
  beforeEach(({ task, skip }) => {
    const listed = REAL_DATE[task.file.name]?.includes(task.fullTestName) ?? false;
    skip(listed && TESTS_DATE !== 'check-list', 'needs the real date');
  });
}
