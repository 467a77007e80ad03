import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { anEndpoint, json } from '../support/endpoint.ts';
import { Machine } from '../support/program.ts';
import type { Run } from '../support/program.ts';
import { passTime } from './disk-time.ts';
import { fault, recordRows, runWith } from './harness.ts';
import { copyOfTheProgram } from './process-copy.ts';

recordRows('kills');

/** `npm run test:kills` runs 10 000. */
const KILLS = Number(process.env.KILLS ?? 300);
/** The file for progress reports of a long run. */
const PROGRESS = process.env.KILLS_PROGRESS;
/** The run ends by itself, also on a busy machine. */
const LONGEST_MS = MINUTE + KILLS * 600;

/** The number of machines that are refreshed and killed side by side. */
const MACHINES = 3;
/** The entry is stale after this, ms; 18 requests an hour stay within the budget. */
const ROUND_MS = 200 * SECOND;

const program = copyOfTheProgram();

/** Several pages, so that a write can be interrupted in the middle. */
const answerOf = (percent: number) => ({
  five_hour: { utilization: percent, resets_at: null },
  filler: 'x'.repeat(9000),
});

/** What happened to the processes. */
const tally = { kills: 0, beforeAsking: 0, asking: 0, answered: 0, written: 0, finished: 0 };

/** A machine, the responses of its endpoint, and the duration of a refresh on it. */
async function aTarget() {
  let percent = 0;
  let answered: (() => void) | null = null;
  const endpoint = await anEndpoint((request, response) => {
    percent += 1;
    json(answerOf(percent))(request, response);
    answered?.();
  });
  const machine = new Machine(endpoint.url);
  const refresh = (started?: (child: ChildProcess) => void) =>
    runWith([...program, '--wait', '--timeout', '20'], machine.env, ['ignore', 'pipe', 'pipe'], started);
  return {
    machine,
    refresh,
    sent: () => percent,
    onAnswer: (listener: () => void) => (answered = listener),
    /** The last content of the files. */
    known: 1,
    /** The duration of a refresh that is not killed, ms: other work on the machine makes it longer. */
    life: 0,
    rounds: 0,
  };
}
type Target = Awaited<ReturnType<typeof aTarget>>;

/** One round: time passes, a refresh is started and killed at a random moment of its life. */
async function round(target: Target): Promise<void> {
  const { machine, refresh, sent } = target;
  passTime(machine.cache, ROUND_MS);
  const before = sent();
  // Half of them at any moment, half during the write, just after the response.
  const anywhere = Math.random() < 0.5;
  target.rounds += 1;
  const spared = target.rounds % 20 === 0;
  const run = await refresh((child) => {
    const killAfter = (ms: number) => setTimeout(() => child.kill('SIGKILL'), ms);
    if (spared) return;
    if (anywhere) killAfter(Math.random() * target.life);
    target.onAnswer(() => {
      if (!anywhere) killAfter((Math.random() * target.life) / 4);
    });
  });
  if (run.signal === null) {
    tally.finished += 1;
    expect(run.stdout).toBe(`5h ${sent()}%\n`);
    expect(sent()).toBe(before + 1);
    target.known = sent();
    target.life = (4 * target.life + run.ms) / 5;
    return;
  }
  expect(run.signal).toBe('SIGKILL');
  tally.kills += 1;
  const known = machine.read('usage.json').data.five_hour.utilization;
  // Either the old entry or the new response: a response that was not written is not on disk.
  expect([target.known, sent()]).toContain(known);
  expect(sent()).toBeLessThanOrEqual(before + 1);
  target.known = known;
  const holding = fs.existsSync(join(machine.cache, 'refresh.mutex')) && mutexIsNew(machine);
  if (known === sent() && sent() > before) tally.written += 1;
  else if (sent() > before) tally.answered += 1;
  else if (holding) tally.asking += 1;
  else tally.beforeAsking += 1;
  if (PROGRESS && tally.kills % 50 === 0) {
    fs.appendFileSync(PROGRESS, `${new Date().toISOString()} ${JSON.stringify(tally)}\n`);
  }
}

/** Left by this round rather than by the previous one. */
function mutexIsNew(machine: Machine): boolean {
  return Date.now() - fs.statSync(join(machine.cache, 'refresh.mutex')).mtimeMs < ROUND_MS / 2;
}

const temporaries = ({ machine }: Target) =>
  fs.readdirSync(machine.cache).filter((name) => /^usage\.(json|lock)\.\d+$/.test(name));

fault(
  'kills-01',
  `${KILLS} SIGKILLs at random moments of a refresh, with a process that reads all the time`,
  { prints: /^5h \d+%$/m, within: 5000 },
  async () => {
    const targets = await Promise.all(Array.from({ length: MACHINES }, aTarget));
    for (const target of targets) {
      const { code, ms } = await target.refresh();
      expect(code).toBe(0);
      target.life = ms;
    }
    const reader = spawn(process.execPath, [
      new URL('kills.mjs', import.meta.url).pathname,
      ...targets.map(({ machine }) => machine.cache),
    ]);
    let report = '';
    reader.stdout.setEncoding('utf8').on('data', (text) => (report += text));

    const end = performance.now() + LONGEST_MS;
    const rounds = async (target: Target) => {
      while (tally.kills < KILLS && performance.now() < end) await round(target);
    };
    await Promise.all(targets.map(rounds));

    reader.stdin.end();
    await once(reader, 'close');
    const summary = JSON.parse(report) as Record<'reads' | 'torn' | 'lost' | 'older', number>;
    if (PROGRESS) fs.appendFileSync(PROGRESS, `${JSON.stringify({ ...tally, ...summary })}\n`);
    expect(summary).toMatchObject({ torn: 0, lost: 0, older: 0, examples: [] });
    expect(summary.reads).toBeGreaterThan(KILLS);
    expect(tally.kills).toBeGreaterThanOrEqual(KILLS);

    // A kill leaves at most one temporary file; most of them were removed in the hours that have passed.
    const left = targets.flatMap(temporaries).length;
    expect(left).toBeLessThanOrEqual(tally.kills);
    const last: Run[] = [];
    for (const target of targets) {
      const before = target.sent();
      // What the last kill left makes no call wait …
      expect((await target.refresh()).stdout).toMatch(/^5h \d+%.*\n$/);
      // … and no call goes without a request once it is stale; the files are removed in time.
      passTime(target.machine.cache, 2 * HOUR);
      const run = await target.refresh();
      expect(run.stdout).toBe(`5h ${target.sent()}%\n`);
      expect(target.sent()).toBeLessThanOrEqual(before + 2);
      expect(temporaries(target)).toEqual([]);
      last.push(run);
    }
    const run = last.at(-1) as Run;
    return {
      run,
      requests: null,
      files: `${summary.reads} reads, none torn; temporary files at the end: ${left}, and none an hour later; killed ${tally.beforeAsking} times without and ${tally.asking} with the mutex, ${tally.answered} between the answer and its being on disk, ${tally.written} after that`,
    };
  },
  LONGEST_MS + MINUTE,
);
