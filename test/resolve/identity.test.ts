import fs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { accountDirectory } from '../../src/cache/directory.ts';
import type { Identity } from '../../src/fetch/provider.ts';
import {
  accountKey,
  countsAsSame,
  entryIdentity,
  identityOf,
  loginWrittenAt,
  matchAccount,
  matchLogin,
} from '../../src/resolve/identity.ts';
import { fakeProvider } from '../support/provider.ts';
import { fakeSystem } from '../support/system.ts';

const ada: Identity = {
  kind: 'known',
  accountId: 'ada',
  organizationId: 'org-1',
  accountName: 'Ada',
  organizationName: 'Engines',
};

describe('the account that is signed in', () => {
  let system = fakeSystem();
  let directory = accountDirectory(system.root, 'claude');
  let [reads, source, now] = [0, { fingerprint: 'a', bytes: 0 }, ada as Identity];
  const find = (cache: typeof directory | null = directory) => {
    const provider = { ...fakeProvider(system), identitySource: () => source };
    provider.identity = () => {
      reads += 1;
      return now;
    };
    return identityOf(system, provider, cache);
  };

  beforeEach(() => {
    system = fakeSystem();
    directory = accountDirectory(system.root, 'claude');
    fs.mkdirSync(directory.path);
    [reads, source, now] = [0, { fingerprint: 'a', bytes: 2 * 1024 * 1024 }, ada];
  });

  it('is read once from a large file that does not change', () => {
    for (let call = 0; call < 3; call += 1) expect(find()).toMatchObject(ada);
    expect(reads).toBe(1);
    expect(fs.statSync(directory.identity).mode & 0o777).toBe(0o600);
    source = { ...source, fingerprint: 'b' };
    now = { ...ada, accountId: 'grace' };
    expect(find()).toMatchObject({ accountId: 'grace' });
    expect(find()).toMatchObject({ accountId: 'grace' });
    expect(reads).toBe(2);
  });

  it('is also stored when the file names none', () => {
    now = { kind: 'none' };
    find();
    expect(find()).toEqual({ kind: 'none' });
    expect(reads).toBe(1);
  });

  it('is read each time from a small file, without a cache, and while it is unknown', () => {
    source = { fingerprint: 'a', bytes: 1000 };
    find();
    find();
    source = { fingerprint: 'a', bytes: 2 * 1024 * 1024 };
    find(null);
    find(null);
    now = { kind: 'unknown' };
    find();
    find();
    expect(reads).toBe(6);
    expect(fs.readdirSync(directory.path)).toEqual([]);
  });

  it.each(['', '{', '[]', '{"trace":7}', '{"account_id":"eve"}'])(
    'is not taken from a stored result with the text %j',
    (text) => {
      fs.writeFileSync(directory.identity, text);
      expect(find()).toEqual(ada);
      expect(reads).toBe(1);
    },
  );

  it('is not taken from a stored result behind a link', () => {
    fs.writeFileSync(join(system.root, 'elsewhere'), '{"trace":"a","account_id":"eve"}');
    fs.symlinkSync(join(system.root, 'elsewhere'), directory.identity);
    expect(find()).toEqual(ada);
  });
});

describe('an entry under other credentials', () => {
  it.each<[string, Partial<Identity> | { kind: 'old' | 'none' | 'unknown' }, Partial<Identity>, string]>([
    ['the same person and organisation', {}, {}, 'same'],
    ['another person', {}, { accountId: 'grace' } as Partial<Identity>, 'changed'],
    ['another organisation', {}, { organizationId: 'org-2' } as Partial<Identity>, 'changed'],
    ['no organisation now', {}, { organizationId: null } as Partial<Identity>, 'same'],
    ['no stored organisation', { organizationId: null } as Partial<Identity>, {}, 'same'],
    ['no account now', {}, { kind: 'none' }, 'undetermined'],
    ['a file that cannot be read now', {}, { kind: 'unknown' }, 'undetermined'],
    ['a file that could not be read', { kind: 'unknown' }, {}, 'undetermined'],
    ['no stored account', { kind: 'none' }, {}, 'unknown'],
    [
      'no stored account, and a file that cannot be read now',
      { kind: 'none' },
      { kind: 'unknown' },
      'unknown',
    ],
  ])('is compared with %s', (_case, before, after, expected) => {
    const stored = entryIdentity({ ...ada, ...before } as Identity);
    expect(matchAccount(stored, () => ({ ...ada, ...after }) as Identity)).toBe(expected);
  });

  it('is compared by its account alone when an older version stored it', () => {
    expect(matchAccount({ accountId: 'ada' }, () => ada)).toBe('same');
    expect(matchAccount({ accountId: 'grace' }, () => ada)).toBe('changed');
  });
});

describe('reports of a login', () => {
  const system = fakeSystem();
  const provider = fakeProvider(system);
  const org = accountKey(ada);

  it.each<[string, string | null, string | null, string | null, Identity, string]>([
    ['the same account and organisation', 'f', org, 'g', ada, 'same'],
    ['another account', 'f', org, 'g', { ...ada, accountId: 'grace' }, 'changed'],
    ['another organisation', 'f', org, 'g', { ...ada, organizationId: 'org-2' }, 'changed'],
    ['an account that was stored without its organisation', 'f', 'ada', 'g', ada, 'same'],
    ['no account then', 'f', null, 'g', ada, 'unknown'],
    ['a file that could not be read then', 'f', accountKey({ kind: 'unknown' }), 'g', ada, 'undetermined'],
    ['a file that cannot be read now', 'f', org, 'g', { kind: 'unknown' }, 'undetermined'],
    ['a login that is stored now, and was not then', null, org, 'g', ada, 'changed'],
    ['a login that is not stored now, and was then', 'f', org, null, ada, 'changed'],
    ['a login that was never stored', null, org, null, ada, 'same'],
  ])('are compared with %s', (_case, credentials, account, fingerprint, now, match) => {
    expect(matchLogin({ system, provider }, { credentials, account }, fingerprint, () => now)).toBe(match);
  });

  it('may be shown unless they are of another account, or of one that cannot be determined', () => {
    const matches = ['same', 'unknown', 'changed', 'undetermined'] as const;
    expect(matches.map(countsAsSame)).toEqual([true, true, false, false]);
  });
});

describe('the time of a login', () => {
  it('is that of the newest of its files', () => {
    const system = fakeSystem();
    const files = ['old', 'new', 'absent'].map((name) => join(system.root, name));
    fs.writeFileSync(files[0] as string, '');
    fs.utimesSync(files[0] as string, 1000, 1000);
    fs.writeFileSync(files[1] as string, '');
    fs.utimesSync(files[1] as string, 2000, 2000);
    const provider = { ...fakeProvider(system), credentialFiles: () => files };
    expect(loginWrittenAt(system, provider)).toBe(2_000_000);
  });

  it('is unknown where only a keychain has it, or a file of it cannot be looked at', () => {
    const system = fakeSystem();
    fs.symlinkSync('loop', join(system.root, 'loop'));
    const files = [join(system.root, 'loop', 'file')];
    expect(loginWrittenAt(system, fakeProvider(system))).toBeNull();
    expect(loginWrittenAt(system, { ...fakeProvider(system), credentialFiles: () => files })).toBeNull();
  });
});
