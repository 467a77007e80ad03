import { describe, expect, it } from 'vitest';
import { texts } from '../../src/fetch/claude/texts.ts';
import { longMessage, shortMessage } from '../../src/render/messages.ts';
import { isSignIn, WEB_PAGE } from '../../src/usage/failure.ts';
import { CODES, failure, NOW } from './usages.ts';

describe('an error in sentences', () => {
  it.each(CODES)('%s says what happened and what to do', (code) => {
    expect(longMessage(failure(code), texts)).toMatch(/^[A-Z][ -~]+\. [A-Z][ -~]+\.$/);
  });

  it.each(CODES.filter(isSignIn))('%s says how to sign in', (code) => {
    expect(longMessage(failure(code), texts)).toContain('Run `claude` once to sign in');
    expect(shortMessage(failure(code), NOW, texts)).toBe('sign in');
  });

  it('asks for no sign-in after a 403 that is a web page, whatever the provider says of a 403', () => {
    const own = { ...texts, failures: { forbidden: { short: 'bad key', advice: 'Set a valid key.' } } };
    const refused = failure('forbidden', { detail: WEB_PAGE });
    expect(shortMessage(refused, NOW, own)).toBe('refused');
    expect(longMessage(refused, own)).toMatch(/\(403\) \(.*web page.*\)\. Signing in again does not help\./);
    expect(longMessage(refused, own)).not.toMatch(/once|valid key/);
  });

  it('asks for no sign-in after the token has lapsed, and helps users of the desktop app', () => {
    const text = longMessage(failure('token_lapsed'), texts);
    expect(text).toContain('Claude Code renews its token when it runs next.');
    expect(text).toContain('Run `claude` once in a terminal: the desktop app does not');
    expect(text).not.toMatch(/sign in|expired/);
    expect(shortMessage(failure('token_lapsed', { retryAt: NOW + 240_000 }), NOW, texts)).toBe('run claude');
  });

  it('differs for every code', () => {
    expect(new Set(CODES.map((code) => longMessage(failure(code), texts))).size).toBe(CODES.length);
  });

  it.each<[string, string | undefined, string]>([
    ['our detail', 'HTTPS_PROXY', 'Anthropic could not be reached (HTTPS_PROXY). Check'],
    ['no detail', undefined, 'Anthropic could not be reached. Check'],
    ['an empty detail', ' ', 'Anthropic could not be reached. Check'],
    [
      'a path that would steer the terminal',
      '/tmp/\u001B[2J\n\u009B31m\u202E漢',
      'reached (/tmp/?[2J??31m??). Check',
    ],
  ])('contains %s', (_name, detail, text) => {
    const error = detail === undefined ? failure('network_error') : failure('network_error', { detail });
    expect(longMessage(error, texts)).toContain(text);
  });
});
