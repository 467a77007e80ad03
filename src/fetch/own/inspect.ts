import { isUtf8 } from 'node:buffer';
import { follow, startOf } from '../../usage/json-path.ts';
import type { JsonPath } from '../../usage/json-path.ts';
import type { Window } from '../../usage/model.ts';
import { nearest } from '../../usage/nearest.ts';
import type { OwnProvider, OwnWindow } from '../../usage/own-provider.ts';
import type { RefreshFailure } from '../../usage/failure.ts';
import { sanitize } from '../../usage/text.ts';
import { isObject } from '../../usage/values.ts';
import type { Arrival } from '../client.ts';
import { failureInBody } from '../error-body.ts';
import type { Body } from '../kit/call.ts';
import { numberOf, planOf, timeOfText } from '../kit/fields.ts';
import { idsOf } from '../kit/measures.ts';
import { dataOf, hasUsage, pathsOf, readData } from './data.ts';
import { ownProvider } from './index.ts';
import { creditsOf, measureOf, resetOf } from './numbers.ts';

/*
 * What the paths of a provider of the user's own find in a response, for `usageline provider test`. A response can contain
 * secrets: of texts only those are shown that are a number or a time, and of keys only short ones.
 */

/** What one path leads to. */
export interface Finding {
  /** The key in the configuration. */
  readonly key: string;
  readonly path: string;
  /** The value, or what is there in its place: in words, printable. */
  readonly found: string;
  /** The value is there and can be read, or is null. */
  readonly ok: boolean;
}

/** What a window, the credits or the plan have found. */
export interface Inspected {
  readonly title: string;
  /** The id of the window; null for anything else. */
  readonly window: string | null;
  readonly findings: readonly Finding[];
}

/** What the paths find in a response. @param askedAt the time of the request, epoch ms */
export function inspect(own: OwnProvider, body: Body, askedAt: number): Inspected[] {
  const { values } = readData(dataOf(body, pathsOf(own), askedAt));
  const windows = own.windows.map((window) => {
    const { name, length, part, measure, reset } = window;
    const used = measureOf(window, values, askedAt)?.used ?? null;
    const findings = [
      findingOf(body, measure.kind, measure.path, used !== null || isLimitMissing(window, values)),
    ];
    if ('limit' in measure && typeof measure.limit !== 'number') {
      const limit = numberOf(values[measure.limit.text]);
      findings.push(findingOf(body, 'limit', measure.limit, limit !== null && limit > 0));
    }
    if (reset !== null) {
      const at = resetOf(window, values, askedAt);
      findings.push(findingOf(body, 'reset', reset.path, at !== null, reset.unit));
    }
    const [id = null] = idsOf([{ used: null, resetsAt: null, length, part }]);
    return { title: part === null ? name : `${name} ${part}`, window: id, findings };
  });
  const { credits, plan } = own;
  const more: Inspected[] = [];
  if (credits !== null) {
    const isKnown = creditsOf(credits, values)?.balance != null;
    more.push({
      title: 'credits',
      window: null,
      findings: [findingOf(body, 'balance', credits.balance, isKnown)],
    });
  }
  if (plan !== null) more.push({ title: 'plan', window: null, findings: [planFinding(body, plan)] });
  return [...windows, ...more];
}

/** The failure that a response would be; null for usage. */
export function failureOf(own: OwnProvider, body: Body): RefreshFailure | null {
  return hasUsage(body, pathsOf(own)) ? null : failureInBody(body, null);
}

/** A media type without its parameters. */
const MEDIA_TYPE = /^[a-z0-9.+-]{1,40}\/[a-z0-9.+-]{1,60}$/;

/** What came, in words: `200, text/html, no JSON`. */
export function arrivalText({ status, contentType, bytes }: Arrival): string {
  if (status >= 300 && status < 400) return `${status}: redirects are not followed`;
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const known =
    contentType === null ? 'no content type' : MEDIA_TYPE.test(type) ? type : 'a strange content type';
  const isRead = status >= 200 && status < 300;
  return [status, known, ...(isRead ? [contentText(bytes)] : [])].join(', ');
}

function contentText(bytes: Buffer | null): string {
  if (bytes === null) return 'more than 64 KiB';
  if (!isUtf8(bytes)) return 'no UTF-8';
  const text = bytes.toString('utf8').trim();
  if (text === '') return 'an empty body';
  try {
    // The error is not kept: its message quotes the text.
    const value: unknown = JSON.parse(text);
    return isObject(value) ? shown(value) : `${shown(value)}, not an object`;
  } catch {
    return 'no JSON';
  }
}

/** The windows of a response. @param askedAt the time of the request, epoch ms */
export function windowsIn(own: OwnProvider, body: Body, askedAt: number): readonly Window[] {
  return ownProvider(own).reader.windows(dataOf(body, pathsOf(own), askedAt), askedAt, askedAt);
}

/** Whether a window has no percentage because its limit is missing, although its number can be read. */
function isLimitMissing({ measure }: OwnWindow, values: Readonly<Record<string, unknown>>): boolean {
  if (!('limit' in measure) || typeof measure.limit === 'number') return false;
  return numberOf(values[measure.path.text]) !== null && !(numberOf(values[measure.limit.text]) ?? 0);
}

/** @param unit what the value should be, where that is configured */
function findingOf(body: Body, key: string, path: JsonPath, isReadable: boolean, unit?: string): Finding {
  const result = follow(body, path);
  if (!result.found) return { key, path: path.text, found: whereItEnds(path, result), ok: false };
  const { value } = result;
  if (value === null)
    return { key, path: path.text, found: 'null: the plan has no such value at present', ok: true };
  const found = isReadable ? shown(value) : `${shown(value)}, which is no ${unit ?? key}`;
  return { key, path: path.text, found, ok: isReadable };
}

function planFinding(body: Body, path: JsonPath): Finding {
  const result = follow(body, path);
  const plan = result.found ? planOf(result.value) : null;
  if (plan === null) return findingOf(body, 'plan', path, false);
  return { key: 'plan', path: path.text, found: plan, ok: true };
}

/** Where a path ends, and what is there. */
function whereItEnds(path: JsonPath, { at, step }: { readonly at: unknown; readonly step: number }): string {
  const place = step === 0 ? 'the response' : startOf(path, step);
  const missing = path.steps[step];
  const kind = missing?.kind ?? 'key';
  if (Array.isArray(at) && missing?.kind === 'where') {
    const keys = keysOf(Object.assign({}, ...at.slice(0, 100).filter(isObject)) as object);
    return `not there: ${place} has ${at.length} elements, none with ${missing.name}=${missing.value}; their keys: ${keys}`;
  }
  if (Array.isArray(at)) {
    const hint = kind === 'index' ? '' : '; accepted: [0], or [key=value]';
    return `not there: ${place} is a list of ${at.length}${hint}`;
  }
  if (!isObject(at)) return `not there: ${place} is ${shown(at)}`;
  if (kind !== 'key') return `not there: ${place} is no list, but ${shown(at)}`;
  const near = missing?.kind === 'key' ? nearest(missing.name, Object.keys(at).slice(0, 1000)) : null;
  const meant = near === null ? '' : `; did you mean ${keyText(near)}?`;
  return `not there: ${place} has ${keysOf(at)}${meant}`;
}

/** The most keys that are listed. */
const MAX_KEYS = 20;

/** The keys of an object, as people may see them. */
export function keysOf(value: object): string {
  const keys = Object.keys(value);
  if (keys.length === 0) return 'no keys';
  const more = keys.length > MAX_KEYS ? `, and ${keys.length - MAX_KEYS} more` : '';
  return `${keys.slice(0, MAX_KEYS).map(keyText).join(', ')}${more}`;
}

/** Longest key that is shown: an id or a key of an account can be one, and is longer. */
const MAX_KEY = 30;

function keyText(key: string): string {
  const text = sanitize(key);
  return key.length > MAX_KEY || text === '' ? '(a long or strange key)' : text;
}

/** A value, as people may see it: of a text only a number or a time. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isObject(value)) return `an object with ${keysOf(value)}`;
  if (typeof value !== 'string') return String(value);
  const isPlain = numberOf(value) !== null || timeOfText(value) !== null;
  return isPlain ? `"${sanitize(value)}"` : `a text of ${value.length} characters`;
}
