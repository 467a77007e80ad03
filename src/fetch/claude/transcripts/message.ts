import { isObject } from '../../../usage/values.ts';
import { parseTime } from '../../../usage/time.ts';
import { hash } from './hash.ts';
import { sum } from './token-counts.ts';
import type { TokenCounts } from './token-counts.ts';
import { wholeObjects } from './whole-objects.ts';
import type { Extent } from './whole-objects.ts';

/** One response of a model, as all lines read so far describe it. */
export interface Message {
  /** Hash of its ids. */
  readonly key: number;
  /** Epoch ms of its earliest line: when the message began, for hours and blocks. */
  readonly firstAt: number;
  /** Epoch ms of the line that the counts are from. */
  readonly lastAt: number;
  readonly model: string;
  readonly counts: TokenCounts;
}

/** No single response has more tokens than this. */
export const MAX_COUNT = 2 ** 32 - 1;
/** A longer text is not the name of a model. */
const MAX_MODEL_LENGTH = 100;
/** More records than fit into the longest line. */
const MAX_RECORDS = 1000;
export const UNKNOWN_MODEL = 'unknown';

/** The last byte of a JSON object or list, by its first byte. A line with another last byte is not parsed as a whole. */
const CLOSED_BY: Readonly<Record<number, number>> = { 0x7b: 0x7d, 0x5b: 0x5d };

/** Only a record with these bytes can count. Within a JSON string the quotation marks would be escaped. */
export const NEEDLE = Buffer.from('"usage"');

/**
 * The messages that one line of a transcript counts for: usually one, and one more for each call of the advisor within
 * it. None for another kind of line, one that is not JSON or has no time, and Claude Code's own error messages, which no
 * model has answered. Of a line with several records, or parts of them, every whole record counts.
 */
export function parseMessages(line: Buffer): Message[] {
  const { start, end } = withoutPadding(line);
  const mayBeWhole = CLOSED_BY[line[start] ?? 0] === line[end - 1];
  const entry = mayBeWhole ? parsed(line, start, end) : undefined;
  if (entry !== undefined) return messagesOf(entry);
  return wholeObjects(line, NEEDLE)
    .slice(0, MAX_RECORDS)
    .flatMap((object) => messagesOf(parsed(line, object.start, object.end)));
}

/** The part of a line as JSON; undefined for other text. */
function parsed(line: Buffer, start: number, end: number): unknown {
  try {
    return JSON.parse(line.toString('utf8', start, end));
  } catch {
    return undefined;
  }
}

function messagesOf(entry: unknown): Message[] {
  if (!isObject(entry) || (entry.type !== undefined && entry.type !== 'assistant')) return [];
  const { message } = entry;
  if (!isObject(message) || !isObject(message.usage)) return [];
  if (entry.isApiErrorMessage === true || message.model === '<synthetic>') return [];
  const at = parseTime(entry.timestamp);
  if (at === null) return [];
  const counts = countsOf(message.usage);
  const id = identity(entry, message, counts);
  const parts = [
    { id, model: message.model, counts },
    ...advisorParts(message.usage).map((part, index) => ({
      id: `${id}\nadvisor ${index}`,
      model: part.model,
      counts: countsOf(part),
    })),
  ];
  return parts
    .filter((part) => sum(part.counts) > 0)
    .map((part) => ({
      key: hash(part.id),
      firstAt: at,
      lastAt: at,
      model: modelOf(part.model),
      counts: part.counts,
    }));
}

/**
 * Calls of the advisor, another model that Claude Code consults during a response. They are not in the totals of `usage`.
 * As a stream grows, calls are added at the end: the position of a call among the others identifies it.
 */
function advisorParts({ iterations }: Record<string, unknown>): Record<string, unknown>[] {
  if (!Array.isArray(iterations)) return [];
  return iterations.filter(isObject).filter(({ type }) => type === 'advisor_message');
}

/** The line without a byte order mark, line ends, and the zeros that a file system leaves after a power failure. */
function withoutPadding(line: Buffer): Extent {
  let start = 0;
  while (isPadding(line[start])) start += 1;
  let end = line.length;
  while (end > start && isPadding(line[end - 1])) end -= 1;
  return { start, end };
}

/** NUL, tab, line ends, space, and the three bytes of a byte order mark. */
function isPadding(byte: number | undefined): boolean {
  return (
    byte === 0 ||
    byte === 9 ||
    byte === 10 ||
    byte === 13 ||
    byte === 32 ||
    byte === 0xef ||
    byte === 0xbb ||
    byte === 0xbf
  );
}

function countsOf(usage: Record<string, unknown>): TokenCounts {
  return {
    input: count(usage.input_tokens),
    output: count(usage.output_tokens),
    cacheCreation: count(usage.cache_creation_input_tokens),
    cacheRead: count(usage.cache_read_input_tokens),
  };
}

/** A whole number that can be a count; 0 for anything else, so that the other counts of the line stand. */
function count(value: unknown): number {
  if (!Number.isInteger(value)) return 0;
  const number = value as number;
  return number >= 0 && number <= MAX_COUNT ? number : 0;
}

function modelOf(value: unknown): string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_MODEL_LENGTH
    ? value
    : UNKNOWN_MODEL;
}

/**
 * The identity of a message, equal for all its lines: message id and request id, or the message id alone (gateways leave
 * the request id out). Without a message id it is the line's own id, else the line's content, so that a line that is read
 * twice counts once.
 */
function identity(
  entry: Record<string, unknown>,
  message: Record<string, unknown>,
  { input, output, cacheCreation, cacheRead }: TokenCounts,
): string {
  const request = typeof entry.requestId === 'string' ? entry.requestId : '';
  if (typeof message.id === 'string' && message.id !== '') return `${message.id}\n${request}`;
  const { timestamp, uuid } = entry;
  if (typeof uuid === 'string' && uuid !== '') return `\n${uuid}`;
  return `\n\n${String(timestamp)}\n${request}\n${input} ${output} ${cacheCreation} ${cacheRead}`;
}

/**
 * Joins two lines of one message. The earlier line decides when it began. The counts are taken from the later line, because
 * a stream ends with its totals; of two lines of one time, from the larger. Lines can be joined in any order and repeatedly:
 * files are read newest first, and more than once. Returns `a` itself when `b` adds nothing.
 */
export function joined(a: Message, b: Message): Message {
  const final = compare(a, b) >= 0 ? a : b;
  const firstAt = Math.min(a.firstAt, b.firstAt);
  return final.firstAt === firstAt ? final : { ...final, firstAt };
}

function compare(a: Message, b: Message): number {
  return (
    a.lastAt - b.lastAt ||
    a.counts.output - b.counts.output ||
    sum(a.counts) - sum(b.counts) ||
    a.counts.input - b.counts.input ||
    a.counts.cacheRead - b.counts.cacheRead ||
    (a.model < b.model ? -1 : a.model > b.model ? 1 : 0)
  );
}
