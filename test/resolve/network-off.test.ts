import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { defaultSettings } from '../../src/config/settings.ts';
import { provider } from '../../src/fetch/registry.ts';
import { decide } from '../../src/resolve/decide.ts';
import { HOUR } from '../../src/usage/time.ts';
import { aLock, anEntry, NOW } from '../support/build.ts';

const settings = { ...defaultSettings({}), network: false };

/** All ages and accounts of an entry, all callers, with and without force. */
const situation = fc.record({
  entry: fc.option(
    fc
      .tuple(
        fc.integer({ min: -HOUR, max: 200 * HOUR }),
        fc.constantFrom('fingerprint-1', 'fingerprint-2', null),
      )
      .map(([age, credentials]) => anEntry({ cachedAt: NOW - age, credentials })),
  ),
  backoff: fc.option(fc.integer({ min: -HOUR, max: HOUR }).map((ms) => aLock({ blockedUntil: NOW + ms }))),
  now: fc.constant(NOW),
  policy: fc.constantFrom('cached', 'background', 'wait'),
  fingerprint: fc.constantFrom('fingerprint-1', null),
  account: fc.constantFrom('same', 'changed', 'unknown').map((match) => () => match),
  settings: fc.constant(settings),
  budget: fc.constant(provider.budget),
  force: fc.boolean(),
  ignoresPace: fc.boolean(),
});

it('with the network switched off no request is sent and no process started, and usage that is not fresh has the reason', () => {
  fc.assert(
    fc.property(situation, (it) => {
      const { action, freshness, error } = decide(it);
      expect(action).toBe('serve');
      const silent = freshness === 'fresh' && !it.force;
      expect(error).toEqual(silent ? null : { code: 'disabled', retryAt: null });
    }),
  );
});
