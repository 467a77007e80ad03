import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../src/config/settings.ts';

describe('the settings', () => {
  it('are those of the contract', () => {
    expect(defaultSettings({})).toEqual({
      cacheDurationMs: 180_000,
      scopedRefreshMs: 900_000,
      maxStaleMs: 24 * 3_600_000,
      timeoutMs: 2000,
      network: true,
    });
  });

  it.each([
    ['1', false],
    ['true', false],
    ['TRUE', false],
    ['yes', false],
    ['no', false],
    ['00', false],
    [' ', false],
    ['', true],
    ['0', true],
    ['false', true],
    ['False', true],
    ['FALSE', true],
  ])('with CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=%j allow the network: %j', (value, network) => {
    expect(defaultSettings({ CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: value }).network).toBe(network);
  });
});
