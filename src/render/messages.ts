import { countdown } from './values.ts';
import { WEB_PAGE } from '../usage/failure.ts';
import type { Failure, FailureCode } from '../usage/failure.ts';
import type { Usage } from '../usage/model.ts';
import type { FailureText, ProviderTexts } from '../usage/provider-facts.ts';
import { asciiOnly } from '../usage/text.ts';

const RETRIED = 'Nothing to do: usageline asks again by itself.';

/**
 * The text of a failure: the general one with the provider's names in it, and the provider's own parts in place of it.
 * Texts of a server are never shown.
 */
function textOf({ code, detail }: Failure, texts: ProviderTexts): FailureText {
  if (code === 'forbidden' && detail === WEB_PAGE) return refusal(texts);
  return { ...generalTexts[code](texts), ...texts.failures[code] };
}

/** A 403 that is a web page: something before the endpoint has refused, whatever the login is. */
function refusal({ vendor }: ProviderTexts): FailureText {
  return {
    short: 'refused',
    happened: `${vendor}'s server, or a firewall before it, refused the request (403)`,
    advice: 'Signing in again does not help. Try another network, or the proxy settings.',
  };
}

function signIn(happened: string, hint: string): FailureText {
  return { short: 'sign in', happened, advice: hint };
}

function signInAgain({ signInCommand }: ProviderTexts): string {
  return `Run \`${signInCommand}\` once to sign in again.`;
}

/** The texts that hold for every provider, with its names filled in. */
const generalTexts: Readonly<Record<FailureCode, (texts: ProviderTexts) => FailureText>> = {
  no_credentials: ({ client, signInCommand }) =>
    signIn(`No login of ${client} was found`, `Run \`${signInCommand}\` once to sign in.`),
  credentials_unreadable: (texts) =>
    signIn(`${texts.client}'s credentials cannot be read`, `Check their permissions. ${signInAgain(texts)}`),
  credentials_invalid: (texts) =>
    signIn(`${texts.client}'s credentials are damaged or incomplete`, signInAgain(texts)),
  keychain_error: (texts) =>
    signIn(
      `The keychain did not hand over ${texts.client}'s credentials`,
      `Unlock the keychain. ${signInAgain(texts)}`,
    ),
  token_expired: (texts) => signIn(`${texts.client}'s login has expired`, signInAgain(texts)),
  token_lapsed: ({ client, signInCommand }) => ({
    short: `run ${signInCommand}`,
    happened: `The access token has lapsed: ${client} renews its token when it runs next`,
    advice: `The login is not lost. Run \`${signInCommand}\` once.`,
  }),
  missing_scope: (texts) => signIn('The login may not read usage', signInAgain(texts)),
  unauthorized: (texts) => signIn(`${texts.vendor} did not accept the login (401)`, signInAgain(texts)),
  forbidden: (texts) =>
    signIn(`${texts.vendor} does not let this login read usage (403)`, signInAgain(texts)),
  rate_limited: ({ vendor }) => ({
    short: 'rate limited',
    timed: true,
    happened: `${vendor} asks for fewer requests (429)`,
    advice: RETRIED,
  }),
  server_error: ({ vendor }) => ({
    short: 'server error',
    happened: `${vendor}'s server failed`,
    advice: RETRIED,
  }),
  network_error: ({ vendor }) => ({
    short: 'offline',
    happened: `${vendor} could not be reached`,
    advice: 'Check the connection and the proxy settings.',
  }),
  bad_response: () => ({
    short: 'bad answer',
    happened: 'The answer could not be understood',
    advice: 'usageline asks again by itself. If it stays like this, look for a newer version.',
  }),
  timeout: () => ({
    short: 'no answer',
    happened: 'No answer came in time',
    advice: 'Check the connection, or allow more time with `--timeout <seconds>`.',
  }),
  internal_error: () => ({
    short: 'internal error',
    happened: 'An exception stopped usageline, or the Node that runs it',
    advice:
      'usageline asks again by itself. If the error stays, report this message and the output of `usageline explain`.',
  }),
  no_data: () => ({
    short: 'no data',
    timed: true,
    happened: 'Nothing is known yet',
    advice: 'Run `usageline refresh`, or wait for the next try.',
  }),
  budget: ({ requestLimit }) => ({
    short: 'paused',
    timed: true,
    happened: `No more requests for now: they are kept to ${requestLimit}`,
    advice: RETRIED,
  }),
  disabled: () => ({
    short: 'disabled',
    happened: 'Requests are switched off',
    advice: 'Run `usageline explain` to see by what.',
  }),
  wrong_usage: () => ({
    short: 'URL refused',
    happened: 'The base URL of the endpoint is refused',
    advice: 'Change it, or remove it: `usageline config show` says where the key is set.',
  }),
  cache_unreadable: () => ({
    short: 'cache not readable',
    happened: 'The cache cannot be read',
    advice: 'Take the directory back with `sudo chown`, or name another one in USAGELINE_CACHE_DIR.',
  }),
  cache_unwritable: () => ({
    short: 'cache not writable',
    happened: 'The cache cannot be written',
    advice:
      'Check its owner, its permissions and the space on the disk, or name another directory in USAGELINE_CACHE_DIR.',
  }),
};

/** The failure in a few words, for the line: `sign in`, `rate limited 4m`. `now`: epoch ms. */
export function shortMessage(failure: Failure, now: number, texts: ProviderTexts): string {
  const { short, timed } = textOf(failure, texts);
  const { retryAt } = failure;
  return timed && retryAt !== null && retryAt > now ? `${short} ${countdown(retryAt - now)}` : short;
}

/** The failure in sentences: what happened, its detail, what to do. */
export function longMessage(failure: Failure, texts: ProviderTexts): string {
  const { happened, advice } = textOf(failure, texts);
  const { detail } = failure;
  const more = detail === undefined ? '' : asciiOnly(detail).trim();
  return `${happened}${more === '' ? '' : ` (${more})`}. ${advice}`;
}

/**
 * The error of a usage in sentences; null without one. With last known numbers `no_data` has another text: "Nothing
 * is known yet" would contradict them.
 */
export function errorSentence({
  error,
  state,
  texts,
}: Pick<Usage, 'error' | 'state' | 'texts'>): string | null {
  if (error === null) return null;
  if (error.code !== 'no_data' || state !== 'last_known') return longMessage(error, texts);
  return 'No current numbers are known. Run `usageline refresh`, or wait for the next try.';
}

/** A sentence for each locked limit, with the reason that the endpoint gives. */
export function lockSentences({ windows, pools = [], locks = [] }: Usage): string[] {
  const locked = [
    ...windows.map(({ label, lockedReason }) => ({ label, reason: lockedReason ?? null })),
    ...pools.map(({ label, lockedReason: reason }) => ({ label, reason })),
    ...locks,
  ];
  return locked.flatMap(({ label, reason }) =>
    reason === null ? [] : [`${label} is locked: ${reason.replaceAll('_', ' ')}.`],
  );
}
