import type { Window } from '../../../src/usage/model.ts';
import type { SnapshotData, SnapshotReader } from '../../../src/usage/snapshot.ts';
import { isObject } from '../../../src/usage/values.ts';
import { hasElapsed } from '../../../src/usage/windows.ts';

/** One quota, as the endpoint sends it. `until`: epoch s. */
interface Quota {
  readonly kind: string;
  readonly used: number;
  readonly of: number;
  readonly until: number;
}

/** The windows, by the kind of their quota. */
const KINDS: Readonly<Record<string, Pick<Window, 'id' | 'label' | 'windowSeconds'>>> = {
  hour: { id: 'hourly', label: '1h', windowSeconds: 3600 },
  month: { id: 'monthly', label: '30d', windowSeconds: 30 * 86_400 },
};

const quotasOf = (data: SnapshotData): readonly Quota[] =>
  Array.isArray(data.quotas) ? (data.quotas as Quota[]).filter(({ kind }) => kind in KINDS) : [];

export const reader: SnapshotReader = {
  parse: (value) => (isObject(value) && Array.isArray(value.quotas) ? value : null),
  windows: (data, readAt, now) =>
    quotasOf(data).map(({ kind, used, of, until }) => {
      const resetsAt = until * 1000;
      const elapsed = hasElapsed(resetsAt, readAt, now);
      const usedPercent = elapsed ? null : (100 * used) / of;
      return { ...KINDS[kind]!, model: null, usedPercent, resetsAt, elapsed, source: 'endpoint', readAt };
    }),
  credits: () => null,
  details: () => ({}),
  resets: (data) => quotasOf(data).map(({ until }) => until * 1000),
  lacking: () => [],
  // Both are about reports of sessions, of which there are none.
  numberOf: () => null,
  withNumber: (data) => data,
};
