import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { failureInBody } from '../../../src/fetch/claude/error-body.ts';

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../fixtures/claude/${name}`, import.meta.url), 'utf8')) as object;
const error = (type: unknown) => ({ type: 'error', error: { type, message: 'words' } });
const week = { seven_day: { utilization: 1, resets_at: null } };

it.each([
  ['a rate limit', fixture('error-429.json'), { code: 'rate_limited', retryAfter: '7' }],
  ['a missing scope', fixture('error-403-scope.json'), { code: 'forbidden' }],
  ['a refused login', error('authentication_error'), { code: 'unauthorized' }],
  ['an overload', error('overloaded_error'), { code: 'bad_response' }],
  ['an error without a type', { error: {} }, { code: 'bad_response' }],
  ['an error whose type is no text', error({}), { code: 'bad_response' }],
  ['a text for an error', { error: 'unauthorized' }, { code: 'unauthorized' }],
  ['a text that is not known', { error: 'x' }, { code: 'bad_response' }],
  ['a code of its own', { error: { code: 'token_expired' } }, { code: 'unauthorized' }],
  ['a detail of a gateway', { detail: 'Unauthorized' }, { code: 'unauthorized' }],
  ['a refusal with a status', { success: false, code: 403 }, { code: 'forbidden' }],
  ['an error without words', { type: 'error' }, { code: 'bad_response' }],
  ['an error that calls itself one beside a limit', { ...error('x'), ...week }, { code: 'bad_response' }],
])('%s in a 2xx response is that failure', (_name, body, failure) => {
  expect(failureInBody({ ...body }, '7')).toEqual(failure);
});

it.each([
  ['empty', {}],
  ['without a window', { five_hour: null, limits: [] }],
  ['with a null for an error', { error: null }],
  ['with an empty text for an error', { error: '' }],
  ['with a text for an error beside a limit', { error: 'x', ...week }],
  ['with an error beside a limit', { error: { type: 'rate_limit_error' }, ...week }],
  ['with another type', { type: 'usage', ...week }],
])('a response %s is usage', (_name, body) => {
  expect(failureInBody({ ...body }, '7')).toBeNull();
});
