import type { RefreshFailure } from '../../usage/failure.ts';
import { isObject } from '../../usage/values.ts';

/** What a field is: a `value` is a text, a number or a truth value. */
export type FieldKind = 'object' | 'list' | 'value';

/** The fields by which an answer is known, each with what it is. */
export type Fields = Readonly<Record<string, FieldKind>>;

/** The failure of an object in which a provider knows nothing. */
export const UNKNOWN_SHAPE: RefreshFailure = {
  code: 'bad_response',
  detail: 'no field of the answer is known',
};

/**
 * Whether an object has one of the fields, as what it is or as null. One without any field has: an endpoint can leave out
 * whatever is 0 or empty.
 */
export function isOfShape(body: Readonly<Record<string, unknown>>, fields: Fields): boolean {
  if (Object.keys(body).length === 0) return true;
  return Object.entries(fields).some(
    ([name, kind]) => Object.hasOwn(body, name) && (body[name] === null || kindOf(body[name]) === kind),
  );
}

function kindOf(value: unknown): FieldKind {
  if (Array.isArray(value)) return 'list';
  return isObject(value) ? 'object' : 'value';
}
