import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { MINUTE, SECOND } from '../../src/usage/time.ts';
import { foreignNumbers, wrongEnd } from './invariants.ts';
import type { Secrets } from './invariants.ts';
import { CROWD, KINDS } from './kinds.ts';
import type { Kind } from './kinds.ts';
import { signal } from './processes.ts';
import type { Login, Stage } from './stage.ts';
import type { Tally } from './tally.ts';

/** A running call. */
export interface Call {
  readonly pid: number;
  /** The storm has killed it. */
  killed: boolean;
  /** How long the storm has stopped it, ms. */
  stopped: number;
}

/** What the callers need from the soak. */
export interface Surroundings {
  readonly stage: Stage;
  readonly baseUrl: string;
  readonly secrets: Secrets;
  readonly tally: Tally;
  readonly random: () => number;
  /** Called with every call that has started. */
  started(call: Call): void;
  ended(call: Call): void;
  over(): boolean;
}

/** A call that takes longer hangs, unless it was stopped: the deadline is 2 s, and the machine may be busy. */
const HANGS_MS = MINUTE;
/** The pause between two calls of one caller. */
const PAUSE_MS = 4 * SECOND;

/** Calls the program over and over, in all kinds and for all logins, until the soak is over. */
export async function callAgainAndAgain(around: Surroundings): Promise<void> {
  const { stage, random } = around;
  while (!around.over()) {
    await new Promise((resolve) => setTimeout(resolve, random() * PAUSE_MS));
    if (around.over()) return;
    const kind = KINDS[Math.floor(random() * KINDS.length)] as Kind;
    const all = [...stage.logins, stage.signedOut];
    const login = all[Math.floor(random() * all.length)] as Login;
    await call(around, kind, login);
  }
}

/** The number of processes that call for one login at the same moment, every now and then. */
const CROWD_SIZE = 8;
const CROWD_PAUSE_MS = 20 * SECOND;

/** Starts crowds whose calls all need a request, until the soak is over. One of them may send it. */
export async function crowdAgainAndAgain(around: Surroundings): Promise<void> {
  const { stage, random } = around;
  while (!around.over()) {
    const login = stage.logins[Math.floor(random() * stage.logins.length)] as Login;
    await Promise.all(Array.from({ length: CROWD_SIZE }, () => call(around, CROWD, login)));
    for (
      const end = performance.now() + random() * CROWD_PAUSE_MS;
      performance.now() < end && !around.over();
    )
      await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Checks one call against its promises. */
async function call(around: Surroundings, kind: Kind, login: Login): Promise<void> {
  const { stage, baseUrl, secrets, tally, random } = around;
  const [file, args] = kind.launcher
    ? [stage.launcher, kind.args]
    : [process.execPath, [stage.program, ...kind.args]];
  const child = spawn(file, args, { env: stage.env(baseUrl, login), cwd: stage.home });
  if (child.pid === undefined) throw new Error(`${file} cannot be started`);
  child.stdin.on('error', () => {});
  child.stdin.end(kind.stdin?.(login, random) ?? '');
  const running: Call = { pid: child.pid, killed: false, stopped: 0 };
  const ended = outputOf(child);
  const watchdog = setInterval(() => {
    if (performance.now() - began < HANGS_MS + running.stopped) return;
    tally.violation(`${kind.name}: hangs`);
    running.killed = true;
    signal(running.pid, 'SIGKILL');
  }, SECOND);
  const began = performance.now();
  around.started(running);
  const { stdout, stderr, code } = await ended;
  clearInterval(watchdog);
  around.ended(running);
  tally.call(kind.name);
  const { killed } = running;
  const wrong = wrongEnd({ stdout, stderr, code, killed }, kind);
  if (kind.hasNumbers) wrong.push(...foreignNumbers(stdout, login.least, login.most));
  if (secrets.isIn(stdout + stderr)) tally.violation(`${kind.name}: a piece of a token in the output`);
  else for (const what of wrong) tally.violation(`${kind.name}: ${what}`, stdout + stderr);
}

function outputOf(child: ChildProcess): Promise<{ stdout: string; stderr: string; code: number | null }> {
  return new Promise((resolve) => {
    let [stdout, stderr] = ['', ''];
    child.stdout?.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.on('close', (code) => resolve({ stdout, stderr, code }));
  });
}
