import { expect, it } from 'vitest';
import { defaultSettings } from '../../src/config/settings.ts';
import { providerSettings } from '../../src/resolve/provider-settings.ts';
import { MINUTE, SECOND } from '../../src/usage/time.ts';
import { provider } from '../../src/fetch/registry.ts';

const settings = defaultSettings({});
const slow = { ...provider, budget: { spacingMs: 10 * MINUTE, perHour: 6 }, leastTimeoutMs: 8 * SECOND };

it('changes nothing for a provider that can be asked every minute', () => {
  expect(providerSettings(settings, provider)).toEqual(settings);
});

it('keeps numbers fresh until the provider may be asked again', () => {
  expect(providerSettings(settings, slow).cacheDurationMs).toBe(10 * MINUTE);
  const longer = { ...settings, cacheDurationMs: 15 * MINUTE };
  expect(providerSettings(longer, slow).cacheDurationMs).toBe(15 * MINUTE);
});

it.each([
  ['the time that the question needs', 2 * SECOND, null, 8 * SECOND],
  ['a configured deadline that is longer', 20 * SECOND, null, 20 * SECOND],
  ['a deadline that a caller wants', 20 * SECOND, SECOND, SECOND],
])('gives a question %s', (_case, timeoutMs, wanted, expected) => {
  expect(providerSettings({ ...settings, timeoutMs }, slow, wanted).timeoutMs).toBe(expected);
});
