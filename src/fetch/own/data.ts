import { follow, valueAt } from '../../usage/json-path.ts';
import type { JsonPath } from '../../usage/json-path.ts';
import type { OwnProvider } from '../../usage/own-provider.ts';
import type { SnapshotData } from '../../usage/snapshot.ts';
import { isoTime } from '../../usage/time.ts';
import type { Body } from '../kit/call.ts';
import { numberOf, objectOf, timeOfText } from '../kit/fields.ts';

/** Values of a response, by the text of their path. */
export type Values = Readonly<Record<string, unknown>>;

/** The paths whose values are stored. */
export function pathsOf({ windows, credits }: OwnProvider): JsonPath[] {
  return [
    ...windows.flatMap(({ measure, reset }) => [
      measure.path,
      ...('limit' in measure && typeof measure.limit !== 'number' ? [measure.limit] : []),
      ...(reset === null ? [] : [reset.path]),
    ]),
    ...(credits === null ? [] : [credits.balance]),
  ];
}

/** Whether one of the paths whose values are stored leads somewhere in a response. */
export function hasUsage(body: Body, paths: readonly JsonPath[]): boolean {
  return paths.some((path) => follow(body, path).found);
}

/**
 * What is stored of a response: of each path a number or a time as it was sent. Null for anything else that is there; what is
 * not there, or null, is absent.
 *
 * @param askedAt the time of the request, epoch ms
 */
export function dataOf(body: Body, paths: readonly JsonPath[], askedAt: number): SnapshotData {
  const values = paths.flatMap((path) => {
    const value = valueAt(body, path) ?? null;
    const isPlain = numberOf(value) !== null || timeOfText(value) !== null;
    return value === null ? [] : [[path.text, isPlain ? value : null] as const];
  });
  return { asked_at: isoTime(askedAt), values: Object.fromEntries(values) };
}

/** Stored data; `askedAt`: epoch ms, null where it is broken. */
export function readData(data: SnapshotData): { readonly values: Values; readonly askedAt: number | null } {
  return { values: objectOf(data.values), askedAt: timeOfText(data.asked_at) };
}
