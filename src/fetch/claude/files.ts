import { configDirectory } from './config-directory.ts';
import type { ProviderFiles } from '../provider.ts';
import { account, credentialFiles } from './account.ts';
import { isForeignSession, namesOtherLogin } from './session-login.ts';
import { credentialsFingerprint, hasStoredLogin } from './fingerprint.ts';

/** What a prompt needs of Claude: paths and `stat`. On the hot path. */
export const claudeFiles: ProviderFiles = {
  id: 'claude',
  account,
  accountKey: configDirectory,
  credentialFiles,
  fingerprint: credentialsFingerprint,
  hasStoredLogin,
  isForeignSession,
  namesOtherLogin,
};
