import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createStage } from '../../src/demo/stage.ts';
import { fakeSystem } from '../support/system.ts';
import type { FakeSystem } from '../support/system.ts';

const MINUTES = 12 * 60_000;

function put(system: FakeSystem, directory: string, name: string, value: unknown) {
  fs.mkdirSync(directory, { recursive: true });
  fs.writeFileSync(join(directory, name), JSON.stringify(value));
  return () => JSON.parse(system.fs.readFileSync(join(directory, name), 'utf8')) as unknown;
}

describe('the stage of the demo', () => {
  it('passes on no variable that leads to the user', () => {
    const system = fakeSystem({
      env: {
        HOME: '/home/ada',
        XDG_CACHE_HOME: '/home/ada/.cache',
        USAGELINE_CACHE_DIR: '/home/ada/cache',
        CLAUDE_CONFIG_DIR: '/home/ada/.claude-work',
        CLAUDE_CODE_OAUTH_TOKEN: 'not-a-token',
        HTTPS_PROXY: 'http://proxy.test',
        NODE_OPTIONS: '--no-warnings',
        TZ: 'Europe/Berlin',
      },
    });
    const stage = createStage(system, system.root, { COLUMNS: '78' });
    const home = join(stage.root, 'home');
    expect(stage.env).toEqual({
      HOME: home,
      USERPROFILE: home,
      XDG_CACHE_HOME: join(stage.root, 'cache'),
      TZ: 'Europe/Berlin',
      COLUMNS: '78',
    });
    expect(stage.root.startsWith(join(system.root, 'usageline-demo-'))).toBe(true);
  });

  it("has a configuration directory of its own on macOS, so that the keychain's credentials are not found", () => {
    const system = fakeSystem({ platform: 'darwin' });
    const stage = createStage(system, system.root, {});
    expect(stage.env.CLAUDE_CONFIG_DIR).toBe(join(stage.root, 'home', '.claude'));
  });

  it('signs in with credentials that are marked as examples', () => {
    const system = fakeSystem();
    const stage = createStage(system, system.root, {});
    stage.signIn(1000);
    const text = fs.readFileSync(join(stage.root, 'home', '.claude', '.credentials.json'), 'utf8');
    const login = (JSON.parse(text) as { claudeAiOauth: Record<string, unknown> }).claudeAiOauth;
    expect(login.accessToken).toContain('NOT-A-TOKEN');
    expect(login.expiresAt).toBe(system.now() + 1000);
  });

  it('moves every time in the cache files back, and changes nothing else', () => {
    const system = fakeSystem();
    const stage = createStage(system, system.root, {});
    const cache = join(stage.root, 'cache', 'usageline', 'claude');
    const entry = put(system, cache, 'usage.json', {
      schema_version: 1,
      cached_at: '2026-11-20T18:23:12.000Z',
      data: { five_hour: { utilization: 22, resets_at: '2026-11-20T23:02:00.000000+00:00' } },
      credentials: '1:2:3',
    });
    const lock = put(system, cache, 'usage.lock', {
      blocked_until: 1795199192,
      failures: 2,
      written_at: 1795198892,
      requests: [1795198892],
    });
    const attempt = put(system, cache, 'attempt.3', { at: 1795198892123, until: 1795198894123 });
    const started = put(system, cache, 'background.1', { at: 1795198892000, until: 1795198902000 });
    const foreign = put(system, cache, 'notes.json', { at: 1 });
    expect(stage.cachedAt()).toBe(Date.UTC(2026, 10, 20, 18, 23, 12));

    stage.passTime(MINUTES);
    expect(entry()).toEqual({
      schema_version: 1,
      cached_at: '2026-11-20T18:11:12.000Z',
      data: { five_hour: { utilization: 22, resets_at: '2026-11-20T22:50:00.000Z' } },
      credentials: '1:2:3',
    });
    expect(lock()).toEqual({
      blocked_until: 1795198472,
      failures: 2,
      written_at: 1795198172,
      requests: [1795198172],
    });
    expect(attempt()).toEqual({ at: 1795198172123, until: 1795198174123 });
    expect(started()).toEqual({ at: 1795198172000, until: 1795198182000 });
    expect(foreign()).toEqual({ at: 1 });
  });

  it('is refreshing while the mutex exists, and has no cached numbers without an entry', () => {
    const system = fakeSystem();
    const stage = createStage(system, system.root, {});
    expect([stage.cachedAt(), stage.isRefreshing()]).toEqual([null, false]);
    fs.mkdirSync(join(stage.root, 'cache', 'usageline', 'claude', 'refresh.mutex'), { recursive: true });
    expect(stage.isRefreshing()).toBe(true);
  });

  it('leaves no files', () => {
    const system = fakeSystem();
    const stage = createStage(system, system.root, {});
    stage.signIn(1000);
    stage.remove();
    expect(fs.readdirSync(system.root)).toEqual([]);
  });

  it('leaves nothing of a refresh that still writes when it is removed', async () => {
    const system = fakeSystem();
    const stage = createStage(system, system.root, {});
    const write = () => {
      fs.mkdirSync(join(stage.root, 'cache'), { recursive: true });
      fs.writeFileSync(join(stage.root, 'cache', 'file'), '');
    };
    for (const ms of [70, 300, 600]) setTimeout(write, ms);
    await stage.removeForGood();
    expect(fs.readdirSync(system.root)).toEqual([]);
  });
});
