/**
 * `npm run test:dates`: the fast tests under other dates, by way of faketime.
 *
 *     npm run test:dates                                 all dates
 *     npm run test:dates -- leap-day new-year            some of them
 *     npm run test:dates -- leap-day --project sockets   other tests; all options are those of vitest
 *
 * Exit code 1 when a test fails, or when the list of the tests that need the real date names one that is not there or
 * that passes under all dates.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DATES } from './dates.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const vitest = join(root, 'node_modules/vitest/vitest.mjs');

/** One date before today's and one after: a test can need the real date for either. */
const TO_CHECK = ['summer-time-ends', 'end-of-32-bits'];

/**
 * Runs vitest under a date.
 *
 * The clock is moved by an offset and not set to a time, so that all processes agree on it. Timers and deadlines keep
 * the real monotonic clock. The times of files stay real for every program: Node's are real in any case.
 *
 * @param {keyof typeof DATES} name
 * @param {readonly string[]} options
 * @param {{ readonly date?: string, readonly stdio?: 'inherit' | 'ignore' }} [how]
 */
function runUnder(name, options, { date = name, stdio = 'inherit' } = {}) {
  const { at, zone } = DATES[name];
  const start = Number(read('date', ['-d', at, '+%s'], zone));
  const offset = start - Math.floor(Date.now() / 1000);
  const command = ['-f', `${offset < 0 ? '' : '+'}${offset}s`, process.execPath, vitest, 'run', ...options];
  const { status, error } = spawnSync('faketime', command, {
    cwd: root,
    stdio,
    env: {
      ...process.env,
      TESTS_DATE: date,
      TESTS_ZONE: zone,
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    },
  });
  if (error) throw new Error(`faketime cannot be started: ${error.message}`);
  removeLeftovers();
  return status === 0;
}

/** Removes what programs killed under a moved clock left: a later `faketime` that gets the id of one would fail. */
function removeLeftovers() {
  for (const name of readdirSync('/dev/shm')) {
    const [, id] = /^(?:sem\.)?faketime_(?:sem|shm)_(\d+)$/.exec(name) ?? [];
    if (!id || existsSync(`/proc/${id}`)) continue;
    try {
      unlinkSync(join('/dev/shm', name));
    } catch {
      // The file belongs to another user, or another run has removed it.
    }
  }
}

function read(command, parameters, zone) {
  const { status, stdout, stderr } = spawnSync(command, parameters, {
    encoding: 'utf8',
    env: { ...process.env, TZ: zone },
  });
  if (status !== 0) throw new Error(`${command} ${parameters.join(' ')}: ${stderr}`);
  return stdout;
}

/** What is wrong with the list of tests that need the real date. */
function faultsOfList() {
  const directory = mkdtempSync(join(tmpdir(), 'usageline-dates-'));
  try {
    const report = join(directory, 'report.json');
    const listed = /** @type {Map<string, boolean>} */ (new Map());
    for (const name of TO_CHECK) {
      const options = ['--project', 'parts', '--reporter=json', `--outputFile=${report}`];
      runUnder(name, [...options, ...filesOfList()], { date: 'check-list', stdio: 'ignore' });
      const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
      for (const { name: path, assertionResults } of testResults) {
        const file = path.slice(root.length);
        for (const { ancestorTitles, title, status } of assertionResults) {
          const test = [file, ...ancestorTitles, title].join(' > ');
          if (status === 'passed' || status === 'failed')
            listed.set(test, listed.get(test) || status === 'failed');
        }
      }
    }
    return namesOfList().flatMap((test) => {
      if (!listed.has(test)) return [`there is no such test: ${test}`];
      return listed.get(test) ? [] : [`it passes under all dates: ${test}`];
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const list = JSON.parse(readFileSync(new URL('real-date.json', import.meta.url), 'utf8'));
const filesOfList = () => Object.keys(list);
const namesOfList = () =>
  Object.entries(list).flatMap(([file, names]) => names.map((name) => `${file} > ${name}`));

const words = process.argv.slice(2);
const border = words.findIndex((word) => word.startsWith('-'));
/** The test of every command with every state of its files takes as long as half of the others, and the date means nothing to it. */
const FAST = ['--project', 'parts', '--exclude', 'test/commands/paths.test.ts'];
const options = border < 0 ? FAST : words.slice(border);
const names = border < 0 ? words : words.slice(0, border);
const unknown = names.filter((name) => !Object.hasOwn(DATES, name));
if (unknown.length > 0) {
  console.error(`no such date: ${unknown.join(', ')}; there are: ${Object.keys(DATES).join(', ')}`);
  process.exit(2);
}

const failed = [];
for (const name of names.length > 0 ? names : Object.keys(DATES)) {
  const { at, zone } = DATES[name];
  console.log(`\n== ${name}: ${at} ${zone}`);
  if (!runUnder(name, options)) failed.push(name);
}
const faults = faultsOfList();
for (const fault of faults) console.error(`test/dates/real-date.json: ${fault}`);
if (failed.length > 0) console.error(`tests fail under: ${failed.join(', ')}`);
process.exitCode = failed.length + faults.length > 0 ? 1 : 0;
