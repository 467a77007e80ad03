import type { ProviderDescriptor } from '../../src/fetch/provider.ts';
import { defaultSettings } from '../../src/config/settings.ts';
import type { Question, ResolveDeps } from '../../src/resolve/read-state.ts';
import { pathsOf } from '../../src/resolve/paths.ts';
import { sessionUsage } from '../../src/resolve/session-usage.ts';
import { storeReport } from '../../src/resolve/store-report.ts';
import { resolve } from '../../src/resolve/resolve.ts';
import type { Snapshot } from '../../src/usage/snapshot.ts';
import type { Usage } from '../../src/usage/model.ts';
import type { Report } from '../../src/usage/report.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { Machine, START } from './machine.ts';
import { ONE_LOGIN } from '../support/provider.ts';

/** The result of a simulated day. */
export interface DayResult {
  readonly seed: number;
  readonly reports: number;
  readonly results: number;
  readonly fresh: number;
  readonly requests: number;
  /** The most requests within any hour. */
  readonly mostInAnHour: number;
  /** Requests that were sent while the status line's numbers were fresh and complete. */
  readonly needless: number;
  /** Numbers shown, and how many of them were not right at any time within their printed age. */
  readonly numbers: number;
  readonly wrong: readonly string[];
}

/** The true usage from a time on. */
interface Truth {
  readonly at: number;
  readonly five_hour: number;
  readonly seven_day: number;
  readonly fable: number;
}

const SESSIONS = 4;
const START_UP = 60;

/** Work from nine to six, with pauses in which Claude Code is idle. */
const PAUSES = [
  [10.5, 20 * MINUTE],
  [12.25, 50 * MINUTE],
  [15, 12 * MINUTE],
  [16.25, 35 * MINUTE],
] as const;

/**
 * A working day: several sessions of Claude Code with usageline as status line, a prompt's hook, tmux and cron.
 * The real code runs on real files; clock, endpoint and users are simulated. The account is used on another
 * machine as well, a little.
 */
export async function simulateDay({ seed = 1, start = START } = {}): Promise<DayResult> {
  const machine = new Machine(seed, start);
  const { system, begin, random } = machine;
  const from = begin + 9 * HOUR;
  const end = begin + 18 * HOUR;
  const settings = defaultSettings({});
  const waiting = (mean: number) => Math.round(-Math.log(1 - random()) * mean);
  const paused = (now: number) =>
    PAUSES.some(([hour, lasts]) => now >= begin + hour * HOUR && now < begin + hour * HOUR + lasts);

  const fiveReset = (now: number) => begin + (Math.floor((now - begin) / (5 * HOUR)) + 1) * 5 * HOUR;
  const weekReset = begin + 3 * DAY;
  const truths: Truth[] = [{ at: 0, five_hour: 0, seven_day: 30, fable: 41 }];
  const truth = (): Truth => {
    const last = truths.at(-1) as Truth;
    return fiveReset(last.at) === fiveReset(machine.now) ? last : { ...last, at: machine.now, five_hour: 0 };
  };
  const use = (share: number) => {
    const last = truth();
    const week = share / 8;
    truths.push({
      at: machine.now,
      five_hour: last.five_hour + share,
      seven_day: last.seven_day + week,
      fable: last.fable + week,
    });
  };
  const whole = (it: Truth) => ({ five: Math.floor(it.five_hour), seven: Math.floor(it.seven_day) });

  const sent: number[] = [];
  let needless = 0;
  const answerOf = (): Snapshot => ({
    data: {
      five_hour: { utilization: whole(truth()).five, resets_at: iso(fiveReset(machine.now)) },
      seven_day: { utilization: whole(truth()).seven, resets_at: iso(weekReset) },
      limits: [
        {
          kind: 'weekly_scoped',
          percent: Math.floor(truth().fable),
          resets_at: iso(weekReset),
          scope: { model: { display_name: 'Fable' } },
        },
      ],
    },
    plan: 'max_20x',
  });
  const provider: ProviderDescriptor = {
    ...ONE_LOGIN,
    connect: async () => ({
      id: 'claude',
      authenticate: async () => ({
        ok: true,
        value: {
          plan: 'max_20x',
          tokenHash: () => '00000000',
          send: async () => {
            if (sent.length > 0 && machine.now - (sent.at(-1) as number) < settings.scopedRefreshMs)
              needless += 1;
            sent.push(machine.now);
            await machine.sleep(300);
            return { ok: true, value: answerOf() };
          },
        },
      }),
    }),
  };
  const deps: ResolveDeps = { system, provider, settings, log: () => {} };
  const asked = { baseUrl: 'https://endpoint.invalid', userAgent: 'usageline/simulation' };
  const behind = {
    ...asked,
    policy: 'wait',
    force: false,
    sendsUncached: false,
    waitsForOthers: false,
  } as const;
  let [reports, results, fresh, numbers] = [0, 0, 0, 0];
  const wrong: string[] = [];

  /** Checks that every number was right at some time within its printed age. */
  const check = ({ state, ageMs, windows, restAgeMs, generatedAt: now }: Usage) => {
    results += 1;
    if (state === 'fresh') fresh += 1;
    if (state !== 'fresh' && state !== 'stale') return;
    for (const { id, usedPercent, source } of windows) {
      if (usedPercent === null) continue;
      numbers += 1;
      const scoped = id.startsWith('weekly_scoped');
      // A fresh number is at most 180 s old. One that only the endpoint knows is at most 15 min old, or its age
      // is printed.
      const rest = Math.max(settings.scopedRefreshMs, restAgeMs ?? 0);
      const claimed =
        state === 'stale' ? (ageMs ?? 0) : source === 'endpoint' && scoped ? rest : 180 * SECOND;
      const since = now - claimed - SECOND;
      const first = truths.findLastIndex(({ at }) => at <= since);
      const values = [...truths.slice(Math.max(0, first)), truth()].map((it) => {
        if (scoped) return Math.floor(it.fable);
        return id === 'five_hour' ? whole(it).five : whole(it).seven;
      });
      if (!values.includes(usedPercent))
        wrong.push(`${iso(now)} ${state} ${id} ${usedPercent}, was ${values.join(' ')}`);
    }
  };

  const asks = (question: Question, report: Report | null = null): Promise<void> =>
    machine.process(async () => {
      const kept = report && storeReport(deps, pathsOf(system, provider), report, 'fingerprint-1');
      const { usage, startWorker: startBackground, state: seen } = await resolve(deps, question);
      check(usage);
      if (report !== null && kept !== null) {
        const { read, decision } = seen;
        const shared = {
          entry: read.kind === 'entry' ? read.entry : null,
          freshness: decision.freshness,
          usage,
          error: usage.error,
        };
        const now = machine.now;
        check(
          sessionUsage({
            shared,
            report,
            ...kept,
            fingerprint: 'fingerprint-1',
            reader: provider.reader,
            now,
            settings,
          }),
        );
      }
      if (startBackground) {
        machine.at(machine.now + START_UP, () =>
          machine.process(async () => void (await resolve(deps, { ...behind }))),
        );
      }
    });
  const prompt: Question = { ...behind, policy: 'background' };

  const repeat = (pause: () => number, run: () => Promise<void> | void) => {
    const next = (): void => {
      const at = machine.now + pause();
      if (at < end) machine.at(at, () => (next(), run()));
    };
    machine.at(from, next);
  };

  for (let index = 0; index < SESSIONS; index += 1) {
    let windows: Report['windows'] = { five_hour: null, seven_day: null };
    let busy = true;
    repeat(
      () => 3 * SECOND + waiting(25 * SECOND),
      () => {
        // Sessions are idle for minutes and then continue.
        if (random() < (busy ? 0.04 : 0.06)) busy = !busy;
        const works = busy && !paused(machine.now);
        if (works) {
          use(0.05 + random() * 0.12);
          const { five, seven } = whole(truth());
          windows = {
            five_hour: { percent: five, resetsAt: fiveReset(machine.now) },
            // Sometimes one of them is missing.
            seven_day: random() < 0.05 ? null : { percent: seven, resetsAt: weekReset },
          };
        } else if (random() < 0.7) {
          return;
        }
        reports += 1;
        return asks(prompt, {
          session: `s${index}`,
          model: 'Fable 5',
          startedAt: null,
          windows,
          spend: null,
        });
      },
    );
  }
  // Usage on another machine.
  repeat(
    () => waiting(20 * MINUTE),
    () => use(0.6),
  );
  repeat(
    () => (random() < 0.8 ? 2 * SECOND + waiting(20 * SECOND) : waiting(8 * MINUTE)),
    () => asks(prompt),
  );
  repeat(
    () => 15 * SECOND,
    () => asks(prompt),
  );
  repeat(
    () => 10 * MINUTE,
    () => asks({ ...behind, sendsUncached: true, waitsForOthers: true, ignoresPace: false }),
  );

  await machine.run(end);
  const mostInAnHour = Math.max(
    0,
    ...sent.map((at) => sent.filter((it) => it >= at && it < at + HOUR).length),
  );
  return { seed, reports, results, fresh, requests: sent.length, mostInAnHour, needless, numbers, wrong };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

/** The day as a table in Markdown. */
export function dayReportOf(day: DayResult): string {
  const rows = [
    ['status lines with a new or a repeated report', day.reports],
    ['results, of which fresh', `${day.results}, ${((100 * day.fresh) / day.results).toFixed(1)} %`],
    ['requests sent', day.requests],
    ['most of them within any hour', day.mostInAnHour],
    ['sent sooner than 15 min after the one before', day.needless],
    [
      'numbers shown, of which not right within the age they were shown with',
      `${day.numbers}, ${day.wrong.length}`,
    ],
  ];
  return [
    `Seed ${day.seed}, a day.`,
    '',
    '| | |',
    '|---|---|',
    ...rows.map(([a, b]) => `| ${a} | ${b} |`),
    '',
  ].join('\n');
}
