import type { SecondExample } from '../fetch/provider.ts';
import { example } from '../fetch/registry.ts';
import { MINUTE, SECOND } from '../usage/time.ts';
import type { Call, RunProgram } from './call.ts';
import type { Endpoint } from './endpoint.ts';
import { countOf } from './narrator.ts';
import type { Narrator } from './narrator.ts';
import { VALID_MS } from './stage.ts';
import type { Stage } from './stage.ts';

/** The account of another provider. */
export interface SecondAccount {
  readonly id: string;
  readonly name: string;
  readonly baseUrlVariable: string;
  readonly example: SecondExample;
}

/** What a scene needs. */
export interface DemoContext {
  readonly endpoint: Endpoint;
  readonly stage: Pick<Stage, 'signIn' | 'signInSecond' | 'passTime' | 'cachedAt' | 'isRefreshing'>;
  readonly second: SecondAccount;
  readonly run: RunProgram;
  readonly narrator: Narrator;
  /** Whether a signal has asked the demo to end: no new scene begins. */
  readonly isStopped: () => boolean;
}

/** The demo's `Retry-After`, s. With the random addition of the backoff it is shown as 5 minutes. */
const RETRY_AFTER_S = 315;
/**
 * How long the endpoint holds its response, ms: until ten callers have ended, but not until the request times out.
 */
const HOLD_MS = 1.5 * SECOND;
/** How long to wait for the worker, ms. */
const WORKER_WAIT_MS = 4 * SECOND;
const WORKER_WAIT_WHEN_STOPPED_MS = 2 * SECOND;

const [FIRST, SECOND_LABEL] = example.labels;
const TWO_WINDOWS = new RegExp(`^${FIRST} \\d+% .*${SECOND_LABEL} \\d+% `);
const WINDOW = `(${FIRST}|${SECOND_LABEL})( \\w+)? \\d+% [^ ,]+(, empty in \\S+)?`;
const CURRENT = new RegExp(`^${WINDOW}( · ${WINDOW})*\\n$`);

/** Plays one scene. Returns the number of calls of the program. */
type Scene = (props: DemoContext) => Promise<number>;

const scenes: readonly Scene[] = [
  first,
  second,
  crowd,
  rateLimited,
  backedOff,
  expired,
  table,
  secondProvider,
];

/**
 * Plays all scenes and prints a summary. Each scene announces what will happen, runs the program, and checks the result.
 * All numbers that it prints are counted or measured.
 */
export async function play(props: DemoContext): Promise<void> {
  const { endpoint, narrator } = props;
  let calls = 0;
  for (const scene of scenes) {
    if (props.isStopped()) return;
    calls += await scene(props);
  }
  narrator.paragraph(
    `${countOf(calls, 'call')} of usageline, ${countOf(endpoint.requests(), 'request')} in all.`,
  );
}

async function first(props: DemoContext): Promise<number> {
  const { narrator, stage } = props;
  narrator.scene('Nothing is known yet: the first call asks the endpoint and waits.');
  stage.signIn(VALID_MS);
  const call = await perform(props, ['--wait'], 1);
  narrator.check('a line with two windows', TWO_WINDOWS.test(call.plain));
  return 1;
}

async function second(props: DemoContext): Promise<number> {
  props.narrator.scene('The next one has it from disk. This is what runs at every prompt.');
  const call = await perform(props, [], 0);
  props.narrator.check('current numbers', isCurrent(call));
  return 1;
}

/** The endpoint holds its response until all ten calls have ended, so a call that waited for it would not end. */
async function crowd(props: DemoContext): Promise<number> {
  const { narrator, endpoint, run, stage, isStopped } = props;
  narrator.scene('Four minutes later that is out of date, and ten prompts ask at once.');
  passTime(props, 4 * MINUTE);
  const before = {
    requests: endpoint.requests(),
    responses: endpoint.responses(),
    cachedAt: stage.cachedAt(),
  };
  const release = endpoint.hold(HOLD_MS);
  const calls = await Promise.all(Array.from({ length: 10 }, () => run([])));
  const unanswered = endpoint.responses() === before.responses;
  release();
  const isRefreshed = () => stage.cachedAt() !== before.cachedAt && !stage.isRefreshing();
  const refreshed = await until(isRefreshed, isStopped);

  narrator.command('usageline');
  const lines = new Map<string, number>();
  for (const { stdout } of calls) lines.set(stdout, (lines.get(stdout) ?? 0) + 1);
  for (const [text, times] of lines) {
    narrator.output(text);
    narrator.fact(`printed ${times} times`);
  }
  const slowest = Math.max(...calls.map((call) => call.ms));
  const when = unanswered ? '; the endpoint had not answered yet' : '';
  const requests = endpoint.requests() - before.requests;
  narrator.fact(`all ten done in ${Math.round(slowest)} ms${when}`);
  narrator.fact(`${countOf(requests, 'request')}, made by a process in the background`);
  narrator.check(
    'every one shows what is known, with its age',
    // On a slow machine the response can arrive before the last call, which then shows the new numbers.
    calls.every((call) => call.exitCode === 0 && (/ \u00B7 4m ago$/m.test(call.plain) || isCurrent(call))),
  );
  narrator.check(`one request, not ${requests}`, requests === 1);
  narrator.check('the answer is on disk', refreshed);

  const after = await perform(props, [], 0);
  narrator.check('current numbers', isCurrent(after));
  return calls.length + 1;
}

async function rateLimited(props: DemoContext): Promise<number> {
  const { narrator, endpoint } = props;
  narrator.scene(
    `Twelve minutes later the endpoint is asked too much: 429, come back in ${RETRY_AFTER_S} s. What is known stays.`,
  );
  passTime(props, 12 * MINUTE);
  endpoint.refuse(RETRY_AFTER_S);
  const call = await perform(props, ['--wait'], 1);
  narrator.check('the age and the wait', / \u00B7 12m ago \u00B7 rate limited \d+m$/m.test(call.plain));
  return 1;
}

async function backedOff(props: DemoContext): Promise<number> {
  const { narrator } = props;
  narrator.scene('Until then no request is made, not even for a call that would wait for it.');
  const call = await perform(props, ['--wait'], 0);
  narrator.check('the same numbers, and why', / \u00B7 12m ago \u00B7 rate limited \d+m$/m.test(call.plain));
  return 1;
}

async function expired(props: DemoContext): Promise<number> {
  const { narrator, endpoint, stage } = props;
  narrator.scene('Ten minutes later the login has expired. Such a token is not even sent.');
  passTime(props, 10 * MINUTE);
  endpoint.refuse(null);
  stage.signIn(-MINUTE);
  const call = await perform(props, ['--wait'], 0);
  narrator.check('what to do about it', / \u00B7 sign in$/m.test(call.plain));
  return 1;
}

async function table(props: DemoContext): Promise<number> {
  const { narrator, stage } = props;
  narrator.scene('Signed in again. The same for people:');
  stage.signIn(VALID_MS);
  const call = await perform(props, ['show'], 1);
  narrator.check('a table of current numbers', /^Current: /m.test(call.plain));
  return 1;
}

async function secondProvider(props: DemoContext): Promise<number> {
  const { narrator, stage, second: account } = props;
  narrator.scene(`A login of ${account.name} is there as well. One line for all, the tightest first.`);
  stage.signInSecond(account.example);
  const call = await perform(props, ['--all', '--wait'], 1);
  narrator.check(
    'two accounts',
    new RegExp(`${account.id} .*\\d+% `).test(call.plain) && / \u00B7 /.test(call.plain),
  );
  return 1;
}

/** Runs a command, prints it with its output, requests and time, and checks the number of requests. */
async function perform(
  { endpoint, narrator, run }: DemoContext,
  args: readonly string[],
  requests: number,
): Promise<Call> {
  const before = endpoint.requests();
  const call = await run(args);
  const made = endpoint.requests() - before;
  narrator.command(['usageline', ...args].join(' '));
  narrator.output(call.stdout + call.stderr);
  narrator.fact(`${countOf(made, 'request')} · ${Math.round(call.ms)} ms`);
  narrator.check(`${countOf(requests, 'request')}, not ${made}`, made === requests);
  narrator.check(`exit code 0, not ${call.exitCode ?? 'killed'}`, call.exitCode === 0);
  return call;
}

/** Lets time pass, ms, for the files and for the endpoint. */
function passTime({ endpoint, stage }: DemoContext, ms: number): void {
  stage.passTime(ms);
  endpoint.passTime(ms);
}

/** Whether a call printed windows without an age or an error. */
function isCurrent({ plain }: Call): boolean {
  return CURRENT.test(plain);
}

async function until(isSo: () => boolean, isStopped: () => boolean): Promise<boolean> {
  const start = performance.now();
  while (!isSo()) {
    const limit = isStopped() ? WORKER_WAIT_WHEN_STOPPED_MS : WORKER_WAIT_MS;
    if (performance.now() - start > limit) return false;
    await new Promise((resolve) => {
      setTimeout(resolve, 15);
    });
  }
  return true;
}
