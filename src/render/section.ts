import { isSignIn } from '../usage/failure.ts';
import type { State, Usage, WindowSource } from '../usage/model.ts';
import type { ProviderTexts } from '../usage/provider-facts.ts';
import { DAY } from '../usage/time.ts';
import type { Appearance } from './appearance.ts';
import { clockTime } from './clock.ts';
import type { ClockAppearance } from './clock.ts';
import { glyphsOf } from './glyphs.ts';
import { heading } from './heading.ts';
import { errorSentence, lockSentences } from './messages.ts';
import { breakdownRows, limitRows, moment, poolRows, tokenRows, withClock } from './rows.ts';
import type { Row } from './rows.ts';
import { nextTryAt, shownExtra, withoutHidden } from './selection.ts';
import { age, countdown } from './values.ts';

/** What `show` says of a usage, before it is laid out. */
export interface Section {
  readonly heading: string;
  readonly limits: readonly Row[];
  readonly pools: readonly Row[];
  readonly products: readonly Row[];
  /** Freshness and source of the numbers. */
  readonly origin: string;
  /** A sentence for each locked limit. */
  readonly locks: readonly string[];
  /** The error, what to do about it, and the time of the next request; empty without one. */
  readonly problem: string;
  /** The request to renew the login; empty without one. */
  readonly renewal: string;
}

/** Where numbers are from. Status-line reports are named after the provider's client. */
const sources: Readonly<Record<Exclude<NonNullable<Usage['source']>, 'statusline'>, string>> = {
  cache: 'from the cache',
  endpoint: 'from the endpoint',
  transcripts: 'from local transcripts',
};

function sourceText(source: NonNullable<Usage['source']>, { client }: ProviderTexts): string {
  return source === 'statusline' ? `from ${client}'s status line` : sources[source];
}

/** @param withProducts whether the usage of the week by product is part of it */
export function sectionOf(all: Usage, appearance: Appearance, withProducts: boolean): Section {
  const usage = withoutHidden(all, appearance);
  return {
    heading: heading(usage, glyphsOf(appearance).separator),
    limits: rows(usage, appearance),
    pools: poolRows(usage, appearance),
    products: withProducts ? breakdownRows(usage.breakdown ?? []) : [],
    origin: origin(usage, all, appearance),
    locks: lockSentences(usage),
    problem: problem(usage, appearance),
    renewal: renewalNotice(usage, appearance),
  };
}

function rows(usage: Usage, appearance: Appearance): Row[] {
  const { state, tokens, generatedAt } = usage;
  if (state === 'estimate') return tokenRows(tokens, generatedAt, appearance);
  // The pace compares a number with the current time: for an old number it would be wrong.
  return limitRows(usage, state === 'fresh' || state === 'stale', appearance);
}

const stateTexts: Record<State, string> = {
  fresh: 'Current',
  stale: 'Out of date',
  last_known: 'Last known, not current any more',
  estimate: 'Estimated',
  none: 'No data',
};

const OWNER_UNKNOWN = 'Last known: the login has changed, and the account of these numbers is unknown';

/** Freshness of the numbers, when they were read, and their source. */
function origin(usage: Usage, all: Usage, appearance: ClockAppearance): string {
  const { state, source, pending } = usage;
  if (state === 'none') {
    if (pending) return 'No data yet: the first request is under way. Run this again in a moment.';
    return usage.error === null ? 'No data. Run `usageline refresh` to ask for it.' : 'No data.';
  }
  const fromStatusline = usage.windows.some((window) => window.source === 'statusline');
  const facts = fromStatusline
    ? bySource(usage, appearance)
    : [readText(usage, appearance), source && sourceText(source, usage.texts)].filter(Boolean).join(' ');
  const stateText = usage.ownerUnknown ? OWNER_UNKNOWN : stateTexts[state];
  const sentence = facts === '' ? `${stateText}.` : `${stateText}: ${facts}.`;
  const limits = all.windows.length === 0 && state !== 'estimate' ? 'No limits reported. ' : '';
  return `${limits}${sentence}${pending ? ' A request for newer numbers is under way.' : ''}`;
}

/** The sources of the windows, each with the time of its oldest number: `5h, 7d read <1m ago, 18:24, from …`. */
function bySource(usage: Usage, appearance: ClockAppearance): string {
  const { windows, generatedAt, cachedAt, texts } = usage;
  const from = (source: WindowSource) => {
    const read = windows.filter((window) => window.source === source);
    const labels = read.map(({ label }) => label);
    const times = read.map(({ readAt }) => readAt);
    if (source === 'endpoint' && shownExtra(usage)) labels.push('extra');
    if (times.length === 0 && labels.length > 0 && cachedAt !== null) times.push(cachedAt);
    const oldest = Math.min(...times);
    if (labels.length === 0) return [];
    const time = withClock(age(Math.max(0, generatedAt - oldest)), oldest, generatedAt, appearance);
    return [`${labels.join(', ')} read ${time}, ${sourceText(source, texts)}`];
  };
  return [...from('statusline'), ...from('endpoint')].join('; ');
}

function readText({ cachedAt, ageMs, generatedAt, state }: Usage, appearance: ClockAppearance): string {
  if (cachedAt === null) return '';
  if (ageMs !== null) return `read ${withClock(age(ageMs), cachedAt, generatedAt, appearance)},`;
  if (state !== 'last_known') return '';
  const time = clockTime(cachedAt, generatedAt, appearance);
  return time === null ? 'read at a time in the future,' : `read at ${time}, which is in the future,`;
}

function problem(usage: Usage, appearance: ClockAppearance): string {
  const { error, generatedAt, pending } = usage;
  if (error === null || (pending && error.code === 'no_data')) return '';
  const next = nextTryAt(usage);
  return `${errorSentence(usage)}${next === null ? '' : ` Next try ${moment(next, generatedAt, appearance)}.`}`;
}

/** Time before the end of a login from which `show` asks for its renewal, ms. */
const RENEWAL_NOTICE_MS = DAY;

/** The request to renew a login that ends soon, or has ended while its access token still works. */
function renewalNotice(
  { loginUntil, generatedAt, error, texts }: Usage,
  appearance: ClockAppearance,
): string {
  if (loginUntil === undefined || (error !== null && isSignIn(error.code))) return '';
  const left = loginUntil - generatedAt;
  if (left > RENEWAL_NOTICE_MS) return '';
  if (left <= 0) return `The login must be renewed: ${texts.renewLogin}.`;
  const time = clockTime(loginUntil, generatedAt, appearance);
  const by = time === null ? `within ${countdown(left)}` : `by ${time}, in ${countdown(left)}`;
  return `The login must be renewed ${by}: ${texts.renewLogin}.`;
}
