import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { configDirectory } from '../../../src/fetch/claude/config-directory.ts';
import { account, configDirHash, credentialFiles } from '../../../src/fetch/claude/account.ts';
import type { System } from '../../../src/platform/system.ts';
import { fakeSystem } from '../../support/system.ts';

const sha = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 8);

let { root } = fakeSystem();
/** A process of the user whose home is `root`. */
const started = (dir: string | undefined, more: Partial<System> = {}, env: Record<string, string> = {}) =>
  fakeSystem({
    home: () => root,
    cwd: () => root,
    ...more,
    env: { ...(dir !== undefined && { CLAUDE_CONFIG_DIR: dir }), ...env },
  });
const directoryOf = (dir: string | undefined, more?: Partial<System>, env?: Record<string, string>) =>
  account(started(dir, more, env)).directory;

beforeEach(() => {
  ({ root } = fakeSystem());
  fs.mkdirSync(join(root, '.claude'));
  fs.mkdirSync(join(root, 'projects', 'here'), { recursive: true });
  fs.symlinkSync(join(root, '.claude'), join(root, 'link'));
  fs.symlinkSync('link', join(root, 'link-to-link'));
  fs.symlinkSync(root, join(root, 'projects', 'home'));
});

/** Below the home, as a shell would leave them. */
const spellings = (name: string) => [
  `${root}/${name}`,
  `${root}/${name}/`,
  `${root}/${name}//`,
  `${root}//${name}`,
  `${root}/./${name}`,
  `${root}/${name}/.`,
  `${root}/projects/../${name}`,
  `${root}/projects/here/../../${name}/`,
  // Where a link leads is where `..` counts from.
  `${root}/projects/home/projects/../${name}`,
  name,
  `./${name}`,
  `../${root.slice(root.lastIndexOf('/') + 1)}/${name}`,
];

describe('the default directory', () => {
  it('is one account in every spelling', () => {
    for (const dir of [
      undefined,
      '',
      ...spellings('.claude'),
      `${root}/link`,
      'link-to-link',
      `${root}/link/`,
    ]) {
      const system = started(dir);
      expect(account(system), dir).toEqual({ name: 'default', directory: 'claude' });
      expect(credentialFiles(system), dir).toEqual(credentialFiles(started(undefined)));
    }
  });

  it('is the default one before it exists', () => {
    fs.rmdirSync(join(root, '.claude'));
    expect(directoryOf(`${root}/./.claude/`)).toBe('claude');
    expect(directoryOf(`${root}/.claude-work/`)).toBe(`claude-${sha(`${root}/.claude-work`)}`);
  });

  it('is another account where the home has a second login, which counts only without the variable', () => {
    const second = join(root, '.config', 'claude', '.credentials.json');
    fs.mkdirSync(join(second, '..'), { recursive: true });
    fs.writeFileSync(second, '{}');
    expect(directoryOf(undefined)).toBe('claude');
    const own = `claude-${sha(`${root}/.claude`)}`;
    for (const dir of spellings('.claude')) expect(directoryOf(dir), dir).toBe(own);
    expect(credentialFiles(started(`${root}/.claude`))).toEqual([`${root}/.claude/.credentials.json`]);
  });

  it('is none without a home', () => {
    expect(directoryOf(join(root, '.claude'), { home: () => null })).toBe(`claude-${sha(`${root}/.claude`)}`);
  });
});

describe('another directory', () => {
  it('is one account in every spelling, named by the hash of its real path', () => {
    fs.mkdirSync(join(root, 'work'));
    for (const dir of spellings('work')) expect(directoryOf(dir), dir).toBe(`claude-${sha(`${root}/work`)}`);
    fs.symlinkSync('work', join(root, 'current'));
    expect(directoryOf('current')).toBe(`claude-${sha(`${root}/work`)}`);
  });

  it('is not the default one because its name begins alike', () => {
    for (const name of ['.claude-work', '.claude2', 'x/.claude', '.Claude']) {
      expect(directoryOf(`${root}/${name}`), name).toBe(`claude-${sha(`${root}/${name}`)}`);
    }
  });

  it('is not the default one where two dots follow a link', () => {
    fs.mkdirSync(join(root, 'other', 'deep'), { recursive: true });
    fs.mkdirSync(join(root, 'other', '.claude'));
    fs.symlinkSync(join(root, 'other', 'deep'), join(root, 'shortcut'));
    expect(directoryOf(`${root}/shortcut/../.claude`)).toBe(`claude-${sha(`${root}/other/.claude`)}`);
  });

  it('counts from the working directory when it is relative', () => {
    const system = started('acct', { cwd: () => join(root, 'projects') });
    expect(configDirectory(system)).toBe(join(root, 'projects', 'acct'));
    expect(credentialFiles(system)).toEqual([join(root, 'projects', 'acct', '.credentials.json')]);
    expect(configDirectory(started('acct', { cwd: () => null }))).toBe('acct');
  });
});

describe('on macOS, where the name of the keychain item depends on the text', () => {
  const mac = { platform: 'darwin' } as const;

  it('every spelling is a separate account', () => {
    const names = new Set(
      [undefined, `${root}/.claude`, `${root}/.claude/`, `${root}/link`].map((dir) => directoryOf(dir, mac)),
    );
    expect(names.size).toBe(4);
    expect(directoryOf(`${root}/.claude/`, mac)).toBe(`claude-${sha(`${root}/.claude/`)}`);
  });

  it('a relative one has its files in one directory, and its item named by the text', () => {
    expect(directoryOf('acct', mac)).toBe(`claude-${sha(`${root}/acct`)}`);
    expect(configDirHash(started('acct', mac))).toBe(sha('acct'));
  });
});

it('examines no file where the variable is not set', () => {
  const careful = new Proxy(fs, {
    get: (target, name) => (name === 'constants' ? target.constants : () => expect.fail(`${String(name)}`)),
  });
  expect(account(fakeSystem({ fs: careful })).directory).toBe('claude');
});

it('agrees with the shell on which paths are one directory', () => {
  for (const dir of [...spellings('.claude'), `${root}/link`]) {
    const command = `cd "$1" && [ "$2" -ef "$1/.claude" ]`;
    expect(() => execFileSync('sh', ['-c', command, 'sh', root, dir]), dir).not.toThrow();
  }
});
