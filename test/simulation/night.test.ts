import { describe, expect, it } from 'vitest';
import { renderLine } from '../../src/render/line.ts';
import type { Question } from '../../src/resolve/read-state.ts';
import { HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { iso, NOW } from '../support/build.ts';
import { asker, fakeProvider } from '../support/provider.ts';
import { fakeSystem } from '../support/system.ts';

/** The interval of a bar or a prompt. */
const EVERY = 10 * SECOND;
/** The user stops working with fresh numbers. Claude Code renewed its token long before. */
const LAPSES = NOW + 90 * MINUTE;
const WORKER: Partial<Question> = { policy: 'wait', sendsUncached: false };

interface Prompt {
  readonly at: number;
  readonly line: string;
  readonly starts: boolean;
}

/**
 * A prompt every ten seconds, and the worker that it starts, on real files.
 *
 * @param known whether the endpoint has responded before the token lapses
 */
async function aNight({ hours, known }: { hours: number; known: boolean }) {
  const system = fakeSystem();
  const provider = fakeProvider(system);
  const { ask } = asker(system, provider);
  const prompts: Prompt[] = [];
  let [renewedAt, renewals] = [Number.NEGATIVE_INFINITY, 1];
  const hasLapsed = () => system.now() >= LAPSES && renewedAt < LAPSES;
  provider.respond = () => ({
    ok: true,
    value: {
      data: {
        five_hour: { utilization: 22, resets_at: iso(system.now() + 2 * HOUR) },
        seven_day: { utilization: 33, resets_at: iso(system.now() + 96 * HOUR) },
      },
      plan: null,
    },
  });

  const prompt = async () => {
    provider.login = hasLapsed()
      ? { ok: false, failure: { code: 'token_lapsed' } }
      : { ok: true, value: null };
    const { usage, startWorker: startBackground } = await ask({ policy: 'background', sendsUncached: false });
    prompts.push({ at: system.now(), line: renderLine(usage, { color: false }), starts: startBackground });
    if (startBackground) await ask(WORKER);
  };
  const passUntil = async (end: number) => {
    for (; system.now() < end; system.advance(EVERY)) await prompt();
  };
  const renew = () => {
    renewedAt = system.now();
    provider.currentFingerprint = `fingerprint-${(renewals += 1)}`;
  };

  if (known) await passUntil(LAPSES);
  else system.setNow(LAPSES);
  const sentBefore = provider.sent.length;
  const awake = prompts.length;
  await passUntil(LAPSES + hours * HOUR);
  const night = prompts.slice(awake);
  const sentAtNight = provider.sent.length - sentBefore;
  const readAt = provider.sent.at(-1) ?? null;
  renew();
  await prompt();
  await prompt();
  return {
    night,
    morning: prompts.slice(-2),
    sentAtNight,
    readAt,
    workers: night.filter(({ starts }) => starts).length,
  };
}

describe('a night in which the token lapses', () => {
  it('shows a true line at every prompt, and starts at most one worker every five minutes', async () => {
    const { night, morning, sentAtNight, readAt, workers } = await aNight({ hours: 9, known: true });
    expect(night).toHaveLength((9 * HOUR) / EVERY);
    for (const { at, line } of night) {
      const age = at - (readAt as number);
      expect(line.includes('run claude'), `${line}, read ${age / MINUTE} min ago`).toBe(age >= HOUR);
      expect(line).not.toMatch(/sign in|…|no data/);
      expect(line).toMatch(age < 2 * HOUR ? /^5h 22% / : /^5h reset · 7d 33% /);
      if (age >= 3 * MINUTE) expect(line).toContain(' ago');
    }
    expect(sentAtNight).toBe(0);
    expect(workers).toBeLessThanOrEqual((9 * HOUR) / (5 * MINUTE) + 1);
    expect(workers).toBeGreaterThan(90);
    expect(morning.map(({ line, starts }) => [line, starts])).toEqual([
      ['5h reset · 7d 33% 3d14h · 9h ago', true],
      ['5h 22% 2h · 7d 33% 4d', false],
    ]);
  });

  it('says what helps at every prompt where nothing is known', async () => {
    const { night, morning, workers } = await aNight({ hours: 3, known: false });
    expect(new Set(night.slice(1).map(({ line }) => line))).toEqual(new Set(['run claude']));
    expect(workers).toBeLessThanOrEqual((3 * HOUR) / (5 * MINUTE) + 1);
    expect(morning.map(({ line }) => line)).toEqual(['…', '5h 22% 2h · 7d 33% 4d']);
  });
});
