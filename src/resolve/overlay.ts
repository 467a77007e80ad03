import type { SnapshotReader } from '../usage/snapshot.ts';
import type { Entry } from '../cache/entry.ts';
import { mergeReports } from '../usage/merge.ts';
import type { Dated } from '../usage/report.ts';
import type { MergeMoment, WindowReports } from '../usage/merge.ts';
import { reportsOf } from '../usage/session-reports.ts';
import type { SessionReports } from '../usage/session-reports.ts';
import { isFromFuture } from '../usage/time.ts';
import { isSameWindow } from '../usage/report.ts';
import type { AccountMatch } from './freshness.ts';
import { countsAsSame } from './identity.ts';

/** What decides how reports and the stored entry are merged. */
export interface OverlayContext extends MergeMoment {
  readonly reader: SnapshotReader;
  /** Fingerprint of the present credentials. */
  readonly fingerprint: string | null;
  /** Whether the stored entry belongs to the account that is signed in. */
  readonly account: () => AccountMatch;
  /** Whether the reports do. */
  readonly reportsAccount: () => AccountMatch;
}

/**
 * Merges the stored entry and the reports of sessions into one entry. Returns the stored entry itself where
 * no reports count. Reports without a stored entry are an entry by themselves.
 */
export function overlayReports(
  stored: Entry | null,
  reports: SessionReports,
  context: OverlayContext,
): Entry | null {
  const { fingerprint, now, reader } = context;
  const { windows, disputes, spend } = reports;
  const numbers = [
    ...Object.keys(windows).flatMap((name) => windows[name] ?? disputes[name] ?? []),
    ...(spend ? [spend] : []),
  ];
  if (numbers.length === 0) return stored;
  const match = reports.credentials === fingerprint ? 'same' : context.reportsAccount();
  if (!countsAsSame(match)) return stored;
  const current = stored?.data != null && isCurrent(stored, context) ? stored : null;
  const oldest = Math.min(...numbers.map(({ readAt }) => readAt));
  const base: Entry = current ?? {
    ...NO_RESPONSE,
    reader,
    cachedAt: oldest,
    credentials: match === 'same' ? fingerprint : reports.credentials,
  };
  const data = base.data ?? {};
  const requestedAt = current?.cachedAt ?? null;
  const byWindow = Object.fromEntries(Object.keys(windows).map((name) => [name, reportsOf(reports, name)]));
  const merged = mergeReports(reader, data, requestedAt ?? Number.NEGATIVE_INFINITY, byWindow, context);
  // The response has a window that no session has reported: a limit of a model, for example.
  const needsEndpoint =
    reader.credits(data) !== null ||
    reader.windows(data, base.cachedAt, now).some(({ id }) => (windows[id] ?? null) === null);
  const counted = [...Object.values(windows), spend, ...Object.values(merged.origins)];
  return {
    ...base,
    data: merged.data,
    overlay: {
      origins: merged.origins,
      latestAt: Math.max(...counted.map((number) => number?.readAt ?? Number.NEGATIVE_INFINITY)),
      spend,
      contradicted: merged.contradicted,
      sameLogin: match === 'same',
      unstored: reports.unstored,
      asReported:
        match === 'same' &&
        Object.entries(byWindow).every(([name, reported]) =>
          isShown(reader.numberOf(merged.data, name, 0), reported),
        ),
      requestedAt,
      needsEndpoint,
      credentials: fingerprint,
    },
  };
}

const NO_RESPONSE = { data: {}, error: null, plan: null, accountId: null } as const;

/** Whether an entry can be merged with present reports: it is not from the future, and not of another account. */
export function isCurrent(
  entry: Entry,
  { fingerprint, now, account }: Pick<OverlayContext, 'fingerprint' | 'now' | 'account'>,
): boolean {
  if (isFromFuture(entry.cachedAt, now)) return false;
  if (entry.credentials === fingerprint) return true;
  return countsAsSame(account());
}

/** Whether the latest reported number is the one that is shown. */
function isShown(shown: Dated | null, { latest, dispute }: WindowReports): boolean {
  const last = dispute !== null && dispute.readAt > (latest?.readAt ?? -Infinity) ? dispute : latest;
  if (last === null || shown === null) return last === null;
  return last.percent === shown.percent && isSameWindow(last, shown);
}
