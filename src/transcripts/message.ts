import { isObject } from '../usage/data.ts';
import { parseTime } from '../usage/time.ts';
import { hash } from './key.ts';
import type { Message, TokenCounts } from './model.ts';

/** More tokens than this no single answer has; it is also what fits into 32 bits on disk. */
export const MAX_COUNT = 2 ** 32 - 1;
/** A longer name is not a model's. */
const MAX_MODEL_LENGTH = 100;
export const UNKNOWN_MODEL = 'unknown';

const OPENING = 0x7b;
const CLOSING = 0x7d;

/**
 * What one line of a transcript counts for; null for a line that counts for nothing: another kind of line, cut
 * off, no JSON, without a time, or an error message of Claude Code's own that no model has answered.
 */
export function parseMessage(line: Buffer): Message | null {
  const text = between(line);
  if (text === null) return null;
  let entry: unknown;
  try {
    entry = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(entry) || (entry.type !== undefined && entry.type !== 'assistant')) return null;
  const { message } = entry;
  if (!isObject(message) || !isObject(message.usage)) return null;
  if (entry.isApiErrorMessage === true || message.model === '<synthetic>') return null;
  const at = parseTime(entry.timestamp);
  const counts = countsOf(message.usage);
  if (at === null || counts === null) return null;
  const key = hash(identity(entry, message, counts));
  return { key, firstAt: at, lastAt: at, model: modelOf(message.model), counts };
}

/**
 * The object on the line, without a byte order mark before it, or the zeros that a file system leaves behind
 * when power fails. Null when there is no object.
 */
function between(line: Buffer): string | null {
  let start = 0;
  while (isPadding(line[start])) start += 1;
  let end = line.length;
  while (end > start && isPadding(line[end - 1])) end -= 1;
  if (line[start] !== OPENING || line[end - 1] !== CLOSING) return null;
  return line.toString('utf8', start, end);
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

function countsOf(usage: Record<string, unknown>): TokenCounts | null {
  const input = count(usage.input_tokens);
  const output = count(usage.output_tokens);
  const cacheCreation = count(usage.cache_creation_input_tokens);
  const cacheRead = count(usage.cache_read_input_tokens);
  const counts = {
    input: input ?? 0,
    output: output ?? 0,
    cacheCreation: cacheCreation ?? 0,
    cacheRead: cacheRead ?? 0,
  };
  return sum(counts) > 0 ? counts : null;
}

/** A whole number that can be a count; null for anything else, which costs only its own count. */
function count(value: unknown): number | null {
  if (!Number.isInteger(value)) return null;
  const number = value as number;
  return number >= 0 && number <= MAX_COUNT ? number : null;
}

function modelOf(value: unknown): string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_MODEL_LENGTH
    ? value
    : UNKNOWN_MODEL;
}

/**
 * What makes two lines the same message: message id and request id; the message id alone where there is no
 * request id (gateways leave it out). A line without a message id is the same as one that says the same at the
 * same time, so that a file can be read twice.
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

export function sum({ input, output, cacheCreation, cacheRead }: TokenCounts): number {
  return input + output + cacheCreation + cacheRead;
}

/**
 * Two readings of one message as one. It began with its earliest line; its counts are those of the latest,
 * which is the final one of a stream; at the same moment the larger ones, since a stream only grows. In whatever
 * order lines are met, and however often, the outcome is the same: files are read newest first, and again.
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
