import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Ends long after the clock of the tests. */
const LATER = 4_102_444_800_000;

/** The text of a credentials file; `login` changes or removes (undefined) parts of the login. */
export function credentialsText(login: Record<string, unknown> = {}): string {
  const claudeAiOauth = {
    accessToken: 'sk-ant-oat01-EXAMPLE-NOT-A-TOKEN',
    refreshToken: 'sk-ant-ort01-EXAMPLE-NOT-A-TOKEN',
    expiresAt: LATER,
    scopes: ['user:inference', 'user:profile'],
    subscriptionType: 'max',
    rateLimitTier: 'default_claude_max_20x',
    ...login,
  };
  return JSON.stringify({ claudeAiOauth });
}

/** Writes a file, and the directories that it needs. */
export function put(path: string, content: string | Buffer, mode = 0o600): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content, { mode });
  return path;
}
