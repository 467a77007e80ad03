import { isSignIn } from '../usage/failure.ts';
import type { State, Usage, WindowSource } from '../usage/model.ts';
import type { ProviderTexts } from '../usage/provider-facts.ts';
import { DAY } from '../usage/time.ts';
import { clockTime } from './clock.ts';
import type { ClockAppearance } from './clock.ts';
import type { Zone, ZoneNames } from '../zone/zone.ts';
import type { Span } from './spans.ts';
import type { Style } from './style.ts';
import { age, countdown } from './values.ts';
import { errorSentence, lockSentences } from './messages.ts';
import { glyphsOf } from './glyphs.ts';
import { heading } from './heading.ts';
import { nextTryAt, shownExtra, withoutHidden } from './selection.ts';
import { clipLine, wrap } from './layout.ts';
import { DEFAULT_APPEARANCE } from './appearance.ts';
import type { Appearance } from './appearance.ts';
import { paint } from './spans.ts';
import { breakdownRows, limitRows, moment, poolRows, tokenRows, withClock } from './rows.ts';
import type { Row } from './rows.ts';
import { table } from './table.ts';

/** Options of `show`. */
export interface ShowOptions {
  readonly color: boolean;
  readonly appearance?: Appearance;
  /** Null or absent: the zone is that of the machine and needs no name. */
  readonly zoneNames?: ZoneNames | null;
  /** Width of the terminal; less than 40 counts as 40. */
  readonly columns: number;
  /** Adds the usage of the week by product. */
  readonly verbose?: boolean;
}

const MIN_COLUMNS = 40;
/** Longest line of prose, columns: longer ones are hard to read. */
const MAX_PROSE = 100;

/** Where numbers are from. Status-line reports are named after the provider's client. */
const sources: Readonly<Record<Exclude<NonNullable<Usage['source']>, 'statusline'>, string>> = {
  cache: 'from the cache',
  endpoint: 'from the endpoint',
  transcripts: 'from local transcripts',
};

function sourceText(source: NonNullable<Usage['source']>, { client }: ProviderTexts): string {
  return source === 'statusline' ? `from ${client}'s status line` : sources[source];
}

/**
 * Usages for people, one after the other: a heading, a row per limit, the source of the numbers, errors. Without a
 * newline at the end.
 */
export function renderShow(usages: readonly Usage[], options: ShowOptions): string {
  const { appearance: given = DEFAULT_APPEARANCE, zoneNames = null } = options;
  const appearance = { ...given, zone: namedOnce(given.zone, zoneNames) };
  return usages.map((usage) => showUsage(usage, appearance, options)).join('\n\n');
}

function showUsage(all: Usage, appearance: Appearance, options: ShowOptions): string {
  const { color, columns, verbose = false } = options;
  const usage = withoutHidden(all, appearance);
  const { separator, ellipsis, bar } = glyphsOf(appearance);
  const width = Math.max(MIN_COLUMNS, columns);
  const proseWidth = Math.min(width, MAX_PROSE);
  const prose = (text: string, style: Style | null): Span[][] =>
    wrap(text, proseWidth).map((line) => [{ text: line, style }]);
  const limits = table(rows(usage, appearance), width, appearance);
  const legend = limits.isMarked ? `${bar.mark.legend} marks even use by now.` : '';
  const blocks = [
    [clipLine([{ text: heading(usage, separator), style: 'strong' }], width, ellipsis)],
    limits.lines,
    table(poolRows(usage, appearance), width, appearance).lines,
    verbose ? breakdown(usage, width, appearance) : [],
    [
      ...withSentence(wrap(origin(usage, all, appearance), proseWidth), legend, proseWidth).map((text) => [
        { text, style: 'dim' } as const,
      ]),
      ...lockSentences(usage).flatMap((text) => prose(text, 'notice')),
      ...prose(problem(usage, appearance), 'notice'),
      ...prose(renewalNotice(usage, appearance), 'notice'),
    ],
  ];
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.map((line) => paint(line, color, appearance.colors)).join('\n'))
    .join('\n\n');
}

/** Adds a sentence to a text of lines: to the last line if it fits there, else as a line of its own. */
function withSentence(lines: readonly string[], sentence: string, width: number): string[] {
  const last = lines.at(-1);
  if (sentence === '') return [...lines];
  if (last === undefined || last.length + 1 + sentence.length > width) return [...lines, sentence];
  return [...lines.slice(0, -1), `${last} ${sentence}`];
}

/**
 * A zone with a mark at the first clock time that differs from the time of the machine, and again where its name
 * changes (summer time can begin before a reset).
 */
function namedOnce({ offsetAt }: Zone, names: ZoneNames | null): Zone {
  let named: string | null = null;
  return {
    offsetAt,
    markAt(at) {
      const name = names?.nameAt(at) ?? null;
      if (name === named || (named === null && names?.isMachineTime(at))) return null;
      named = name;
      return name;
    },
  };
}

function rows(usage: Usage, appearance: Appearance): Row[] {
  const { state, tokens, generatedAt } = usage;
  if (state === 'estimate') return tokenRows(tokens, generatedAt, appearance);
  // The pace compares a number with the current time: for an old number it would be wrong.
  return limitRows(usage, state === 'fresh' || state === 'stale', appearance);
}

/** The table of the week by product. */
function breakdown({ breakdown: parts = [] }: Usage, width: number, appearance: Appearance): Span[][] {
  if (parts.length === 0) return [];
  const title = clipLine([{ text: 'The week by product', style: 'strong' }], width);
  return [title, ...table(breakdownRows(parts), width, appearance).lines];
}

const stateTexts: Record<State, string> = {
  fresh: 'Current',
  stale: 'Out of date',
  last_known: 'Last known, not current any more',
  estimate: 'Estimated',
  none: 'No data',
};

const OWNER_UNKNOWN = 'Last known: the login has changed, and nothing says whose these numbers are';

/** Freshness of the numbers, when they were read, and their source. */
function origin(usage: Usage, all: Usage, appearance: ClockAppearance): string {
  const { state, source, pending } = usage;
  if (state === 'none') {
    if (pending) return 'No data yet: the first answer is on its way. Run this again in a moment.';
    return usage.error === null ? 'No data. Run `usageline refresh` to ask for it.' : 'No data.';
  }
  const fromStatusline = usage.windows.some((window) => window.source === 'statusline');
  const facts = fromStatusline
    ? bySource(usage, appearance)
    : [readText(usage, appearance), source && sourceText(source, usage.texts)].filter(Boolean).join(' ');
  const stateText = usage.ownerUnknown ? OWNER_UNKNOWN : stateTexts[state];
  const sentence = facts === '' ? `${stateText}.` : `${stateText}: ${facts}.`;
  const limits = all.windows.length === 0 && state !== 'estimate' ? 'No limits reported. ' : '';
  return `${limits}${sentence}${pending ? ' A newer answer is on its way.' : ''}`;
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
  return time === null ? 'stamped in the future,' : `stamped ${time}, which is in the future,`;
}

/** The error, what to do about it, and the time of the next request. */
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
