import { expect } from 'vitest';
import type { Usage, Window } from '../../src/usage/model.ts';
import { parseReport, READ_WINDOWS, WINDOW_LENGTHS } from '../../src/usage/session.ts';
import type { ReadWindow, Report, Reported } from '../../src/usage/session.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { iso } from '../support/build.ts';

/** What a session says of one window. */
export interface Said {
  /** A number of its own, what it said last, what any session ever said; nothing, or nothing that can be used. */
  readonly says: 'new' | 'again' | 'copy' | 'nothing' | 'broken';
  /** Percent used, of a number of its own; which one, of a copied one. */
  readonly use: number;
  /** When the window ends: as last heard of, a second off, …, or not told at all. */
  readonly reset: 'same' | 'jitter' | 'earlier' | 'next' | 'past' | 'impossible' | 'untold';
  readonly form: 'seconds' | 'text';
  /** 14.000000000000002 for 14. */
  readonly noise: boolean;
}

/** One run of the status line command. */
export interface Status {
  readonly session: 'a' | 'b' | 'c';
  readonly five_hour: Said;
  readonly seven_day: Said;
}

/** A number as a session told it when that was something new. */
interface Utterance extends Reported {
  readonly window: ReadWindow;
  /** Who was signed in, and the stamp of the credentials. */
  readonly owner: string | null;
  readonly stamp: string | null;
  readonly at: number;
  /** When a new response last said the same. */
  confirmedAt: number;
}

/** What one session said last. */
type Memory = Record<ReadWindow, Reported | null> & { at: number };

/** Who is signed in at some moment. */
export interface Login {
  readonly owner: string | null;
  readonly stamp: string | null;
}

/** Of one window still: docs/specs/sources.md. */
const TOLERANCE = MINUTE;
const FORGOTTEN = 7 * DAY;

/**
 * Everything that sessions of Claude Code have ever told, and what may be made of it. Nothing here knows how numbers
 * of two sources are put together, only what may never come of it.
 */
export class Sessions {
  readonly #said: Utterance[] = [];
  readonly #memories = new Map<string, Memory>();
  /** Ends of windows as anybody last told of them. */
  readonly #ends = new Map<ReadWindow, number>();

  /** What a session reported last. */
  memoryOf(session: string): Memory | undefined {
    return this.#memories.get(session);
  }

  /** When any of them last said something new, epoch ms. */
  get lastSaidAt(): number {
    return Math.max(...this.#said.map(({ at }) => at));
  }

  /** The endpoint told of a window. */
  heard(window: ReadWindow, end: number): void {
    this.#ends.set(window, end);
  }

  /** What sessions said is on disk no more. */
  forget(): void {
    this.#memories.clear();
  }

  /** What Claude Code writes to the standard input of its status line command. */
  textOf({ session, ...windows }: Status, now: number): string {
    const limits = READ_WINDOWS.map((name) => [name, this.#limitOf(session, name, windows[name], now)]);
    return JSON.stringify({
      session_id: session,
      model: { display_name: 'Opus 4.5' },
      rate_limits: Object.fromEntries(limits.filter(([, limit]) => limit !== null)),
    });
  }

  #limitOf(session: string, name: ReadWindow, said: Said, now: number): Record<string, unknown> | null {
    if (said.says === 'nothing') return null;
    if (said.says === 'broken') return { used_percentage: -said.use - 1, resets_at: now / SECOND + 60 };
    const every = this.#said.filter(({ window, resetsAt }) => window === name && resetsAt !== null);
    const old = said.says === 'again' ? this.#memories.get(session)?.[name] : every[said.use % every.length];
    const told = said.says === 'new' || old == null ? null : old;
    // No two new numbers are the same, and none is one of the endpoint's.
    const percent = told?.percent ?? Number((said.use + 0.25 + (this.#said.length + 1) * 1e-4).toFixed(4));
    const end = told ? told.resetsAt : this.#endOf(name, said.reset, now);
    const second = said.reset === 'jitter' ? SECOND : 0;
    const resets = end === null ? {} : { resets_at: written(end + second, said.form) };
    return { used_percentage: said.noise ? percent + 4e-15 : percent, ...resets };
  }

  #endOf(name: ReadWindow, reset: Said['reset'], now: number): number | null {
    const length = WINDOW_LENGTHS[name];
    const last = this.#ends.get(name) ?? now + length / 2;
    const end = last > now ? last : last + length > now ? last + length : now + length / 2;
    switch (reset) {
      case 'same':
      case 'jitter':
        return end;
      case 'earlier':
        return Math.max(now + MINUTE, end - HOUR);
      case 'next':
        return Math.min(end + HOUR, now + length);
      case 'past':
        return now - 10 * MINUTE;
      case 'impossible':
        return now + length + 2 * HOUR;
      case 'untold':
        return null;
    }
  }

  /**
   * A report was taken into account. What a session says again is nothing new, whoever has signed in since.
   * @returns whether it said anything that it had not said before
   */
  note(text: string, login: Login, now: number): boolean {
    const report = parseReport(text, now) as Report;
    const memory = this.#memories.get(report.session);
    const isNew = (name: ReadWindow) => !isRepeated(memory?.[name], report.windows[name]);
    if (!READ_WINDOWS.some(isNew)) return false;
    for (const name of READ_WINDOWS) {
      const reported = report.windows[name];
      if (reported === null) continue;
      if (isNew(name)) {
        this.#said.push({ ...reported, window: name, ...login, at: now, confirmedAt: now });
        if (reported.resetsAt !== null && reported.resetsAt > now) this.#ends.set(name, reported.resetsAt);
      } else {
        // A new response has said so as well, for its other number moved.
        const same = this.#said.filter(
          ({ window, percent }) => window === name && percent === reported.percent,
        );
        for (const one of same) one.confirmedAt = Math.max(one.confirmedAt, now);
      }
    }
    for (const [other, { at }] of this.#memories) if (now - at >= FORGOTTEN) this.#memories.delete(other);
    const last = (name: ReadWindow) => report.windows[name] ?? memory?.[name] ?? null;
    this.#memories.set(report.session, {
      at: now,
      five_hour: last('five_hour'),
      seven_day: last('seven_day'),
    });
    return true;
  }

  /**
   * What is shown as the status line's was told by a session, at that very moment, to whoever is signed in.
   * @param logins those between the look at the files and the answer
   */
  expectTold(window: Window, logins: readonly Login[], now: number): void {
    const said = this.#said.filter(
      ({ window: name, percent, at }) =>
        name === window.id && percent === window.usedPercent && at === window.readAt,
    );
    // Who does not say when the window ends speaks of the one that is known.
    const known = said.some(({ resetsAt }) => resetsAt === null || resetsAt === window.resetsAt);
    expect(known, `${window.id}: told by a session, when it is said to be`).toBe(true);
    const over = window.resetsAt !== null && window.resetsAt <= now;
    expect(over, 'a window that is over has no percentage').toBe(false);
    // A login file that was rewritten for the same account, or for one that is not known, changes nothing.
    const own = said.some((it) =>
      logins.some(({ stamp, owner }) => stamp === it.stamp || it.owner === null || it.owner === owner),
    );
    expect(own, 'read with the credentials of now, or of the same account').toBe(true);
    // Where there is no stamp, nobody can see credentials change.
    const people = logins.map(({ owner }) => owner);
    const sure = said.every(({ owner }) => owner !== null) && !people.includes(null);
    if (!sure || logins.some(({ stamp }) => stamp === null)) return;
    expect(people, 'the account of what is shown').toContain(said.at(-1)?.owner);
  }

  /** When a number was right, as far as anybody can know, epoch ms. */
  confirmedAt({ id, usedPercent, readAt, source }: Window): number {
    if (source === 'endpoint' || usedPercent === null) return readAt;
    const said = this.#said.filter(({ window, percent }) => window === id && percent === usedPercent);
    return Math.max(...said.map(({ confirmedAt }) => confirmedAt));
  }
}

/**
 * What may become of the numbers on every other line when a session reports, and the endpoint is not asked.
 * @param memory what the session reported last
 * @param canAsk no sign-in error keeps the endpoint from being asked
 */
export function expectProgress(
  before: Usage,
  after: Usage,
  text: string,
  memory: Memory | undefined,
  canAsk: boolean,
): void {
  const now = after.generatedAt;
  const report = parseReport(text, now) as Report;
  // A report is not compared with numbers whose owner is unknown.
  if (before.ownerUnknown) return;
  for (const old of before.windows) {
    const name = old.id as ReadWindow;
    // What is as old as that stands beside no newer number; what was read ahead of the clock does not count.
    if (now - old.readAt >= DAY || old.readAt > now) continue;
    const next = after.windows.find(({ id }) => id === old.id);
    const said = report.windows[name] ?? null;
    expect(next, 'no window goes because of a report').toBeDefined();
    if (next === undefined || (next.readAt === old.readAt && next.usedPercent === old.usedPercent)) continue;
    expect(said, 'a window that is not reported stays as it was').not.toBeNull();
    if (said === null) continue;
    expect(next, 'the number is that of the report').toMatchObject({
      source: 'statusline',
      usedPercent: said.percent,
      readAt: now,
    });
    expect(isRepeated(memory?.[name], said), 'a repeated number is no news').toBe(false);
    // A window without a reset is over once its length is.
    const ended = old.resetsAt === null ? now - old.readAt >= WINDOW_LENGTHS[name] : old.resetsAt <= now;
    if (ended || old.usedPercent === null) continue;
    // Where the endpoint cannot be asked, the changing number of a session counts, although its first report was lower.
    const moves = !canAsk && memory?.[name] != null;
    if (sameWindow(old, next) && next.usedPercent! < old.usedPercent && !moves)
      expect(memory?.[name]?.percent, 'only a session’s own number falls').toBeGreaterThan(next.usedPercent!);
    if (!sameWindow(old, next) && canAsk)
      expect(old.source, 'a window that runs by the endpoint’s answer stays').toBe('statusline');
  }
}

function isRepeated(previous: Reported | null | undefined, reported: Reported | null): boolean {
  if (reported === null) return true;
  return previous != null && previous.percent === reported.percent && sameWindow(previous, reported);
}

function sameWindow(a: Pick<Reported, 'resetsAt'>, b: Pick<Reported, 'resetsAt'>): boolean {
  return a.resetsAt === null || b.resetsAt === null || Math.abs(a.resetsAt - b.resetsAt) <= TOLERANCE;
}

function written(at: number, form: Said['form']): number | string {
  return form === 'seconds' ? Math.ceil(at / SECOND) : iso(at);
}
