import { configDirectory } from '../../config-directory.ts';
import type { ProviderFiles } from '../provider.ts';
import { account, credentialFiles } from './account.ts';
import { isForeignSession } from './session-login.ts';
import { credentialsStamp } from './stamp.ts';

/** All that a prepared line needs to know of Claude. On the hot path. */
export const claudeFiles: ProviderFiles = {
  id: 'claude',
  account,
  accountKey: configDirectory,
  credentialFiles,
  stamp: credentialsStamp,
  isForeignSession,
};
