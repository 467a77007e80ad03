import { readTextFile } from '../../../src/platform/files.ts';
import type { System } from '../../../src/platform/system.ts';
import type { Identity } from '../../../src/fetch/provider.ts';

/** The variable that names the directory of a login. */
export const VARIABLE = 'TALLY_HOME';

/** The content of `token.json`. */
export interface Login {
  readonly key: string;
  readonly user?: string;
  readonly plan?: string;
}

export function tokenFile({ env, home }: System): string {
  return `${env[VARIABLE] || `${home()}/.tally`}/token.json`;
}

/** The login; null where there is none. */
export function readLogin(system: System): Login | null {
  const read = readTextFile(system.fs, tokenFile(system), 'follow');
  return read.kind === 'file' ? (JSON.parse(read.text) as Login) : null;
}

export function identity(system: System): Identity {
  const login = readLogin(system);
  if (login?.user === undefined) return { kind: 'none' };
  return {
    kind: 'known',
    accountId: login.user,
    organizationId: null,
    accountName: login.user,
    organizationName: null,
  };
}
