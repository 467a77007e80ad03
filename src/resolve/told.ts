import type { Entry } from '../cache/entry.ts';
import { mergeUsage } from '../usage/merge.ts';
import type { UsageData } from '../usage/model.ts';
import type { Readings } from '../usage/readings.ts';
import { READ_WINDOWS } from '../usage/session.ts';
import { SECOND } from '../usage/time.ts';
import { extraUsageOf, windowsOf } from '../usage/windows.ts';
import type { AccountMatch } from './freshness.ts';

/** As for an entry: a stamp further ahead is from a clock that was set back. */
const FUTURE_TOLERANCE_MS = 5 * SECOND;

export interface Circumstances {
  /** Stamp of the credentials as they are now. */
  readonly stamp: string | null;
  /** Epoch ms. */
  readonly now: number;
  readonly account: () => AccountMatch;
}

/**
 * The endpoint's answer and what Claude Code's status line told, as one entry: where the two sources come together.
 * The same entry when there are no readings that count. Readings without an answer are an entry by themselves.
 */
export function withReadings(
  answer: Entry | null,
  { credentials, windows }: Readings,
  { stamp, now, account }: Circumstances,
): Entry | null {
  const told = READ_WINDOWS.flatMap((name) => windows[name] ?? []);
  // Under other credentials they are nobody's: who has signed in since may be somebody else.
  if (told.length === 0 || credentials !== stamp) return answer;
  const movedAt = Math.max(...told.map(({ readAt }) => readAt));
  const theirs = answer?.data != null && isCurrent(answer, { stamp, now, account }) ? answer : null;
  const oldest = Math.min(...told.map(({ readAt }) => readAt));
  const base: Entry = theirs ?? { ...NOBODY, cachedAt: oldest, credentials: stamp };
  const data = base.data as UsageData;
  const answeredAt = theirs?.cachedAt ?? null;
  const merged = mergeUsage(data, theirs?.cachedAt ?? Number.NEGATIVE_INFINITY, windows);
  // The answer tells of a window besides: by a limit per model, or one of the two that no session has told of.
  const lacks =
    extraUsageOf(data) !== null ||
    windowsOf(data, base.cachedAt, now).some(
      ({ id }) => !(id in windows) || windows[id as 'five_hour'] === null,
    );
  return {
    ...base,
    data: merged.data,
    told: { origins: merged.origins, movedAt, answeredAt, lacks, credentials: stamp },
  };
}

const NOBODY = { data: {}, error: null, plan: null, accountId: null } as const;

/** Whether an answer may stand beside readings of now: of this account, as far as it says, and not from the future. */
function isCurrent(answer: Entry, { stamp, now, account }: Circumstances): boolean {
  if (answer.cachedAt > now + FUTURE_TOLERANCE_MS) return false;
  return answer.credentials === stamp || account() === 'same' || account() === 'unknown';
}
