import type { System } from '../../platform/system.ts';
import { hasStoredLogin } from './fingerprint.ts';

/*
 * On the hot path of `usageline statusline`: Claude Code hands its environment on to its status line command.
 */

/** Each of these makes Claude Code use another login than the one it has stored. */
const TOKENS = ['CLAUDE_CODE_OAUTH_TOKEN', 'ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN'] as const;

const ANTHROPIC = /^https:\/\/api\.anthropic\.com\/?$/i;

/**
 * Whether a session with this environment uses another login than the stored one. Without a stored login there is
 * none that its numbers could be mixed up with: a setup token or a gateway is the only login then.
 *
 * @param stamp of the credentials, looked up only when the environment names another login
 */
export function isForeignSession(system: System, stamp: () => string | null): boolean {
  return namesOtherLogin(system) && hasStoredLogin(system, stamp());
}

/** Whether this environment makes Claude Code use another login than a stored one. */
export function namesOtherLogin({ env }: System): boolean {
  const base = env.ANTHROPIC_BASE_URL?.trim();
  return (
    TOKENS.some((name) => env[name]?.trim()) || (base !== undefined && base !== '' && !ANTHROPIC.test(base))
  );
}
