import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { outputConfigOf, appearanceFor, defaultConfig } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { findConfigFile } from '../../src/config/config-file.ts';
import { DEFAULT_APPEARANCE } from '../../src/render/appearance.ts';
import { fakeSystem } from '../support/system.ts';
import { itAsRoot } from '../support/user.ts';
import type { FakeSystem } from '../support/system.ts';

let system: FakeSystem;
let path: string;

beforeEach(() => {
  system = fakeSystem();
  path = findConfigFile(system).path as string;
  fs.mkdirSync(dirname(path), { recursive: true });
});

const load = (text: string, env: Record<string, string> = {}) => {
  fs.writeFileSync(path, text);
  return loadConfig({ ...system, env });
};

describe('without a configuration', () => {
  it('every value is the default', async () => {
    expect(await loadConfig(system)).toEqual(defaultConfig({}));
    expect(appearanceFor(await loadConfig(system), 'zsh')).toBe(DEFAULT_APPEARANCE);
  });

  it.each(['', '# a word', '[colors]', '[output.tmux]'])(
    '(the file is %j) every value is the default',
    async (text) => {
      expect(await load(text)).toEqual(defaultConfig({}));
    },
  );
});

describe('the values of the file', () => {
  it('durations are converted to milliseconds', async () => {
    const { settings, userAgent, baseUrl, warnings } = await load(
      'cache_duration = 200\nscoped_refresh = 300.5\nmax_stale = 3600\ntimeout = 0.25\n' +
        'user_agent = "me/1"\napi_base_url = "https://a.example"',
    );
    expect(settings).toEqual({
      cacheDurationMs: 200_000,
      scopedRefreshMs: 300_500,
      maxStaleMs: 3_600_000,
      timeoutMs: 250,
      network: true,
    });
    expect(userAgent).toBe('me/1');
    expect(baseUrl).toEqual({ value: 'https://a.example', source: `${path}:6` });
    expect(warnings).toEqual([]);
  });

  it('an appearance applies to every output, except where an output has a key of its own', async () => {
    const config = await load(
      [
        'format = "bars"',
        'percent = "left"',
        'hide = ["Seven_Day"]',
        'color = "never"',
        'colors.ok = "bold #FF8800"',
        'colors.warn = "none"',
        'thresholds.warn = 60',
        '[output.tmux]',
        'percent = "used"',
        'color = "always"',
        'thresholds.critical = 70',
        'colors.critical = "bright-blue dim"',
        '[output.show]',
        'clock = "12h"',
      ].join('\n'),
    );
    const common = {
      ...DEFAULT_APPEARANCE,
      format: 'bars',
      percent: 'left',
      hide: ['seven_day'],
      thresholds: { ...DEFAULT_APPEARANCE.thresholds, warn: 60 },
      colors: {
        ...DEFAULT_APPEARANCE.colors,
        ok: { color: '#ff8800', bold: true, dim: false },
        warn: { color: null, bold: false, dim: false },
      },
    };
    expect(outputConfigOf(config, 'zsh')).toEqual({ appearance: common, color: 'never' });
    expect(outputConfigOf(config, 'show')).toEqual({
      appearance: { ...common, clock: '12h' },
      color: 'never',
    });
    expect(outputConfigOf(config, 'tmux')).toEqual({
      appearance: {
        ...common,
        percent: 'used',
        thresholds: { warn: 60, critical: 70 },
        colors: {
          ...common.colors,
          critical: { color: 'bright-blue', bold: false, dim: true },
          urgent: { color: 'bright-blue', bold: false, dim: true },
        },
      },
      color: 'always',
    });
  });
});

describe('requests are made', () => {
  const QUIET = { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' };
  it.each<[string, Record<string, string>, boolean]>([
    ['', {}, true],
    ['', QUIET, false],
    ['network = "auto"', QUIET, false],
    ['network = "always"', QUIET, true],
    ['network = "never"', {}, false],
    ['network = "never"', { USAGELINE_NETWORK: 'always' }, true],
    ['network = "never"', { USAGELINE_NETWORK: 'auto' }, true],
    ['network = "always"', { ...QUIET, USAGELINE_NETWORK: 'auto' }, false],
    ['', { USAGELINE_NETWORK: 'never' }, false],
    ['', { ...QUIET, USAGELINE_NETWORK: 'always' }, true],
    ['network = "never"', { USAGELINE_NETWORK: '' }, false],
  ])('with %j and %o: %j', async (text, env, network) => {
    const config = await load(text, env);
    expect(config.settings.network).toBe(network);
    expect(config.warnings).toEqual([]);
  });
});

describe('the environment', () => {
  it('overrides the file', async () => {
    const env = {
      USAGELINE_TIMEOUT: '7',
      USAGELINE_USER_AGENT: 'you/2',
      USAGELINE_API_BASE_URL: 'https://b.example',
    };
    const config = await load('timeout = 5\nuser_agent = "me/1"\napi_base_url = "https://a.example"', env);
    expect(config.settings.timeoutMs).toBe(7000);
    expect(config.userAgent).toBe('you/2');
    expect(config.baseUrl).toEqual({ value: 'https://b.example', source: 'USAGELINE_API_BASE_URL' });
  });

  it.each<[Record<string, string>, string]>([
    [{ USAGELINE_TIMEOUT: '0' }, 'USAGELINE_TIMEOUT is "0"; accepted: a number of seconds from 0.1 to 300'],
    [
      { USAGELINE_TIMEOUT: '1e2' },
      'USAGELINE_TIMEOUT is "1e2"; accepted: a number of seconds from 0.1 to 300',
    ],
    [{ USAGELINE_TIMEOUT: ' 5' }, 'USAGELINE_TIMEOUT is " 5"; accepted: a number of seconds from 0.1 to 300'],
    [{ USAGELINE_NETWORK: 'off' }, 'USAGELINE_NETWORK is "off"; accepted: "auto", "always", "never"'],
    [
      { USAGELINE_USER_AGENT: 'a\nb' },
      'USAGELINE_USER_AGENT is "a\\nb"; accepted: printable ASCII, at most 200 characters',
    ],
    [{ USAGELINE_LOG: 'all' }, 'USAGELINE_LOG is "all"; accepted: debug'],
  ])('with an unknown value, %o, gives a warning, and the file applies', async (env, warning) => {
    const config = await load('timeout = 5', env);
    expect(config.warnings).toEqual([warning]);
    expect(config.settings).toMatchObject({ timeoutMs: 5000, network: true });
    fs.unlinkSync(path);
    expect((await loadConfig({ ...system, env })).warnings).toEqual([warning]);
  });
});

describe('a file that cannot be used gives a warning and no values', () => {
  const NOT = 'so none of the file applies';
  it.each<[string, () => void, string]>([
    ['a directory', () => fs.mkdirSync(path), `this cannot be read (not a regular file), ${NOT}`],
    [
      'a pipe without a writer',
      () => execFileSync('mkfifo', [path]),
      `this cannot be read (not a regular file), ${NOT}`,
    ],
    ['a device', () => fs.symlinkSync('/dev/zero', path), `this cannot be read (not a regular file), ${NOT}`],
    [
      'larger than any',
      () => fs.writeFileSync(path, '#'.repeat(2 ** 20 + 1)),
      `this cannot be read (larger than 1 MiB), ${NOT}`,
    ],
    [
      'not UTF-8',
      () => fs.writeFileSync(path, Buffer.from([0x23, 0xff])),
      'this is not UTF-8, so none of the file applies',
    ],
  ])('%s', async (_, make, problem) => {
    make();
    const config = await loadConfig(system);
    expect(config).toEqual({ ...defaultConfig({}), warnings: [`${path}: ${problem}`] });
  });

  it('a file without permission to read it', async () => {
    fs.writeFileSync(path, 'timeout = 5');
    const denied = () => {
      throw Object.assign(new Error('no'), { code: 'EACCES' });
    };
    const config = await loadConfig({ ...system, fs: { ...fs, openSync: denied } });
    expect(config.warnings).toEqual([`${path}: this cannot be read (EACCES), ${NOT}`]);
    const hidden = await loadConfig({ ...system, fs: { ...fs, statSync: denied, openSync: denied } });
    expect(hidden.warnings).toEqual([`${path}: this cannot be read (EACCES), ${NOT}`]);
  });

  it('a missing file that USAGELINE_CONFIG names', async () => {
    const env = { USAGELINE_CONFIG: join(system.root, 'none.toml') };
    const warning = 'USAGELINE_CONFIG names a file that is not there: the defaults apply';
    expect((await loadConfig({ ...system, env })).warnings).toEqual([warning]);
    const more = { ...env, USAGELINE_TIMEOUT: '9' };
    const config = await loadConfig({ ...system, env: more });
    expect(config.warnings).toEqual([`${env.USAGELINE_CONFIG}: ${warning}`]);
    expect(config.settings.timeoutMs).toBe(9000);
  });
});

it('the file can be a symbolic link, as dotfile managers make it', async () => {
  const real = join(system.root, 'dotfiles.toml');
  fs.writeFileSync(real, 'timeout = 5');
  fs.symlinkSync(real, path);
  expect((await loadConfig(system)).settings.timeoutMs).toBe(5000);
});

it('a provider of the user’s own in a file that another user can write is not used: it names a URL and a command', async () => {
  const table = '[[provider]]\nid = "myai"\nurl = "https://example.test"\nkey_command = ["x"]\n';
  fs.writeFileSync(path, `timeout = 5\n${table}[[provider.window]]\nname = "5h"\nused_percent = "a"\n`);
  fs.chmodSync(path, 0o600);
  expect((await loadConfig(system)).providers).toMatchObject([{ id: 'myai' }]);
  fs.chmodSync(path, 0o666);
  const { providers, settings, warnings } = await loadConfig(system);
  expect(providers).toEqual([]);
  expect(settings.timeoutMs).toBe(5000);
  expect(warnings).toEqual([`${path}:2: provider is not used, since ${path} can be written by everyone`]);
});

describe('an endpoint in a file that another user can write', () => {
  const OTHER = 54_322;
  const TEXT = 'timeout = 5\napi_base_url = "https://example.test"';
  const endpointOf = async () => {
    const { baseUrl, settings, warnings } = await loadConfig(system);
    // All other keys apply.
    expect(settings.timeoutMs).toBe(5000);
    return { url: baseUrl?.value ?? null, warnings };
  };
  beforeEach(() => {
    fs.writeFileSync(path, TEXT);
    fs.chmodSync(path, 0o600);
  });

  it('is used if only the user can write the file', async () => {
    expect(await endpointOf()).toEqual({ url: 'https://example.test', warnings: [] });
  });

  it('is not used if everyone can write the file', async () => {
    fs.chmodSync(path, 0o666);
    const warning = `${path}:2: api_base_url is not used, since ${path} can be written by everyone`;
    expect(await endpointOf()).toEqual({ url: null, warnings: [warning] });
  });

  it('is not used if everyone can write a parent directory', async () => {
    fs.chmodSync(dirname(path), 0o777);
    const { url, warnings } = await endpointOf();
    expect(url).toBeNull();
    expect(warnings).toEqual([expect.stringContaining(`since ${dirname(path)} can be written by everyone`)]);
  });

  it('is not used if a symbolic link leads to such a file', async () => {
    const elsewhere = join(system.root, 'shared.toml');
    fs.renameSync(path, elsewhere);
    fs.symlinkSync(elsewhere, path);
    expect((await endpointOf()).url).toBe('https://example.test');
    fs.chmodSync(elsewhere, 0o622);
    expect((await endpointOf()).url).toBeNull();
  });

  itAsRoot('is not used by root where the file, or its directory, is another user’s', async () => {
    fs.chownSync(path, OTHER, OTHER);
    expect(await endpointOf()).toMatchObject({
      url: null,
      warnings: [expect.stringContaining(`belongs to another user (${OTHER})`)],
    });
    fs.chownSync(path, 0, 0);
    fs.chownSync(dirname(path), OTHER, OTHER);
    expect((await endpointOf()).url).toBeNull();
  });
});
