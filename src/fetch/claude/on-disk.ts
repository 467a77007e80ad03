import { configDirectory } from './config-directory.ts';
import type { ProviderFiles } from '../provider.ts';
import { account, credentialFiles } from './account.ts';
import { isForeignSession, namesOtherLogin } from './session-login.ts';
import { credentialsStamp, hasStoredLogin } from './fingerprint.ts';

/** All that a prepared line needs to know of Claude. On the hot path. */
export const claudeFiles: ProviderFiles = {
  id: 'claude',
  account,
  accountKey: configDirectory,
  credentialFiles,
  fingerprint: credentialsStamp,
  hasStoredLogin,
  isForeignSession,
  namesOtherLogin,
};
