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

export interface OverlayContext extends MergeMoment {
  readonly reader: SnapshotReader;
  /** Stamp of the credentials as they are now. */
  readonly fingerprint: string | null;
  /** Whether the entry's account is the one that is signed in. */
  readonly account: () => AccountMatch;
  /** The same question about the account of the readings. */
  readonly reportsAccount: () => AccountMatch;
}

/**
 * The endpoint's answer and what Claude Code's sessions reported, as one entry: here the two sources meet. The same
 * entry when there are no readings that count. Readings without an answer are an entry by themselves.
 */
export function overlayReports(
  answer: Entry | null,
  readings: SessionReports,
  circumstances: OverlayContext,
): Entry | null {
  const { fingerprint, now, reader } = circumstances;
  const { windows, disputes, spend } = readings;
  const numbers = [
    ...Object.keys(windows).flatMap((name) => windows[name] ?? disputes[name] ?? []),
    ...(spend ? [spend] : []),
  ];
  if (numbers.length === 0) return answer;
  const match = readings.credentials === fingerprint ? 'same' : circumstances.reportsAccount();
  if (!countsAsSame(match)) return answer;
  const current = answer?.data != null && isCurrent(answer, circumstances) ? answer : null;
  const oldest = Math.min(...numbers.map(({ readAt }) => readAt));
  const base: Entry = current ?? {
    ...NO_ANSWER,
    reader,
    cachedAt: oldest,
    credentials: match === 'same' ? fingerprint : readings.credentials,
  };
  const data = base.data ?? {};
  const answeredAt = current?.cachedAt ?? null;
  const reports = Object.fromEntries(Object.keys(windows).map((name) => [name, reportsOf(readings, name)]));
  const merged = mergeReports(reader, data, answeredAt ?? Number.NEGATIVE_INFINITY, reports, circumstances);
  // The answer lists a window besides: a scoped limit, or one of the two that no session has reported.
  const lacks =
    reader.credits(data) !== null ||
    reader.windows(data, base.cachedAt, now).some(({ id }) => (windows[id] ?? null) === null);
  const counted = [...Object.values(windows), spend, ...Object.values(merged.origins)];
  return {
    ...base,
    data: merged.data,
    overlay: {
      origins: merged.origins,
      movedAt: Math.max(...counted.map((number) => number?.readAt ?? Number.NEGATIVE_INFINITY)),
      spend,
      contradicted: merged.contradicted,
      certain: match === 'same',
      unstored: readings.unstored,
      asReported:
        match === 'same' &&
        Object.entries(reports).every(([name, reported]) =>
          isShown(reader.numberOf(merged.data, name, 0), reported),
        ),
      answeredAt,
      lacks,
      credentials: fingerprint,
    },
  };
}

const NO_ANSWER = { data: {}, error: null, plan: null, accountId: null } as const;

/** Whether an answer may stand beside readings of now: of this account, as far as it says, and not from the future. */
export function isCurrent(
  answer: Entry,
  { fingerprint, now, account }: Pick<OverlayContext, 'fingerprint' | 'now' | 'account'>,
): boolean {
  if (isFromFuture(answer.cachedAt, now)) return false;
  if (answer.credentials === fingerprint) return true;
  return countsAsSame(account());
}

/** Whether the number that was reported last is the one that is shown. */
function isShown(shown: Dated | null, { latest, dispute }: WindowReports): boolean {
  const last = dispute !== null && dispute.readAt > (latest?.readAt ?? -Infinity) ? dispute : latest;
  if (last === null || shown === null) return last === null;
  return last.percent === shown.percent && isSameWindow(last, shown);
}
