import { userInfo } from 'node:os';
import { isAbsolute } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { nodeSystem } from '../../src/platform/system.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the home directory', () => {
  it('is the value of HOME', () => {
    vi.stubEnv('HOME', '/somewhere');
    expect(nodeSystem().home()).toBe('/somewhere');
  });

  it.each(['home', '.', './home', '~', '../home'])('is never a relative value of HOME: %s', (home) => {
    vi.stubEnv('HOME', home);
    const { homedir } = userInfo();
    expect(nodeSystem().home()).toBe(isAbsolute(homedir) ? homedir : null);
  });
});
