import { fakeProvider } from '../support/provider.ts';
import { describe, expect, it } from 'vitest';
import { accountDirectory } from '../../src/cache/directory.ts';
import type { EntryRead } from '../../src/cache/entry.ts';
import { defaultSettings } from '../../src/config/settings.ts';
import { decide } from '../../src/resolve/decide.ts';
import { forecastInput } from '../../src/prerender/forecast-input.ts';
import { anEntry, aSituation, NOW } from '../support/build.ts';
import { fakeSystem } from '../support/system.ts';

const system = fakeSystem();
const paths = {
  account: { name: 'default', directory: 'claude' },
  cache: accountDirectory(system.root, 'claude'),
  fallback: null,
  warning: null,
};
const inputOf = (
  read: EntryRead,
  fingerprint = 'fingerprint-1',
  cache: typeof paths.cache | null = paths.cache,
) =>
  forecastInput(
    { system, provider: fakeProvider(system) },
    { ...paths, cache },
    { read, backoff: null, now: NOW, fingerprint, decision: decide(aSituation()) },
    fingerprint,
    defaultSettings({}),
  );
const miss = (denied: string | null): EntryRead => ({ kind: 'miss', denied, absent: denied === null });

describe('the input of a forecast', () => {
  it('is the state that was read', () => {
    expect(inputOf({ kind: 'entry', entry: anEntry() })).toMatchObject({
      fingerprint: 'fingerprint-1',
      now: NOW,
    });
    expect(inputOf(miss(null))).toMatchObject({ entry: null, accountName: 'default' });
  });

  it('is absent when the numbers may be of another account, cannot be read, or cannot be stored', () => {
    expect(inputOf({ kind: 'entry', entry: anEntry() }, 'fingerprint-2')).toBeNull();
    expect(inputOf({ kind: 'entry', entry: anEntry({ accountId: null }) }, 'fingerprint-2')).not.toBeNull();
    expect(inputOf(miss('EACCES'))).toBeNull();
    const unread = anEntry({ accountId: null, accountUnread: true });
    expect(inputOf({ kind: 'entry', entry: unread }, 'fingerprint-2')).toMatchObject({
      accountMatch: 'undetermined',
    });
    expect(inputOf(miss(null), 'fingerprint-1', null)).toBeNull();
  });
});
