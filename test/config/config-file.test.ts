import { describe, expect, it } from 'vitest';
import { findConfigFile } from '../../src/config/config-file.ts';
import { fakeSystem } from '../support/system.ts';

const find = (env: Record<string, string>, on: Parameters<typeof fakeSystem>[0] = {}) =>
  findConfigFile(fakeSystem({ home: () => '/home/ada', env, ...on }));

describe('the path of the configuration file', () => {
  it.each<[string, Record<string, string>, NodeJS.Platform, string]>([
    ['in the home', {}, 'linux', '/home/ada/.config/usageline/config.toml'],
    ['in the home', {}, 'darwin', '/home/ada/.config/usageline/config.toml'],
    ['in $XDG_CONFIG_HOME', { XDG_CONFIG_HOME: '/xdg' }, 'linux', '/xdg/usageline/config.toml'],
    ['in $XDG_CONFIG_HOME', { XDG_CONFIG_HOME: '/xdg' }, 'darwin', '/xdg/usageline/config.toml'],
    [
      'in $XDG_CONFIG_HOME',
      { XDG_CONFIG_HOME: '/xdg', APPDATA: '/roaming' },
      'win32',
      '/xdg/usageline/config.toml',
    ],
    [
      'in the home if XDG_CONFIG_HOME is relative,',
      { XDG_CONFIG_HOME: 'xdg' },
      'linux',
      '/home/ada/.config/usageline/config.toml',
    ],
    [
      'in the home if XDG_CONFIG_HOME is empty,',
      { XDG_CONFIG_HOME: '' },
      'linux',
      '/home/ada/.config/usageline/config.toml',
    ],
    ['in APPDATA', { APPDATA: '/roaming' }, 'win32', '/roaming/usageline/config.toml'],
    ['in the default of APPDATA', {}, 'win32', '/home/ada/AppData/Roaming/usageline/config.toml'],
    [
      'the value of USAGELINE_CONFIG',
      { USAGELINE_CONFIG: '/etc/u.toml', XDG_CONFIG_HOME: '/xdg' },
      'linux',
      '/etc/u.toml',
    ],
    [
      'in the home if USAGELINE_CONFIG is empty,',
      { USAGELINE_CONFIG: '' },
      'linux',
      '/home/ada/.config/usageline/config.toml',
    ],
  ])('is %s with %o on %s', (_, env, platform, path) => {
    expect(find(env, { platform })).toMatchObject({ path, warning: null });
  });

  it('ignores a relative path, which would mean another file in every directory', () => {
    expect(find({ USAGELINE_CONFIG: 'u.toml' })).toEqual({
      path: '/home/ada/.config/usageline/config.toml',
      explicit: false,
      warning: 'USAGELINE_CONFIG is no absolute path: using /home/ada/.config/usageline/config.toml',
    });
  });

  it('is null without a home directory', () => {
    expect(find({}, { home: () => null }).path).toBeNull();
    expect(find({ USAGELINE_CONFIG: 'u.toml' }, { home: () => null }).warning).toContain('using none');
  });

  it('is null for a path that is not UTF-8', () => {
    expect(find({ USAGELINE_CONFIG: '/a\uFFFD.toml' })).toEqual({
      path: null,
      explicit: true,
      warning: 'the path of the configuration is not valid UTF-8: it is not read',
    });
  });
});
