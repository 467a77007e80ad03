import { describe, expect, it } from 'vitest';
import { findConfigFile } from '../../src/config/config-file.ts';
import { fakeSystem } from '../support/system.ts';

const place = (env: Record<string, string>, on: Parameters<typeof fakeSystem>[0] = {}) =>
  findConfigFile(fakeSystem({ home: () => '/home/ada', env, ...on }));

describe('the place of the configuration', () => {
  it.each<[string, Record<string, string>, NodeJS.Platform, string]>([
    ['in the home', {}, 'linux', '/home/ada/.config/usageline/config.toml'],
    ['in the home', {}, 'darwin', '/home/ada/.config/usageline/config.toml'],
    ['where XDG says', { XDG_CONFIG_HOME: '/xdg' }, 'linux', '/xdg/usageline/config.toml'],
    ['where XDG says', { XDG_CONFIG_HOME: '/xdg' }, 'darwin', '/xdg/usageline/config.toml'],
    [
      'where XDG says',
      { XDG_CONFIG_HOME: '/xdg', APPDATA: '/roaming' },
      'win32',
      '/xdg/usageline/config.toml',
    ],
    [
      'not where a relative XDG says',
      { XDG_CONFIG_HOME: 'xdg' },
      'linux',
      '/home/ada/.config/usageline/config.toml',
    ],
    [
      'not where an empty XDG says',
      { XDG_CONFIG_HOME: '' },
      'linux',
      '/home/ada/.config/usageline/config.toml',
    ],
    ['in APPDATA', { APPDATA: '/roaming' }, 'win32', '/roaming/usageline/config.toml'],
    ['where APPDATA would be', {}, 'win32', '/home/ada/AppData/Roaming/usageline/config.toml'],
    [
      'where it is said to be',
      { USAGELINE_CONFIG: '/etc/u.toml', XDG_CONFIG_HOME: '/xdg' },
      'linux',
      '/etc/u.toml',
    ],
    ['not nowhere', { USAGELINE_CONFIG: '' }, 'linux', '/home/ada/.config/usageline/config.toml'],
  ])('is %s with %o on %s', (_, env, platform, path) => {
    expect(place(env, { platform })).toMatchObject({ path, warning: null });
  });

  it('is no relative one, which would be another in every directory', () => {
    expect(place({ USAGELINE_CONFIG: 'u.toml' })).toEqual({
      path: '/home/ada/.config/usageline/config.toml',
      explicit: false,
      warning: 'USAGELINE_CONFIG is no absolute path: using /home/ada/.config/usageline/config.toml',
    });
  });

  it('is nowhere without a home', () => {
    expect(place({}, { home: () => null }).path).toBeNull();
    expect(place({ USAGELINE_CONFIG: 'u.toml' }, { home: () => null }).warning).toContain('using none');
  });

  it('is none that Node cannot name', () => {
    expect(place({ USAGELINE_CONFIG: '/a\uFFFD.toml' })).toEqual({
      path: null,
      explicit: true,
      warning: 'the path of the configuration is not valid UTF-8: it is not read',
    });
  });
});
