import { isObject } from './values.ts';

/*
 * Paths into JSON, as the configuration has them: `limits[type=weekly].percent`.
 */

/** One step of a path. */
export type PathStep =
  | { readonly kind: 'key'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  /** The first element of a list that is an object whose field `name` has this value. */
  | { readonly kind: 'where'; readonly name: string; readonly value: string };

/** A path into JSON. */
export interface JsonPath {
  /** As it was written. */
  readonly text: string;
  readonly steps: readonly PathStep[];
}

/** The accepted form, for messages. */
export const PATH_ACCEPTED =
  'a path such as "usage.percent", "limits[0].percent" or "limits[type=weekly].percent"; a key with other characters in quotes: ["a b"]';

const MAX_LENGTH = 200;
/** Responses are read to this depth (`fetch/client.ts`). */
const MAX_STEPS = 32;

const KEY = /([\w$-]+)/y;
const INDEX = /\[(\d{1,4})\]/y;
const QUOTED = /\["([^"\\\p{Cc}]+)"\]/uy;
const WHERE = /\[([\w$-]+)=(?:"([^"\\\p{Cc}]*)"|([^\]"\p{Cc}]+))\]/uy;

/** Reads a path; null for a text that is none. */
export function parsePath(text: string): JsonPath | null {
  if (text.length > MAX_LENGTH || text === '$') return null;
  const steps: PathStep[] = [];
  let at = text.startsWith('$.') ? 2 : text.startsWith('$[') ? 1 : 0;
  const first = at;
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  while (at < text.length) {
    if (steps.length >= MAX_STEPS) return null;
    const bracket = match(INDEX) ?? match(QUOTED) ?? match(WHERE);
    if (bracket !== null) {
      steps.push(stepOf(bracket, text.startsWith('["', at)));
      at += bracket[0].length;
      continue;
    }
    if (at > first) {
      if (text[at] !== '.') return null;
      at += 1;
    }
    const key = match(KEY);
    if (key === null) return null;
    steps.push({ kind: 'key', name: key[0] });
    at += key[0].length;
  }
  return steps.length === 0 ? null : { text, steps };
}

function stepOf([, first = '', quoted, bare]: RegExpExecArray, isQuoted: boolean): PathStep {
  if (quoted !== undefined || bare !== undefined)
    return { kind: 'where', name: first, value: quoted ?? bare ?? '' };
  return isQuoted ? { kind: 'key', name: first } : { kind: 'index', index: Number(first) };
}

/** What a path leads to; where it leads nowhere, how far it goes. */
export type PathResult =
  | { readonly found: true; readonly value: unknown }
  /** `at`: the value before the step that fails. */
  | { readonly found: false; readonly at: unknown; readonly step: number };

/** Follows a path. */
export function follow(value: unknown, { steps }: JsonPath): PathResult {
  let at = value;
  for (const [step, it] of steps.entries()) {
    const next = nextOf(at, it);
    if (next === undefined) return { found: false, at, step };
    at = next;
  }
  return { found: true, value: at };
}

/** The value of a path; undefined where it leads nowhere. */
export function valueAt(value: unknown, path: JsonPath): unknown {
  const result = follow(value, path);
  return result.found ? result.value : undefined;
}

/** JSON has no undefined, so it stands for "not there". */
function nextOf(value: unknown, step: PathStep): unknown {
  switch (step.kind) {
    case 'key':
      return isObject(value) && Object.hasOwn(value, step.name) ? value[step.name] : undefined;
    case 'index':
      return Array.isArray(value) ? value[step.index] : undefined;
    case 'where':
      return Array.isArray(value)
        ? value.find(
            (it) => isObject(it) && Object.hasOwn(it, step.name) && isText(it[step.name], step.value),
          )
        : undefined;
  }
}

/** Whether a value is this text, or a number or truth value that is written like it. */
function isText(value: unknown, text: string): boolean {
  const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return plain && String(value) === text;
}

/** The text of the first steps of a path; empty for none of them. */
export function startOf({ steps }: JsonPath, count: number): string {
  return steps
    .slice(0, count)
    .map((step, index) => {
      if (step.kind === 'index') return `[${step.index}]`;
      if (step.kind === 'where') return `[${step.name}=${step.value}]`;
      return /^[\w$-]+$/.test(step.name) ? `${index === 0 ? '' : '.'}${step.name}` : `["${step.name}"]`;
    })
    .join('');
}
