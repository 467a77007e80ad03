import { isAboutCredentials, isSignIn } from '../usage/failure.ts';
import type { State, Usage, WindowSource } from '../usage/model.ts';
import { DAY } from '../usage/time.ts';
import type { Zone, ZoneNames } from '../zone/zone.ts';
import { clockTime } from './clock.ts';
import type { ClockAppearance } from './clock.ts';
import type { Span } from './color.ts';
import type { Style } from './style.ts';
import { age, countdown } from './duration.ts';
import { errorSentence } from './error-sentence.ts';
import { glyphsOf } from './glyphs.ts';
import { heading } from './heading.ts';
import { withoutHidden } from './hidden.ts';
import { clipLine, wrap } from './layout.ts';
import { lockSentences } from './locks.ts';
import { DEFAULT_APPEARANCE } from './appearance.ts';
import type { Appearance } from './appearance.ts';
import { shownExtra } from './money.ts';
import { paint } from './paint.ts';
import { breakdownRows, limitRows, moment, poolRows, tokenRows, withClock } from './row.ts';
import type { Row } from './row.ts';
import { table } from './table.ts';

export interface ShowOptions {
  readonly color: boolean;
  readonly appearance?: Appearance;
  /** Null or absent: the zone is the machine's, and needs no name. */
  readonly zoneNames?: ZoneNames | null;
  /** Width of the terminal; below 40 it is taken for 40. */
  readonly columns: number;
  /** What else the answer has: the week by product. */
  readonly verbose?: boolean;
}

const MIN_COLUMNS = 40;
/** Prose is hard to read in longer lines, however wide the terminal. */
const MAX_PROSE = 100;

const sources: Record<NonNullable<Usage['source']>, string> = {
  cache: 'from the cache',
  endpoint: 'from the endpoint',
  statusline: "from Claude Code's status line",
  transcripts: 'from local transcripts',
};

/** Usage for people: a heading, a row per limit, where the numbers come from, what went wrong. No newline at the end. */
export function renderShow(all: Usage, options: ShowOptions): string {
  const {
    color,
    columns,
    appearance: given = DEFAULT_APPEARANCE,
    zoneNames = null,
    verbose = false,
  } = options;
  const appearance = { ...given, zone: namedOnce(given.zone, zoneNames) };
  const usage = withoutHidden(all, appearance);
  const { separator, ellipsis } = glyphsOf(appearance);
  const width = Math.max(MIN_COLUMNS, columns);
  const prose = (text: string, style: Style | null): Span[][] =>
    wrap(text, Math.min(width, MAX_PROSE)).map((line) => [{ text: line, style }]);
  const blocks = [
    [clipLine([{ text: heading(usage, separator), style: 'strong' }], width, ellipsis)],
    table(rows(usage, appearance), width, appearance),
    table(poolRows(usage, appearance), width, appearance),
    verbose ? breakdown(usage, width, appearance) : [],
    [
      ...prose(origin(usage, all, appearance), 'dim'),
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

/**
 * The zone, named at the first clock time that differs from the machine's, and again where the name changes: before a
 * reset summer time may begin.
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
  // Numbers of another day, held against today's clock, would give a pace that nobody has.
  return limitRows(usage, state === 'fresh' || state === 'stale', appearance);
}

/** Which product the week was used for. */
function breakdown({ breakdown: parts = [] }: Usage, width: number, appearance: Appearance): Span[][] {
  if (parts.length === 0) return [];
  const title = clipLine([{ text: 'The week by product', style: 'strong' }], width);
  return [title, ...table(breakdownRows(parts), width, appearance)];
}

const claims: Record<State, string> = {
  fresh: 'Current',
  stale: 'Out of date',
  last_known: 'Last known, not current any more',
  estimate: 'Estimated',
  none: 'No data',
};

const OWNER_UNKNOWN = 'Last known: the login has changed, and nothing says whose these numbers are';

/** How current the numbers are, when they were read and where they come from. */
function origin(usage: Usage, all: Usage, appearance: ClockAppearance): string {
  const { state, source, pending } = usage;
  if (state === 'none') {
    if (pending) return 'No data yet: the first answer is on its way. Run this again in a moment.';
    return usage.error === null ? 'No data. Run `usageline refresh` to ask for it.' : 'No data.';
  }
  const told = usage.windows.some((window) => window.source === 'statusline');
  const facts = told
    ? bySource(usage, appearance)
    : [readText(usage, appearance), source && sources[source]].filter(Boolean).join(' ');
  const word = usage.ownerUnknown ? OWNER_UNKNOWN : claims[state];
  const claim = facts === '' ? `${word}.` : `${word}: ${facts}.`;
  const limits = all.windows.length === 0 && state !== 'estimate' ? 'No limits reported. ' : '';
  return `${limits}${claim}${pending ? ' A newer answer is on its way.' : ''}`;
}

/** Which source gave which numbers, and when: `5h and 7d read <1m ago, 18:24, from …`. */
function bySource(usage: Usage, appearance: ClockAppearance): string {
  const { windows, generatedAt, cachedAt } = usage;
  const from = (source: WindowSource) => {
    const mine = windows.filter((window) => window.source === source);
    const labels = mine.map(({ label }) => label);
    const times = mine.map(({ readAt }) => readAt);
    if (source === 'endpoint' && shownExtra(usage)) labels.push('extra');
    if (times.length === 0 && labels.length > 0 && cachedAt !== null) times.push(cachedAt);
    const oldest = Math.min(...times);
    if (labels.length === 0) return [];
    const read = withClock(age(Math.max(0, generatedAt - oldest)), oldest, generatedAt, appearance);
    return [`${labels.join(', ')} read ${read}, ${sources[source]}`];
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

/** What went wrong, what to do about it, and when the next try is. */
function problem(usage: Usage, appearance: ClockAppearance): string {
  const { error, generatedAt, pending } = usage;
  if (error === null || (pending && error.code === 'no_data')) return '';
  // New credentials are noticed at once, so the next try is no date to wait for.
  const timed = error.retryAt !== null && error.retryAt > generatedAt && !isAboutCredentials(error.code);
  const next = timed ? error.retryAt : null;
  return `${errorSentence(usage)}${next === null ? '' : ` Next try ${moment(next, generatedAt, appearance)}.`}`;
}

/** So long before its end a login is said to need renewal, ms. */
const RENEWAL_NOTICE_MS = DAY;

/** That the login ends soon, or has ended while its last access token still works. */
function renewalNotice({ loginUntil, generatedAt, error }: Usage, appearance: ClockAppearance): string {
  if (loginUntil === undefined || (error !== null && isSignIn(error.code))) return '';
  const left = loginUntil - generatedAt;
  if (left > RENEWAL_NOTICE_MS) return '';
  if (left <= 0) return 'The login must be renewed: run `/login` in Claude Code.';
  const time = clockTime(loginUntil, generatedAt, appearance);
  const by = time === null ? `within ${countdown(left)}` : `by ${time}, in ${countdown(left)}`;
  return `The login must be renewed ${by}: run \`/login\` in Claude Code.`;
}
