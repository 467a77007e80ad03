import fs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { accountDirectory } from '../../src/cache/directory.ts';
import type { Identity } from '../../src/fetch/provider.ts';
import { entryIdentity, identityOf, matchAccount } from '../../src/resolve/identity.ts';
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
