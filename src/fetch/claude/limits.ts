import { isObject } from '../../usage/values.ts';
import { BUCKETS } from './wire.ts';
import { SPEND_LIMIT } from '../../usage/model.ts';
import type { BucketName, Limit } from './wire.ts';
import type { Window } from '../../usage/model.ts';
import { sanitize } from '../../usage/text.ts';
import { DAY, HOUR, SECOND } from '../../usage/time.ts';

/** The subject of a row of `limits[]`: a named bucket, or a window of its own. */
export type LimitTarget =
  | { readonly bucket: BucketName }
  | { readonly bucket: null; readonly shape: WindowShape };

/** The properties of a window that do not depend on its numbers. */
export type WindowShape = Pick<Window, 'id' | 'label' | 'model' | 'windowSeconds' | 'placement'>;

const WEEK_SECONDS = (7 * DAY) / SECOND;

/** Kinds that repeat a named bucket. */
const BUCKET_KINDS: ReadonlyMap<string, BucketName> = new Map([
  ['session', 'five_hour'],
  ['weekly_all', 'seven_day'],
  ...BUCKETS.map((name) => [name, name] as const),
]);

const known = new WeakMap<readonly Limit[], readonly (LimitTarget | null)[]>();

/** The targets of all rows, in order. Memoized by the list, since a forecast needs it for every moment. */
export function targetsOf(rows: readonly Limit[]): readonly (LimitTarget | null)[] {
  let targets = known.get(rows);
  if (targets === undefined) {
    targets = rows.map(targetOf);
    known.set(rows, targets);
  }
  return targets;
}

/**
 * The target of a row. Null for a weekly limit on "All models", which repeats `weekly_all`. The window of an unknown kind
 * has the name of the kind; it is on the line only while the endpoint marks it as active.
 */
function targetOf(row: Limit): LimitTarget | null {
  const kind = row.kind.trim();
  const scope = scopeOf(row.scope);
  const part = typeof scope === 'string' ? null : scope;
  const bucket = BUCKET_KINDS.get(kind);
  if (bucket !== undefined && part === null) return { bucket };
  if (kind === 'weekly_scoped' || (kind === 'weekly' && scope !== 'none')) {
    if (scope === 'all models') return null;
    const { name, model } = part ?? UNNAMED;
    const shape = {
      id: `weekly_scoped:${slug(name)}`,
      label: `7d ${nameOrMark(name)}`,
      model: model ? nameOrMark(name) : null,
      windowSeconds: WEEK_SECONDS,
    };
    return { bucket: null, shape };
  }
  const id = slug(kind, /[^a-z0-9_]/g) || UNNAMED.name;
  const shape: WindowShape = {
    id: part === null ? id : `${id}:${slug(part.name)}`,
    label:
      id === SPEND_LIMIT.id ? SPEND_LIMIT.label : nameOrMark(part === null ? kind : `${kind} ${part.name}`),
    model: part?.model ? nameOrMark(part.name) : null,
    windowSeconds: lengthOf(kind),
    placement: row.is_active === true ? 'always' : 'details',
  };
  return { bucket: null, shape };
}

interface Scope {
  readonly name: string;
  /** Whether it is the name of a model. */
  readonly model: boolean;
}

/** The scope of a limit whose scope has no name: the limit counts all the same. */
const UNNAMED: Scope = { name: 'other', model: false };

/** A scope by its model's display name, else by its surface, else by the model's id. */
function scopeOf(scope: Limit['scope']): Scope | 'all models' | 'unnamed' | 'none' {
  if (scope === null) return 'none';
  const { model, surface } = scope;
  const all = /^all models$/i.test(textOf(model, 'display_name'));
  const names: Scope[] = [
    { name: all ? '' : textOf(model, 'display_name'), model: true },
    { name: textOf(surface, 'display_name'), model: false },
    { name: typeof surface === 'string' ? surface.trim() : textOf(surface, 'id'), model: false },
    { name: all ? '' : typeof model === 'string' ? model.trim() : textOf(model, 'id'), model: true },
  ];
  const given = names.filter(({ name }) => name !== '');
  const shown = given.find(({ name }) => sanitize(name) !== '') ?? given[0];
  if (shown !== undefined) return shown;
  if (all) return 'all models';
  return isGiven(model) || isGiven(surface) ? 'unnamed' : 'none';
}

function isGiven(value: unknown): boolean {
  return value !== null && value !== undefined;
}

function textOf(value: unknown, key: string): string {
  const text = isObject(value) ? value[key] : null;
  return typeof text === 'string' ? text.trim() : '';
}

/** A name for display; `?` for one without a printable character. */
function nameOrMark(name: string): string {
  return sanitize(name) || '?';
}

function slug(name: string, others = /[^a-z0-9]/g): string {
  return name.slice(0, 40).toLowerCase().replace(others, '-');
}

const LENGTHS = { hourly: HOUR, daily: DAY, weekly: 7 * DAY } as const;

/** The length in s where the name of a kind contains it; else null. A month has no fixed length. */
function lengthOf(kind: string): number | null {
  const word = kind.toLowerCase().split(/[^a-z]/, 1)[0] ?? '';
  return Object.hasOwn(LENGTHS, word) ? LENGTHS[word as keyof typeof LENGTHS] / SECOND : null;
}
