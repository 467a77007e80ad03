import { describe, expect, it } from 'vitest';
import { isForeignSession } from '../../../src/fetch/claude/session-login.ts';
import { fakeSystem } from '../../support/system.ts';

const STORED = '1795198892000:512:42 absent';
const session = (
  env: Record<string, string>,
  fingerprint: string | null = STORED,
  platform: NodeJS.Platform = 'linux',
) => isForeignSession({ ...fakeSystem({ env }), platform }, () => fingerprint);

const DIRECTORY = { CLAUDE_CONFIG_DIR: '/elsewhere' };

describe('a session beside a stored login', () => {
  it.each([
    ['CLAUDE_CODE_OAUTH_TOKEN', 'sk-ant-oat01-x'],
    ['ANTHROPIC_API_KEY', 'sk-ant-api03-x'],
    ['ANTHROPIC_AUTH_TOKEN', 'x'],
    ['ANTHROPIC_BASE_URL', 'http://127.0.0.1:8317'],
    ['ANTHROPIC_BASE_URL', 'https://api.anthropic.com.example.test'],
  ])('uses another login with %s=%s', (name, value) => expect(session({ [name]: value })).toBe(true));

  it.each([
    ['nothing', {}],
    ['an empty token', { CLAUDE_CODE_OAUTH_TOKEN: '' }],
    ['a blank key', { ANTHROPIC_API_KEY: '  ' }],
    ['the usual base URL', { ANTHROPIC_BASE_URL: 'https://api.anthropic.com' }],
    ['the usual base URL with a slash', { ANTHROPIC_BASE_URL: 'https://API.anthropic.com/' }],
    ['a variable of another program', { OPENAI_API_KEY: 'x' }],
  ])('uses the stored login with %s', (_, env) => expect(session(env)).toBe(false));

  it('reads the fingerprint only where its environment names another login', () => {
    const fingerprint = () => expect.fail('a stat for nothing');
    expect(isForeignSession(fakeSystem({ env: {} }), fingerprint)).toBe(false);
  });
});

describe('a session without a stored login', () => {
  const token = { CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-x' };

  it.each([[null], ['absent'], ['absent absent'], ['absent absent absent']])(
    'uses the only login there is: %s',
    (fingerprint) => expect(session(token, fingerprint)).toBe(false),
  );

  it.each<[string, Record<string, string>, string, boolean]>([
    ['may have one while the keychain was not queried', {}, 'absent absent', true],
    ['has none where the keychain has no item', {}, 'absent absent absent', false],
    ['has one where the keychain has an item', {}, 'absent absent keychain:20261120', true],
    ['may have one in CLAUDE_CONFIG_DIR while the keychain was not queried', DIRECTORY, 'absent', true],
    ['has none in CLAUDE_CONFIG_DIR where the keychain has no item', DIRECTORY, 'absent absent', false],
  ])('on macOS %s', (_case, directory, fingerprint, foreign) => {
    expect(session({ ...token, ...directory }, fingerprint, 'darwin')).toBe(foreign);
  });
});
