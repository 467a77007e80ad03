import type { Usage } from '../usage/model.ts';

/** A sentence for each limit that is locked, with the endpoint's reason. */
export function lockSentences({ windows, pools = [], locks = [] }: Usage): string[] {
  const locked = [
    ...windows.map(({ label, lockedReason }) => ({ label, reason: lockedReason ?? null })),
    ...pools.map(({ label, lockedReason: reason }) => ({ label, reason })),
    ...locks,
  ];
  return locked.flatMap(({ label, reason }) =>
    reason === null ? [] : [`${label} is locked: ${reason.replaceAll('_', ' ')}.`],
  );
}
