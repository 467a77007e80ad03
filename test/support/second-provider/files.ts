import type { ProviderFiles } from '../../../src/fetch/provider.ts';
import { ABSENT, fileFingerprint } from '../../../src/platform/fingerprint.ts';
import { tokenFile, VARIABLE } from './login.ts';

/** What a prompt needs: one credentials file, and one account for each directory that the variable names. */
export const providerFiles: ProviderFiles = {
  id: 'tally',
  account(system) {
    const directory = system.env[VARIABLE];
    if (!directory) return { name: 'default', directory: 'tally' };
    const { createHash } = process.getBuiltinModule('node:crypto');
    const hash = createHash('sha256').update(directory).digest('hex').slice(0, 8);
    return { name: hash, directory: `tally-${hash}` };
  },
  accountKey: ({ env }) => env[VARIABLE] || null,
  credentialFiles: (system) => [tokenFile(system)],
  fingerprint: (system) => fileFingerprint(system, tokenFile(system)),
  hasStoredLogin: (_system, fingerprint) => fingerprint !== null && fingerprint !== ABSENT,
  isForeignSession: () => false,
  namesOtherLogin: () => false,
};
