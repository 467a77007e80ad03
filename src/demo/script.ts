import { MINUTE, SECOND } from '../usage/time.ts';
import type { Call, RunProgram } from './call.ts';
import type { Endpoint } from './endpoint.ts';
import { countOf } from './narrator.ts';
import type { Narrator } from './narrator.ts';
import { VALID_MS } from './stage.ts';
import type { Stage } from './stage.ts';

/** Everything a scene has to play with. */
export interface DemoContext {
  readonly endpoint: Endpoint;
  readonly stage: Pick<Stage, 'signIn' | 'passTime' | 'cachedAt' | 'isRefreshing'>;
  readonly run: RunProgram;
  readonly narrator: Narrator;
  /** Somebody wants it to end: nothing new is begun. */
  readonly isStopped: () => boolean;
}

/** What the endpoint of the demo wants to be left alone for: within what it adds at random it stays 5 minutes. */
const RETRY_AFTER_S = 315;
/** The endpoint answers when ten callers are done, but before the deadline of a request that came meanwhile. */
const HOLD_MS = 1.5 * SECOND;
/** How long a refresh in the background may take here. */
const PATIENCE_MS = 4 * SECOND;
const PATIENCE_WHEN_STOPPED_MS = 2 * SECOND;

type Scene = (props: DemoContext) => Promise<number>;

const scenes: readonly Scene[] = [first, second, crowd, rateLimited, backedOff, expired, table];

/**
 * Plays all scenes and sums up. Each says what is about to happen, runs the program and holds what came of it
 * against what was said; the numbers are counted and measured, none is written here.
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
  narrator.check('a line with two windows', /^5h \d+% .*7d \d+% /.test(call.stdout));
  return 1;
}

async function second(props: DemoContext): Promise<number> {
  props.narrator.scene('The next one has it from disk. This is what runs at every prompt.');
  const call = await perform(props, [], 0);
  props.narrator.check('current numbers', isCurrent(call));
  return 1;
}

/** The endpoint holds its answer back until all ten are done: whoever waited for it would still be waiting. */
async function crowd(props: DemoContext): Promise<number> {
  const { narrator, endpoint, run, stage, isStopped } = props;
  narrator.scene('Four minutes later that is out of date, and ten prompts ask at once.');
  passTime(props, 4 * MINUTE);
  const before = { requests: endpoint.requests(), answers: endpoint.responses(), known: stage.cachedAt() };
  const release = endpoint.hold(HOLD_MS);
  const calls = await Promise.all(Array.from({ length: 10 }, () => run([])));
  const unanswered = endpoint.responses() === before.answers;
  release();
  const isRefreshed = () => stage.cachedAt() !== before.known && !stage.isRefreshing();
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
    // On a machine so slow that the answer came before the last of them, that one has it.
    calls.every((call) => call.exitCode === 0 && (/ · 4m ago$/m.test(call.stdout) || isCurrent(call))),
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
  narrator.check('the age and the wait', / · 12m ago · rate limited \d+m$/m.test(call.stdout));
  return 1;
}

async function backedOff(props: DemoContext): Promise<number> {
  const { narrator } = props;
  narrator.scene('Until then nobody asks, not even who would wait for it.');
  const call = await perform(props, ['--wait'], 0);
  narrator.check('the same numbers, and why', / · 12m ago · rate limited \d+m$/m.test(call.stdout));
  return 1;
}

async function expired(props: DemoContext): Promise<number> {
  const { narrator, endpoint, stage } = props;
  narrator.scene('Ten minutes later the login has expired. Such a token is not even sent.');
  passTime(props, 10 * MINUTE);
  endpoint.refuse(null);
  stage.signIn(-MINUTE);
  const call = await perform(props, ['--wait'], 0);
  narrator.check('what to do about it', / · sign in$/m.test(call.stdout));
  return 1;
}

async function table(props: DemoContext): Promise<number> {
  const { narrator, stage } = props;
  narrator.scene('Signed in again. The same for people:');
  stage.signIn(VALID_MS);
  const call = await perform(props, ['show'], 1);
  narrator.check('a table of current numbers', /^Current: /m.test(call.stdout));
  return 1;
}

/** Runs one command, shows it with what it printed and cost, and counts the requests it made. */
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

/** On disk and at the endpoint alike. */
function passTime({ endpoint, stage }: DemoContext, ms: number): void {
  stage.passTime(ms);
  endpoint.passTime(ms);
}

/** Windows, and neither an age nor an error behind them. */
function isCurrent({ stdout }: Call): boolean {
  return /^(5h|7d) \d+% \S+( · (5h|7d)( \w+)? \d+% \S+)*\n$/.test(stdout);
}

async function until(isSo: () => boolean, isStopped: () => boolean): Promise<boolean> {
  const start = performance.now();
  while (!isSo()) {
    const limit = isStopped() ? PATIENCE_WHEN_STOPPED_MS : PATIENCE_MS;
    if (performance.now() - start > limit) return false;
    await new Promise((resolve) => {
      setTimeout(resolve, 15);
    });
  }
  return true;
}
