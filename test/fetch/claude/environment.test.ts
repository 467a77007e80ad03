import { expect, it } from 'vitest';
import { environment, provider } from '../../../src/fetch/registry.ts';
import { fakeSystem } from '../../support/system.ts';

it('the provider lists every variable that it reads', async () => {
  const read = new Set<string>();
  const env = new Proxy({} as Record<string, string | undefined>, {
    get(_target, name) {
      read.add(String(name));
      return undefined;
    },
  });
  const system = { ...fakeSystem(), env };
  provider.account(system);
  provider.accountKey(system);
  const fingerprint = provider.fingerprint(system, null);
  provider.hasStoredLogin(system, fingerprint);
  provider.isForeignSession(system, () => fingerprint);
  provider.identity(system);
  provider.identitySource(system);
  provider.transcripts?.exist(system);
  await (await provider.connect()).authenticate(system);
  const { directory, others } = environment;
  expect([...read].toSorted()).toEqual([directory, ...others].toSorted());
});
