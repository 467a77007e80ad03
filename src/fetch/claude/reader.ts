import type { SnapshotReader } from '../../usage/snapshot.ts';
import type { Origins } from '../../usage/report.ts';
import type { UsageDetails } from '../../usage/model.ts';
import { isoTime, parseTime } from '../../usage/time.ts';
import { parseUsageData } from './data.ts';
import { breakdownOf, locksOf, poolsOf } from './pools.ts';
import { bucketOf, extraUsageOf, lackingIn, resetsOf, windowsOf } from './windows.ts';
import type { BucketName, UsageData } from './wire.ts';

/** Windows, credits and details of Claude's data. */
export const claudeReader: SnapshotReader = {
  parse: parseUsageData,
  windows: windowsOf,
  credits: extraUsageOf,
  details: detailsOf,
  resets: resetsOf,
  lacking: lackingIn,
  numberOf: (data, window, readAt) => {
    const bucket = bucketOf(data, window as BucketName, readAt);
    return bucket && { percent: bucket.utilization, resetsAt: parseTime(bucket.resets_at), readAt };
  },
  withNumber: (data, window, { percent, resetsAt }) => ({
    ...data,
    [window]: { utilization: percent, resets_at: resetsAt === null ? null : isoTime(resetsAt) },
  }),
};

function detailsOf(data: UsageData, cachedAt: number, now: number, origins: Origins = {}): UsageDetails {
  const pools = poolsOf(data, cachedAt, now);
  const breakdown = breakdownOf(data);
  const locks = locksOf(data);
  const lacking = lackingIn(data, origins);
  return {
    ...(pools.length > 0 && { pools }),
    ...(breakdown.length > 0 && { breakdown }),
    ...(locks.length > 0 && { locks }),
    ...(lacking.length > 0 && { lacking }),
  };
}
