import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { NOW } from '../support/build.ts';
import { asker, fakeProvider } from '../support/provider.ts';
import { fakeSystem } from '../support/system.ts';

/** Requests of an hour, epoch ms by the true clock, from machines whose clocks are so far apart, on one cache. */
async function anHour(apart: readonly number[], everyMs: number): Promise<number[]> {
  const home = fakeSystem();
  let time = NOW;
  const sent: number[] = [];
  const machines = apart.map((ahead) => {
    const now = () => time + ahead;
    const system = { ...home, home: () => home.root, now, monotonic: () => time };
    const provider = fakeProvider(system);
    const { respond: answer } = provider;
    provider.respond = (options) => {
      sent.push(time);
      return answer(options);
    };
    return asker(system, provider);
  });
  for (; time < NOW + HOUR; time += everyMs / machines.length) {
    const turn = Math.round((time - NOW) / (everyMs / machines.length)) % machines.length;
    await machines[turn]!.ask({ waitsForOthers: true });
  }
  return sent;
}

const closest = (sent: readonly number[]) =>
  Math.min(...sent.slice(1).map((at, index) => at - (sent[index] as number)));

describe('machines that share a cache and have different clocks', () => {
  it.each([
    [0, 30],
    [3, 30],
    [10, 30],
    [60, 30],
    [120, 60],
    [300, 30],
    [300, 10],
  ])(
    'by %i s, each asking every %i s, keep to the budget',
    async (apart, every) => {
      for (const clocks of [
        [0, apart * SECOND],
        [apart * SECOND, 0],
      ]) {
        const sent = await anHour(clocks, every * SECOND);
        expect(sent.length).toBeLessThanOrEqual(24);
        expect(sent.length).toBeGreaterThanOrEqual(6);
        // The one ahead cannot know of the other clock before it has seen it.
        expect(closest(sent.slice(1))).toBeGreaterThanOrEqual(MINUTE);
      }
    },
    60_000,
  );

  it('keep to the budget when there are three', async () => {
    const sent = await anHour([0, 90 * SECOND, 240 * SECOND], 30 * SECOND);
    expect(sent.length).toBeLessThanOrEqual(24);
    expect(sent.length).toBeGreaterThanOrEqual(6);
  }, 60_000);
});

describe('a clock that was set back', () => {
  it.each([10, 60, 300, 3600, 86_400, 365 * 86_400])(
    'by %i s holds nothing up for long',
    async (back) => {
      const system = fakeSystem();
      const provider = fakeProvider(system);
      const { ask } = asker(system, provider);
      for (let sent = 0; sent < 10; sent += 1) {
        system.advance(181 * SECOND);
        await ask();
      }
      expect(provider.sent).toHaveLength(10);
      system.setNow(system.now() - back * SECOND);
      const from = system.now();
      const until = from + 5 * MINUTE;
      while (system.now() < until && (await ask()).usage.state !== 'fresh') system.advance(SECOND);
      expect(system.now() - from).toBeLessThanOrEqual(MINUTE + 2 * SECOND);
    },
    60_000,
  );
});
