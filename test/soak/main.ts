import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { MINUTE, SECOND } from '../../src/usage/time.ts';
import { seeded } from '../simulation/machine.ts';
import { callAgainAndAgain, crowdAgainAndAgain } from './callers.ts';
import type { Call } from './callers.ts';
import { Disk } from './disk.ts';
import { Endpoint } from './endpoint.ts';
import { filesOf, secretsInFiles } from './files.ts';
import { healthyCalls } from './healthy.ts';
import { isTemporary, leastApart, Secrets, tooManyRequests, wrongFiles } from './invariants.ts';
import { processesOf, signal } from './processes.ts';
import { Stage } from './stage.ts';
import { Storm } from './storm.ts';
import { listOf, tableOf, Tally } from './tally.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    callers: { type: 'string', default: '30' },
    /** Whether the process has a mount namespace of its own; set by `run.mjs`. */
    mounts: { type: 'boolean', default: false },
  },
});
const [minutes, seed, callers] = [values.minutes, values.seed, values.callers].map(Number) as [
  number,
  number,
  number,
];
if (!(minutes > 0 && callers > 0 && Number.isInteger(seed)))
  throw new Error('--minutes and --callers are numbers over 0, --seed is a whole number');

/** A worker ends by itself: after its deadline of 2 s and 15 s more. The rest is for a busy machine. */
const PROCESSES_END_WITHIN_MS = MINUTE;
const CHECK_MS = 10 * SECOND;

const random = seeded(seed);
const secrets = new Secrets();
const tally = new Tally();
const stage = new Stage(secrets, random);
const endpoint = new Endpoint(stage.logins, random);
const disk = new Disk(stage.disk, tally);
let storm: Storm | undefined;
let over = false;
let interrupted = false;

/** The result of the reader. */
interface Seen {
  readonly reads: number;
  readonly wrong: readonly string[];
}

for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    interrupted = true;
    over = true;
  });
}
void soak();

async function soak(): Promise<void> {
  let reader: ChildProcess | undefined;
  try {
    if (values.mounts) disk.mount();
    await endpoint.start();
    const read = startReader();
    reader = read.child;
    storm = new Storm(stage, tally, random);
    await callersFor(minutes * MINUTE);
    await calmDown();
    const seen = await read.end();
    if (!interrupted) await healthyCalls({ stage, endpoint, tally });
    await processesEnd();
    checkAll();
    for (const what of seen.wrong) tally.violation(`a reader: ${what.replaceAll(stage.root, '')}`);
    report(seen);
    process.exitCode = tally.violations.size > 0 ? 1 : interrupted ? 130 : 0;
  } finally {
    storm?.calm();
    for (const { pid } of processesOf(stage.home)) signal(pid, 'SIGKILL');
    reader?.kill('SIGKILL');
    endpoint.stop();
    disk.unmount();
    stage.remove();
  }
}

function startReader(): { child: ChildProcess; end(): Promise<Seen> } {
  const paths = [...stage.logins, stage.signedOut].flatMap(({ account }) =>
    ['usage.json', 'usage.lock', 'statusline.json'].map((name) => join(stage.cache, account, name)),
  );
  const script = join(dirname(process.argv[1] as string), 'reader.cjs');
  const child = spawn(process.execPath, [script, ...paths], { stdio: ['pipe', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece) => (text += piece));
  const end = async () => {
    child.stdin.end();
    await once(child, 'close');
    return JSON.parse(text) as Seen;
  };
  return { child, end };
}

/** Runs the storm, with all checks that are possible during it. */
async function callersFor(ms: number): Promise<void> {
  const end = performance.now() + ms;
  const around = {
    stage,
    baseUrl: endpoint.url,
    secrets,
    tally,
    random,
    started: (call: Call) => storm?.meets(call),
    ended: (call: Call) => storm?.passes(call),
    over: () => over || performance.now() >= end,
  };
  let checks = 0;
  const timer = setInterval(() => {
    checkAll();
    checks += 1;
    if (checks % 6 === 0) progress();
  }, CHECK_MS);
  await Promise.all([
    crowdAgainAndAgain(around),
    ...Array.from({ length: callers }, () => callAgainAndAgain(around)),
  ]);
  clearInterval(timer);
}

function progress(): void {
  const { callsInAll, kills, stops, violations } = tally;
  process.stderr.write(
    `${callsInAll} calls, ${kills} kills, ${stops} stops, ${endpoint.requests} requests, ${violations.size} violations\n`,
  );
}

async function calmDown(): Promise<void> {
  storm?.calm();
  disk.heal();
  endpoint.healthy = true;
  await processesEnd();
}

/** Waits until no process of the program is left. */
async function processesEnd(): Promise<void> {
  const since = performance.now();
  for (;;) {
    const left = processesOf(stage.home);
    if (left.length === 0 || interrupted) return;
    if (performance.now() - since > PROCESSES_END_WITHIN_MS) {
      for (const { command, pid } of left) {
        tally.violation('a process is left', command);
        signal(pid, 'SIGKILL');
      }
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const judged = new Map<object, number>();

/** Checks what must hold at any time. */
function checkAll(): void {
  for (const what of endpoint.wrong.splice(0)) tally.violation(what);
  for (const [login, arrivals] of endpoint.arrivals) {
    const wrong = tooManyRequests(arrivals);
    for (const what of wrong.slice(judged.get(login) ?? 0)) tally.violation(`${login.name}: ${what}`);
    judged.set(login, wrong.length);
  }
  for (const what of wrongFiles(filesOf(stage.cache))) tally.violation(what);
  for (const path of secretsInFiles([stage.cache, stage.runtime], secrets))
    tally.violation(`a piece of a token in ${path.replaceAll(stage.root, '')}`);
}

function report({ reads }: Seen): void {
  const files = filesOf(stage.cache);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const temporary = files.filter(({ path }) => isTemporary(path)).length;
  const requests = stage.logins.map((login) => {
    const arrivals = endpoint.arrivals.get(login) ?? [];
    const least = leastApart(arrivals);
    return `${login.name} ${arrivals.length}${least === null ? '' : `, ${(least / SECOND).toFixed(1)} s apart at the least`}`;
  });
  const bad = Math.round((100 * tally.badDiskMs) / (minutes * MINUTE));
  const rows: [string, string | number][] = [
    ['minutes, callers, seed', `${minutes}, ${callers}, ${seed}${interrupted ? ' (interrupted)' : ''}`],
    ['calls', tally.callsInAll],
    ['of each kind', listOf(tally.calls)],
    ['processes left behind a call', tally.refreshers],
    ['SIGKILLs, stops of 1 to 15 s', `${tally.kills}, ${tally.stops}`],
    ['disk full or read-only', values.mounts ? `${bad} % of the time` : 'skipped: this user may not mount'],
    ['requests with one token', requests.join('; ')],
    ['answers', listOf(endpoint.answers)],
    ['reads of whole files', reads],
    ['files at the end', `${files.length}, ${bytes} bytes, ${temporary} of them temporary`],
    ['violations', [...tally.violations.values()].reduce((sum, { count }) => sum + count, 0)],
  ];
  const wrong = [...tally.violations].map(
    ([what, { count, example }]) => `- ${count} × ${what}${example === '""' ? '' : `: ${example}`}\n`,
  );
  fs.writeSync(1, `${tableOf(rows)}\n${wrong.length > 0 ? `\n${wrong.join('')}` : ''}`);
}
