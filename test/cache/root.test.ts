import { afterEach, describe, expect, it, vi } from 'vitest';
import { cacheRoot } from '../../src/cache/root.ts';
import { fakeSystem } from '../support/system.ts';

const { platform } = process;
let imports = 0;

afterEach(() => {
  vi.unstubAllEnvs();
  Object.defineProperty(process, 'platform', { value: platform });
});

/** What the package gives on another machine. It looks at home when it is loaded, so it is loaded anew. */
async function envPathsCache(machine: NodeJS.Platform, env: Record<string, string>): Promise<string> {
  const all = { HOME: '/home/ada', XDG_CACHE_HOME: undefined, LOCALAPPDATA: undefined, ...env };
  for (const [name, value] of Object.entries(all)) vi.stubEnv(name, value);
  Object.defineProperty(process, 'platform', { value: machine });
  const url = `${import.meta.resolve('env-paths')}?${(imports += 1)}`;
  const { default: envPaths } = (await import(url)) as typeof import('env-paths');
  return envPaths('usageline', { suffix: '' }).cache;
}

const root = (
  env: Record<string, string>,
  home: string | null = '/home/ada',
  on: NodeJS.Platform = 'linux',
) => cacheRoot(fakeSystem({ env, platform: on, home: () => home }));

describe('the cache root', () => {
  it.each<[NodeJS.Platform, string, Record<string, string>]>([
    ['linux', '/home/ada', {}],
    ['linux', '/root', {}],
    ['linux', '/home/ada lovelace/ü', {}],
    ['linux', '/home/ada', { XDG_CACHE_HOME: '/var/cache/ada' }],
    ['linux', '/home/ada', { XDG_CACHE_HOME: '/var/cache/ada/' }],
    ['linux', '/home/ada', { XDG_CACHE_HOME: '' }],
    ['freebsd', '/home/ada', {}],
    ['darwin', '/Users/ada', {}],
    ['win32', 'C:\\Users\\ada', {}],
    ['win32', 'C:\\Users\\ada', { LOCALAPPDATA: 'D:\\Local' }],
    ['win32', 'C:\\Users\\ada', { LOCALAPPDATA: '' }],
  ])('on %s with the home %s and %j is that of env-paths', async (on, home, env) => {
    expect(root(env, home, on)).toEqual({
      path: await envPathsCache(on, { HOME: home, ...env }),
      warning: null,
    });
  });

  it.each<[string, Record<string, string>, string]>([
    ['USAGELINE_CACHE_DIR', { USAGELINE_CACHE_DIR: '/own' }, '/own'],
    ['USAGELINE_CACHE_DIR before XDG', { USAGELINE_CACHE_DIR: '/own', XDG_CACHE_HOME: '/xdg' }, '/own'],
    ['XDG', { XDG_CACHE_HOME: '/xdg' }, '/xdg/usageline'],
    [
      'XDG when USAGELINE_CACHE_DIR is empty',
      { USAGELINE_CACHE_DIR: '', XDG_CACHE_HOME: '/xdg' },
      '/xdg/usageline',
    ],
    [
      'home when both are empty',
      { USAGELINE_CACHE_DIR: '', XDG_CACHE_HOME: '' },
      '/home/ada/.cache/usageline',
    ],
    ['home when XDG is relative', { XDG_CACHE_HOME: 'cache' }, '/home/ada/.cache/usageline'],
    ['home when XDG is a dot', { XDG_CACHE_HOME: '.' }, '/home/ada/.cache/usageline'],
    ['home when XDG starts with a tilde', { XDG_CACHE_HOME: '~/.cache' }, '/home/ada/.cache/usageline'],
    ['USAGELINE_CACHE_DIR with odd characters', { USAGELINE_CACHE_DIR: '/ö w n/$(x)' }, '/ö w n/$(x)'],
  ])('is taken from %s', (_case, env, path) => {
    expect(root(env)).toEqual({ path, warning: null });
  });

  it.each<NodeJS.Platform>(['darwin', 'win32'])('follows XDG on %s, too', (on) => {
    const env = { XDG_CACHE_HOME: '/xdg', LOCALAPPDATA: 'C:\\Local' };
    expect(root(env, '/Users/ada', on).path).toBe('/xdg/usageline');
  });

  it.each<[string, Record<string, string>, string]>([
    ['home', { USAGELINE_CACHE_DIR: 'own' }, '/home/ada/.cache/usageline'],
    ['XDG', { USAGELINE_CACHE_DIR: './own', XDG_CACHE_HOME: '/xdg' }, '/xdg/usageline'],
  ])('is not a relative USAGELINE_CACHE_DIR, with a warning, but %s', (_case, env, path) => {
    const found = root(env);
    expect(found.path).toBe(path);
    expect(found.warning).toContain(`"${env.USAGELINE_CACHE_DIR}"`);
    expect(found.warning).toContain(path);
  });

  it.each<[string, Record<string, string>]>([
    ['USAGELINE_CACHE_DIR', { USAGELINE_CACHE_DIR: '/own\uFFFD' }],
    ['XDG', { XDG_CACHE_HOME: '/x\uFFFDdg' }],
  ])('does not exist when %s is not UTF-8', (_case, env) => {
    const found = root(env);
    expect(found.path).toBeNull();
    expect(found.warning).toContain('UTF-8');
  });

  it('does not exist when the home directory is not UTF-8', () => {
    expect(root({}, '/home/\uFFFD').path).toBeNull();
  });

  it.each<NodeJS.Platform>(['linux', 'darwin', 'win32'])(
    'does not exist on %s without a home directory',
    (on) => {
      const found = root({}, null, on);
      expect(found.path).toBeNull();
      expect(found.warning).toContain('home');
    },
  );

  it.each<[string, NodeJS.Platform, Record<string, string>, string]>([
    ['USAGELINE_CACHE_DIR', 'linux', { USAGELINE_CACHE_DIR: '/own' }, '/own'],
    ['XDG', 'linux', { XDG_CACHE_HOME: '/xdg' }, '/xdg/usageline'],
    ['LOCALAPPDATA', 'win32', { LOCALAPPDATA: '/local' }, '/local/usageline/Cache'],
  ])('needs no home directory with %s', (_case, on, env, path) => {
    expect(root(env, null, on)).toEqual({ path, warning: null });
  });
});
