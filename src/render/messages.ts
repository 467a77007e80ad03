import { countdown } from './values.ts';
import type { Failure, FailureCode } from '../usage/failure.ts';
import type { Usage } from '../usage/model.ts';

interface Message {
  /** For the line, next to the numbers. */
  readonly short: string;
  /** The line shows the time until the next request as well, because waiting is all that helps. */
  readonly timed?: true;
  /** For `show` and `--json`: what happened. `advice`: what to do. */
  readonly happened: string;
  readonly advice: string;
}

const SIGN_IN = 'sign in';

const SIGN_IN_AGAIN = 'Run `claude` once to sign in again.';

const RETRIED = 'Nothing to do: usageline asks again by itself.';

/** The texts of every failure. Texts of a server are never shown. */
const messages: Record<FailureCode, Message> = {
  no_credentials: {
    short: SIGN_IN,
    happened: 'No login of Claude Code was found',
    advice: 'Run `claude` once to sign in.',
  },
  credentials_unreadable: {
    short: SIGN_IN,
    happened: "Claude Code's credentials cannot be read",
    advice: `Check their permissions. ${SIGN_IN_AGAIN}`,
  },
  credentials_invalid: {
    short: SIGN_IN,
    happened: "Claude Code's credentials are damaged or incomplete",
    advice: SIGN_IN_AGAIN,
  },
  keychain_error: {
    short: SIGN_IN,
    happened: "The keychain did not hand over Claude Code's credentials",
    advice: `Unlock the keychain. ${SIGN_IN_AGAIN}`,
  },
  token_expired: { short: SIGN_IN, happened: "Claude Code's login has expired", advice: SIGN_IN_AGAIN },
  token_lapsed: {
    short: 'run claude',
    happened: 'The access token has lapsed: Claude Code renews its token when it runs next',
    advice: 'The login is not lost. Run `claude` once in a terminal: the desktop app does not renew it.',
  },
  missing_scope: {
    short: SIGN_IN,
    happened: 'The login may not read usage: it lacks the scope user:profile, as setup tokens do',
    advice: SIGN_IN_AGAIN,
  },
  unauthorized: {
    short: SIGN_IN,
    happened: 'Anthropic did not accept the login (401)',
    advice: SIGN_IN_AGAIN,
  },
  forbidden: {
    short: SIGN_IN,
    happened: 'Anthropic does not let this login read usage (403), as with setup tokens',
    advice: SIGN_IN_AGAIN,
  },
  rate_limited: {
    short: 'rate limited',
    timed: true,
    happened: 'Anthropic asks for fewer requests (429)',
    advice: RETRIED,
  },
  server_error: { short: 'server error', happened: "Anthropic's server failed", advice: RETRIED },
  bad_response: {
    short: 'bad answer',
    happened: 'The answer could not be understood',
    advice: 'usageline asks again by itself. If it stays like this, look for a newer version.',
  },
  network_error: {
    short: 'offline',
    happened: 'Anthropic could not be reached',
    advice: 'Check the connection and the proxy settings.',
  },
  timeout: {
    short: 'no answer',
    happened: 'No answer came in time',
    advice: 'Check the connection, or allow more time with `--timeout <seconds>`.',
  },
  internal_error: {
    short: 'internal error',
    happened: 'An exception stopped usageline, or the Node that runs it',
    advice:
      'usageline asks again by itself. If the error stays, report this message and the output of `usageline explain`.',
  },
  no_data: {
    short: 'no data',
    timed: true,
    happened: 'Nothing is known yet',
    advice: 'Run `usageline refresh`, or wait for the next try.',
  },
  budget: {
    short: 'paused',
    timed: true,
    happened: 'No more requests for now: they are kept to one a minute and 24 an hour',
    advice: RETRIED,
  },
  disabled: {
    short: 'disabled',
    happened: 'Requests are switched off',
    advice: 'Run `usageline explain` to see by what.',
  },
  cache_unreadable: {
    short: 'cache not readable',
    happened: 'The cache cannot be read',
    advice: 'Take the directory back with `sudo chown`, or name another one in USAGELINE_CACHE_DIR.',
  },
  cache_unwritable: {
    short: 'cache not writable',
    happened: 'The cache cannot be written',
    advice:
      'Check its owner, its permissions and the space on the disk, or name another directory in USAGELINE_CACHE_DIR.',
  },
};

/** The failure in a few words, for the line: `sign in`, `rate limited 4m`. `now`: epoch ms. */
export function shortMessage({ code, retryAt }: Failure, now: number): string {
  const { short, timed } = messages[code];
  return timed && retryAt !== null && retryAt > now ? `${short} ${countdown(retryAt - now)}` : short;
}

/** The failure in sentences: what happened, its detail, what to do. */
export function longMessage({ code, detail }: Failure): string {
  const { happened, advice } = messages[code];
  const more = detail === undefined ? '' : printable(detail);
  return `${happened}${more === '' ? '' : ` (${more})`}. ${advice}`;
}

/** A detail can contain a path: each character that could control a terminal or is not one column wide becomes `?`. */
function printable(detail: string): string {
  return detail.replace(/[^\u0020-\u007E]/g, '?').trim();
}

/**
 * The error of a usage in sentences; null without one. With last known numbers `no_data` has another text: "Nothing
 * is known yet" would contradict them.
 */
export function errorSentence({ error, state }: Pick<Usage, 'error' | 'state'>): string | null {
  if (error === null) return null;
  if (error.code !== 'no_data' || state !== 'last_known') return longMessage(error);
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
