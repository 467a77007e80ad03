import type { Policy } from '../../src/resolve/decide.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';

/** One caller: its question, and the times of its calls. */
export interface Caller {
  readonly kind: 'terminal' | 'bar' | 'status line' | 'cron' | 'person';
  readonly policy: Policy;
  readonly sendsUncached: boolean;
  readonly waitsForOthers: boolean;
  /** The time of the next call after `now`, epoch ms, and whether it forces a refresh (`refresh --force`). */
  next(now: number): { readonly at: number; readonly force: boolean };
}

/** Working hours by day of the week from Monday: from and to, hours. */
const WORK: readonly (readonly [number, number] | null)[] = [
  [8.5, 18.5],
  [8.5, 18.5],
  [8.5, 18.5],
  [8.5, 18.5],
  [8.5, 16],
  [10, 13],
  null,
];

/** The work of a day; null on a day off. */
export function workOf(begin: number, day: number): { readonly from: number; readonly to: number } | null {
  const hours = WORK[day] ?? null;
  if (hours === null) return null;
  const [from, to] = hours;
  return { from: begin + day * DAY + from * HOUR, to: begin + day * DAY + to * HOUR };
}

/** Whether a time is within working hours. */
export function atWork(begin: number, now: number): boolean {
  const work = workOf(begin, Math.floor((now - begin) / DAY));
  return work !== null && now >= work.from && now < work.to;
}

/** The same time if it is within working hours, else the next start of work; Infinity at the end of the week. */
function atWorkOrLater(begin: number, at: number): number {
  for (let day = Math.floor((at - begin) / DAY); day < WORK.length; day += 1) {
    const work = workOf(begin, day);
    if (work !== null && at < work.to) return Math.max(at, work.from);
  }
  return Number.POSITIVE_INFINITY;
}

/** Sixty callers of one account. */
export function sixtyCallers(begin: number, random: () => number): Caller[] {
  const waiting = (mean: number) => Math.round(-Math.log(1 - random()) * mean);
  const make = (count: number, one: (index: number) => Caller) =>
    Array.from({ length: count }, (_, n) => one(n));
  const prompt = { policy: 'background', sendsUncached: false, waitsForOthers: false } as const;
  const atWorkNext = (now: number, pause: number) => ({
    at: atWorkOrLater(begin, now + pause),
    force: false,
  });

  return [
    // A prompt every few seconds while the user types, with pauses.
    ...make(20, () => ({
      kind: 'terminal' as const,
      ...prompt,
      next: (now: number) =>
        atWorkNext(now, random() < 0.9 ? 2 * SECOND + waiting(8 * SECOND) : waiting(10 * MINUTE)),
    })),
    // Every 15 s, day and night, wherever a session is open.
    ...make(12, (index) => ({
      kind: 'bar' as const,
      ...prompt,
      next: (now: number) => {
        const phase = begin + index * 1250;
        return { at: phase + (Math.floor((now - phase) / (15 * SECOND)) + 1) * 15 * SECOND, force: false };
      },
    })),
    // A few a minute while Claude Code works.
    ...make(14, () => ({
      kind: 'status line' as const,
      ...prompt,
      next: (now: number) =>
        atWorkNext(now, random() < 0.95 ? SECOND + waiting(4 * SECOND) : waiting(15 * MINUTE)),
    })),
    // `refresh --quiet`, all of them at the same second.
    ...make(8, () => ({
      kind: 'cron' as const,
      policy: 'wait' as const,
      sendsUncached: true,
      waitsForOthers: true,
      next: (now: number) => ({ at: (Math.floor(now / (10 * MINUTE)) + 1) * 10 * MINUTE, force: false }),
    })),
    // `show`, and `refresh --force` again and again by users who do not like the numbers.
    ...make(6, (index) => ({
      kind: 'person' as const,
      policy: 'wait' as const,
      sendsUncached: true,
      waitsForOthers: index % 2 === 1,
      next: (now: number) => {
        const again = random() < 0.7;
        const at = atWorkOrLater(
          begin,
          now + (again ? 2 * SECOND + waiting(15 * SECOND) : waiting(40 * MINUTE)),
        );
        return { at, force: index % 2 === 1 };
      },
    })),
  ];
}
