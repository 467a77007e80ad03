import type { System } from '../../platform/system.ts';
import { hasStoredLogin } from './fingerprint.ts';

// On the hot path of `usageline statusline`: the status line command has the environment of its session.

/** The variables with a token. Each makes Claude Code use another login than the one it has stored. */
export const TOKENS = ['CLAUDE_CODE_OAUTH_TOKEN', 'ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN'] as const;

const ANTHROPIC = /^https:\/\/api\.anthropic\.com\/?$/i;

/**
 * Whether a session with this environment uses another login than the stored one. Without a stored login, a setup token
 * or a gateway is the only login, and its numbers can be mixed up with no others.
 *
 * @param fingerprint the fingerprint of the credentials; called only where the environment names another login
 */
export function isForeignSession(system: System, fingerprint: () => string | null): boolean {
  return namesOtherLogin(system) && hasStoredLogin(system, fingerprint());
}

/** Whether this environment makes Claude Code use another login than a stored one. */
export function namesOtherLogin({ env }: System): boolean {
  const base = env.ANTHROPIC_BASE_URL?.trim();
  return (
    TOKENS.some((name) => env[name]?.trim()) || (base !== undefined && base !== '' && !ANTHROPIC.test(base))
  );
}
