import { expect } from 'vitest';
import type { Usage, Window } from '../../src/usage/model.ts';
import { parseReport } from '../../src/fetch/claude/report.ts';
import { REPORTED_WINDOWS, WINDOW_LENGTHS } from '../support/claude.ts';
import type { ReportedWindow } from '../support/claude.ts';
import type { Report, Reported } from '../../src/usage/report.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { iso } from '../support/build.ts';

/** One window in a session's report. */
export interface ReportedPart {
  /** A new number, the session's last number, a number of any session, none, or one that is not valid. */
  readonly number: 'new' | 'again' | 'copy' | 'none' | 'broken';
  /** Percent used for a new number; an index for a copied one. */
  readonly use: number;
  /** The end of the window: the last one reported, one that is off by a second, …, or none. */
  readonly reset: 'same' | 'jitter' | 'earlier' | 'next' | 'past' | 'impossible' | 'none';
  readonly form: 'seconds' | 'text';
  /** Writes 14 as 14.000000000000002. */
  readonly noise: boolean;
}

/** One call of the status line command. */
export interface Status {
  readonly session: 'a' | 'b' | 'c';
  readonly five_hour: ReportedPart;
  readonly seven_day: ReportedPart;
}

/** A number at the time when a session first reported it. */
interface FirstReport extends Reported {
  readonly window: ReportedWindow;
  /** The account that was signed in, and the fingerprint of the credentials. */
  readonly owner: string | null;
  readonly fingerprint: string | null;
  readonly at: number;
  /** When a new report last repeated the number, epoch ms. */
  confirmedAt: number;
}

/** The last report of one session. */
type Memory = Record<ReportedWindow, Reported | null> & { at: number };

/** The account that is signed in at a given time. */
export interface Login {
  readonly owner: string | null;
  readonly fingerprint: string | null;
}

/** Whether both belong to one window: docs/specs/sources.md. */
const TOLERANCE = MINUTE;
const FORGOTTEN = 7 * DAY;

/**
 * All reports of all sessions, and what may be concluded from them. It does not know how the code under test
 * merges two sources, only which results are wrong.
 */
export class Sessions {
  readonly #reported: FirstReport[] = [];
  readonly #memories = new Map<string, Memory>();
  /** The ends of windows by the latest report or response. */
  readonly #ends = new Map<ReportedWindow, number>();

  /** The last report of each session. */
  memoryOf(session: string): Memory | undefined {
    return this.#memories.get(session);
  }

  /** When a session last reported something new, epoch ms. */
  get lastReportAt(): number {
    return Math.max(...this.#reported.map(({ at }) => at));
  }

  /** Records that a response contained the window. */
  hasResponse(window: ReportedWindow, end: number): void {
    this.#ends.set(window, end);
  }

  /** Records that the stored reports were removed from disk. */
  forget(): void {
    this.#memories.clear();
  }

  /** The text that Claude Code writes to the standard input of its status line command. */
  textOf({ session, ...windows }: Status, now: number): string {
    const limits = REPORTED_WINDOWS.map((name) => [name, this.#limitOf(session, name, windows[name], now)]);
    return JSON.stringify({
      session_id: session,
      model: { display_name: 'Opus 4.5' },
      rate_limits: Object.fromEntries(limits.filter(([, limit]) => limit !== null)),
    });
  }

  #limitOf(
    session: string,
    name: ReportedWindow,
    part: ReportedPart,
    now: number,
  ): Record<string, unknown> | null {
    if (part.number === 'none') return null;
    if (part.number === 'broken') return { used_percentage: -part.use - 1, resets_at: now / SECOND + 60 };
    const every = this.#reported.filter(({ window, resetsAt }) => window === name && resetsAt !== null);
    const old =
      part.number === 'again' ? this.#memories.get(session)?.[name] : every[part.use % every.length];
    const repeated = part.number === 'new' || old == null ? null : old;
    // All new numbers differ from each other and from those of the endpoint.
    const percent =
      repeated?.percent ?? Number((part.use + 0.25 + (this.#reported.length + 1) * 1e-4).toFixed(4));
    const end = repeated ? repeated.resetsAt : this.#endOf(name, part.reset, now);
    const second = part.reset === 'jitter' ? SECOND : 0;
    const resets = end === null ? {} : { resets_at: written(end + second, part.form) };
    return { used_percentage: part.noise ? percent + 4e-15 : percent, ...resets };
  }

  #endOf(name: ReportedWindow, reset: ReportedPart['reset'], now: number): number | null {
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
      case 'none':
        return null;
    }
  }

  /**
   * Records a report. A repetition is not new, even if another account has signed in since.
   *
   * @returns whether the report contained anything new
   */
  note(text: string, login: Login, now: number): boolean {
    const report = parseReport(text, now) as Report;
    const memory = this.#memories.get(report.session);
    const isNew = (name: ReportedWindow) => !isRepeated(memory?.[name], report.windows[name] ?? null);
    if (!REPORTED_WINDOWS.some(isNew)) return false;
    for (const name of REPORTED_WINDOWS) {
      const reported = report.windows[name] ?? null;
      if (reported === null) continue;
      if (isNew(name)) {
        this.#reported.push({ ...reported, window: name, ...login, at: now, confirmedAt: now });
        if (reported.resetsAt !== null && reported.resetsAt > now) this.#ends.set(name, reported.resetsAt);
      } else {
        // A new report repeats this number as well, because its other number changed.
        const same = this.#reported.filter(
          ({ window, percent }) => window === name && percent === reported.percent,
        );
        for (const one of same) one.confirmedAt = Math.max(one.confirmedAt, now);
      }
    }
    for (const [other, { at }] of this.#memories) if (now - at >= FORGOTTEN) this.#memories.delete(other);
    const last = (name: ReportedWindow) => report.windows[name] ?? memory?.[name] ?? null;
    this.#memories.set(report.session, {
      at: now,
      five_hour: last('five_hour'),
      seven_day: last('seven_day'),
    });
    return true;
  }

  /**
   * Checks that a number shown as the status line's was reported by a session at that moment, for the account
   * that is signed in.
   *
   * @param logins the logins between reading the files and the result
   */
  expectReported(window: Window, logins: readonly Login[], now: number): void {
    const reports = this.#reported.filter(
      ({ window: name, percent, at }) =>
        name === window.id && percent === window.usedPercent && at === window.readAt,
    );
    // A report without a reset time belongs to the current window.
    const known = reports.some(({ resetsAt }) => resetsAt === null || resetsAt === window.resetsAt);
    expect(known, `${window.id}: reported by a session, if it is shown as such`).toBe(true);
    const over = window.resetsAt !== null && window.resetsAt <= now;
    expect(over, 'a window that is over has no percentage').toBe(false);
    // A login file that was rewritten for the same account or for an unknown one changes nothing.
    const own = reports.some((it) =>
      logins.some(
        ({ fingerprint, owner }) => fingerprint === it.fingerprint || it.owner === null || it.owner === owner,
      ),
    );
    expect(own, 'read with the credentials of now, or of the same account').toBe(true);
    // Without a fingerprint a change of credentials is invisible.
    const people = logins.map(({ owner }) => owner);
    const sure = reports.every(({ owner }) => owner !== null) && !people.includes(null);
    if (!sure || logins.some(({ fingerprint }) => fingerprint === null)) return;
    expect(people, 'the account of what is shown').toContain(reports.at(-1)?.owner);
  }

  /** The last time at which a number is known to have been right, epoch ms. */
  confirmedAt({ id, usedPercent, readAt, source }: Window): number {
    if (source === 'endpoint' || usedPercent === null) return readAt;
    const reports = this.#reported.filter(({ window, percent }) => window === id && percent === usedPercent);
    return Math.max(...reports.map(({ confirmedAt }) => confirmedAt));
  }
}

/**
 * Which numbers other lines may show after a report without a request.
 *
 * @param memory the last report of the session
 * @param canAsk whether a request is possible: there is no sign-in error
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
  // A report is not compared with numbers of an unknown account.
  if (before.ownerUnknown) return;
  for (const old of before.windows) {
    const name = old.id as ReportedWindow;
    // Such an old number is only shown without a newer one; a number from the future does not count.
    if (now - old.readAt >= DAY || old.readAt > now) continue;
    const next = after.windows.find(({ id }) => id === old.id);
    const reported = report.windows[name] ?? null;
    expect(next, 'no window goes because of a report').toBeDefined();
    if (next === undefined || (next.readAt === old.readAt && next.usedPercent === old.usedPercent)) continue;
    expect(reported, 'a window that is not reported stays as it was').not.toBeNull();
    if (reported === null) continue;
    expect(next, 'the number is that of the report').toMatchObject({
      source: 'statusline',
      usedPercent: reported.percent,
      readAt: now,
    });
    expect(isRepeated(memory?.[name], reported), 'a repeated number is no news').toBe(false);
    // A window without a reset ends after its length.
    const ended = old.resetsAt === null ? now - old.readAt >= WINDOW_LENGTHS[name] : old.resetsAt <= now;
    if (ended || old.usedPercent === null) continue;
    // Without requests, a session whose numbers change is trusted from its first report on.
    const moves = !canAsk && memory?.[name] != null;
    if (sameWindow(old, next) && next.usedPercent! < old.usedPercent && !moves)
      expect(memory?.[name]?.percent, 'only a session’s own number falls').toBeGreaterThan(next.usedPercent!);
    if (!sameWindow(old, next) && canAsk)
      expect(old.source, 'a window that the response has under way stays').toBe('statusline');
  }
}

function isRepeated(previous: Reported | null | undefined, reported: Reported | null): boolean {
  if (reported === null) return true;
  return previous != null && previous.percent === reported.percent && sameWindow(previous, reported);
}

function sameWindow(a: Pick<Reported, 'resetsAt'>, b: Pick<Reported, 'resetsAt'>): boolean {
  return a.resetsAt === null || b.resetsAt === null || Math.abs(a.resetsAt - b.resetsAt) <= TOLERANCE;
}

function written(at: number, form: ReportedPart['form']): number | string {
  return form === 'seconds' ? Math.ceil(at / SECOND) : iso(at);
}
