import fs from 'node:fs';
import { dirname } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { defaultSettings } from '../../src/config/settings.ts';
import { orEstimate } from '../../src/resolve/estimate.ts';
import { pathsOf } from '../../src/resolve/paths.ts';
import type { EstimateAge } from '../../src/resolve/read-state.ts';
import type { Policy } from '../../src/resolve/decide.ts';
import type { TokenEstimate } from '../../src/usage/model.ts';
import { SECOND } from '../../src/usage/time.ts';
import { none, usage } from '../render/usages.ts';
import { fakeProvider } from '../support/provider.ts';
import { fakeSystem } from '../support/system.ts';

const TOKENS: TokenEstimate = {
  fiveHour: null,
  sevenDay: { total: 7, input: 3, output: 4, cacheCreation: 0, cacheRead: 0 },
};

describe('usage without data', () => {
  let system = fakeSystem();
  let asked: EstimateAge[] = [];
  let [tokens, isDue]: [TokenEstimate | null, boolean] = [TOKENS, false];
  const ask = (policy: Policy, { network = true, of = none(), withScan = true } = {}) => {
    const provider = fakeProvider(system);
    const deps = {
      system,
      provider,
      settings: { ...defaultSettings(system.env), network },
      log: () => {},
      ...(withScan && {
        estimate: async (age: EstimateAge) => {
          asked.push(age);
          return { tokens, isDue };
        },
      }),
    };
    return orEstimate(deps, { policy }, pathsOf(system, provider), of);
  };

  beforeEach(() => {
    system = fakeSystem();
    asked = [];
    [tokens, isDue] = [TOKENS, false];
  });

  it('has the tokens of local transcripts, marked as an estimate', async () => {
    expect(await ask('wait')).toEqual({
      usage: { ...none(), state: 'estimate', source: 'transcripts', tokens: TOKENS },
      startScan: false,
    });
  });

  it.each<[string, Policy, boolean, EstimateAge]>([
    ['a caller that waits scans', 'wait', true, 'none'],
    ['a prompt takes the last scan', 'background', true, 'any'],
    ['one that may start no process scans once a minute', 'cached', true, 'recent'],
    ['so does a prompt where requests are switched off', 'background', false, 'recent'],
  ])('%s', async (_name, policy, network, age) => {
    await ask(policy, { network });
    expect(asked).toEqual([age]);
  });

  it('starts the worker for a prompt whose scan is due: once in ten seconds', async () => {
    isDue = true;
    expect((await ask('background')).startScan).toBe(true);
    expect(await ask('background')).toMatchObject({ usage: { state: 'estimate' }, startScan: false });
    system.advance(11 * SECOND);
    expect((await ask('background')).startScan).toBe(true);
    expect(asked).toEqual(['any', 'any', 'any']);
  });

  it('is scanned by the prompt itself where no worker can be started', async () => {
    isDue = true;
    const directory = pathsOf(system, fakeProvider(system)).cache?.path as string;
    fs.mkdirSync(dirname(directory), { recursive: true });
    fs.writeFileSync(directory, 'no directory');
    expect(await ask('background')).toMatchObject({ usage: { state: 'estimate' }, startScan: false });
    expect(asked).toEqual(['any', 'recent']);
  });

  it.each([null, { fiveHour: null, sevenDay: null }])('stays as it is with the tokens %j', async (found) => {
    tokens = found;
    expect(await ask('wait')).toEqual({ usage: none(), startScan: false });
  });

  it('is not estimated while an answer is on its way, nor where the caller shows no estimates', async () => {
    await ask('wait', { of: none({ pending: true }) });
    await ask('wait', { withScan: false });
    await ask('wait', { of: usage() });
    expect(asked).toEqual([]);
  });
});
