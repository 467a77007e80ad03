import { readFileSync } from 'node:fs';

/**
 * The tests that need the real date, by file: they compare the time of a file, which the file system sets by the
 * real clock, with a clock that faketime has moved. `npm run test:dates` leaves them out, and then checks that each of
 * them exists and fails under at least one date.
 */
export const REAL_DATE: Readonly<Record<string, readonly string[]>> = JSON.parse(
  readFileSync(new URL('real-date.json', import.meta.url), 'utf8'),
);
