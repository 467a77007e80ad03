import { expect } from 'vitest';
import { isForeignSession, namesOtherLogin } from '../../src/fetch/claude/session-login.ts';
import { hasStoredLogin } from '../../src/fetch/claude/fingerprint.ts';
import { renderLine } from '../../src/render/line.ts';
import { sessionUsage } from '../../src/resolve/session-usage.ts';
import { storeReport } from '../../src/resolve/store-report.ts';
import { resolve, startOf } from '../../src/resolve/resolve.ts';
import type { RefreshFailure } from '../../src/usage/failure.ts';
import type { Usage } from '../../src/usage/model.ts';
import { parseResponse } from '../../src/fetch/claude/data.ts';
import { parseReport } from '../../src/fetch/claude/report.ts';
import { HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { NOW } from '../support/build.ts';
import { asker, fakeProvider } from '../support/provider.ts';
import type { FakeProvider } from '../support/provider.ts';
import { fakeSystem } from '../support/system.ts';
import type { FakeSystem } from '../support/system.ts';

/** A prompt, and the worker that it starts. */
const EVERY = MINUTE;

/** The usage of an account by window id, percent, exactly as its endpoint and its sessions report it. */
export type Used = Record<string, number>;

/** The true usage of one subscription. */
export interface Subscription {
  readonly owner: string;
  readonly organization: string;
  used: Used;
}

/** A session of Claude Code. */
export interface Session {
  readonly id: string;
  readonly of: Subscription;
  readonly env?: Record<string, string>;
  readonly began: number;
  /** The object that its status line command receives; null before its first response. */
  input: Record<string, unknown> | null;
}

interface Moment {
  readonly at: number;
  readonly of: string;
  readonly used: Used;
}

/**
 * A day that follows a script. The real resolve runs on real files with a simulated clock; subscriptions,
 * sessions and the endpoint follow the script. Every printed number must have been right within its printed age,
 * for the subscription whose login is in use.
 */
export class PlanDay {
  readonly begin = NOW;
  readonly lines: { readonly at: number; readonly line: string }[] = [];
  readonly #system: FakeSystem;
  readonly provider: FakeProvider;
  readonly #ask: ReturnType<typeof asker>['ask'];
  readonly #deps: ReturnType<typeof asker>['deps'];
  readonly #history: Moment[] = [];
  readonly #sessions: Session[] = [];
  #login: Subscription | null = null;
  #logins = 0;
  /** The body of the next responses, or their failure. */
  response: () => Record<string, unknown> | RefreshFailure = () => ({ code: 'network_error' });
  numbers = 0;

  constructor() {
    this.#system = fakeSystem({ env: {} });
    this.provider = fakeProvider(this.#system);
    this.provider.signedIn = null;
    this.provider.hasStoredLogin = hasStoredLogin;
    this.provider.isForeignSession = isForeignSession;
    this.provider.namesOtherLogin = namesOtherLogin;
    this.provider.respond = () => {
      const response = this.response();
      if ('code' in response) return { ok: false, failure: response as unknown as RefreshFailure };
      return { ok: true, value: { data: parseResponse(response), plan: null } };
    };
    const { ask, deps } = asker(this.#system, this.provider);
    this.#ask = ask;
    this.#deps = deps;
  }

  get now(): number {
    return this.#system.now();
  }

  /** Hours since the start of the day. */
  get hour(): number {
    return (this.now - this.begin) / HOUR;
  }

  /** Epoch ms of an hour of the day. */
  at(hour: number): number {
    return this.begin + hour * HOUR;
  }

  signIn(subscription: Subscription | null): void {
    this.#login = subscription;
    this.#logins += 1;
    this.provider.currentFingerprint = subscription ? `${this.now}:512:${this.#logins}` : 'absent absent';
    this.provider.token = `token-${this.#logins}`;
    this.provider.login = subscription
      ? { ok: true, value: null }
      : { ok: false, failure: { code: 'no_credentials' } };
    this.provider.identityNow = subscription && {
      kind: 'known',
      accountId: subscription.owner,
      organizationId: subscription.organization,
      accountName: null,
      organizationName: null,
    };
  }

  /** Rewrites the login file for the same account: its token was renewed, or that of an MCP server. */
  rewriteLogin(): void {
    this.signIn(this.#login);
  }

  session(id: string, of: Subscription, env: Record<string, string> = {}): Session {
    const session: Session = { id, of, env, began: this.now, input: null };
    this.#sessions.push(session);
    return session;
  }

  /** A response of the model: usage grows, and the session receives it. */
  use(session: Session, used: Used, limits: Record<string, unknown>): void {
    session.of.used = { ...session.of.used, ...used };
    this.#note(session.of);
    session.input = limits;
  }

  /** A change of usage without a session: a reset, another plan, another machine. */
  change({ of, used }: { of: Subscription; used: Used }): void {
    of.used = used;
    this.#note(of);
  }

  #note({ owner, organization, used }: Subscription): void {
    this.#history.push({ at: this.now, of: `${owner} ${organization}`, used: { ...used } });
  }

  /** Lets time pass; there is a prompt every minute, and `each` is called. */
  async until(hour: number, each: () => void | Promise<void> = () => {}): Promise<void> {
    for (; this.now < this.at(hour); this.#system.advance(EVERY)) {
      await each();
      await this.prompt();
    }
  }

  /** Checks the line of a prompt, and runs the worker that it starts. */
  async prompt(): Promise<string> {
    const { usage, startWorker: startBackground } = await this.#ask({
      policy: 'background',
      sendsUncached: false,
    });
    const line = renderLine(usage, { color: false });
    this.lines.push({ at: this.now, line });
    if (this.#login) this.#expectTrue(usage, line, this.#login);
    if (startBackground) await this.#ask({ policy: 'wait', sendsUncached: false });
    return line;
  }

  /** Checks the status line of a session. */
  async statusline(session: Session): Promise<string> {
    const system = { ...this.#system, env: { ...this.#system.env, ...session.env } };
    const deps = { ...this.#deps, system };
    const text = JSON.stringify({
      session_id: session.id,
      cost: { total_duration_ms: this.now - session.began },
      ...(session.input && { rate_limits: session.input }),
    });
    const report = parseReport(text, this.now);
    if (report === null) throw new Error('no report');
    const { paths, onDisk } = startOf(deps);
    const outcome = storeReport(deps, paths, report, onDisk.fingerprint);
    const {
      usage: shared,
      startWorker: startBackground,
      state: seen,
    } = await resolve(
      deps,
      {
        policy: 'background',
        force: false,
        sendsUncached: false,
        waitsForOthers: false,
        baseUrl: 'http://127.0.0.1:1',
        userAgent: 'usageline/test',
      },
      startOf(deps),
    );
    const entry = seen.read.kind === 'entry' ? seen.read.entry : null;
    const usage = sessionUsage({
      shared: { entry, freshness: seen.decision.freshness, usage: shared, error: shared.error },
      report,
      ...outcome,
      fingerprint: onDisk.fingerprint,
      reader: deps.provider.reader,
      now: this.now,
      settings: deps.settings,
    });
    const line = renderLine(usage, { color: false });
    const hasNumbers = session.input !== null && Object.keys(session.input).length > 0;
    this.#expectTrue(usage, line, hasNumbers ? session.of : (this.#login ?? session.of));
    for (const [name, limit] of Object.entries(session.input ?? {})) {
      const { used_percentage: percent, resets_at: resets } = limit as Record<string, number>;
      if (resets !== undefined && resets * SECOND <= this.now) continue;
      const window = usage.windows.find(({ id }) => id === name);
      expect(window?.usedPercent, `${name} in ${line}: what the call reports is shown`).toBe(percent);
    }
    if (startBackground) await this.#ask({ policy: 'wait', sendsUncached: false });
    return line;
  }

  /** Checks that every number was the subscription's within the printed age. */
  #expectTrue(usage: Usage, line: string, { owner, organization }: Subscription): void {
    const { state, ageMs, restAgeMs, windows } = usage;
    if (state !== 'fresh' && state !== 'stale') return;
    const own = this.#history.filter(({ of }) => of === `${owner} ${organization}`);
    for (const { id, usedPercent, source, resetsAt } of windows) {
      if (usedPercent === null) continue;
      this.numbers += 1;
      expect(resetsAt === null || resetsAt > this.now, `${id} in ${line}: no window that has ended`).toBe(
        true,
      );
      const rest = Math.max(15 * MINUTE, restAgeMs ?? 0);
      const scoped = source === 'endpoint' && id !== 'five_hour' && id !== 'seven_day';
      const claimed = state === 'stale' ? (ageMs ?? 0) : scoped ? rest : 3 * MINUTE;
      const since = this.now - claimed - MINUTE;
      const first = own.findLastIndex(({ at }) => at <= since);
      const values = own.slice(Math.max(0, first)).map(({ used }) => used[id]);
      expect(values, `${id} in ${line}, ${this.hour.toFixed(2)} h into the day`).toContain(usedPercent);
    }
  }

  /** The lines of the prompts between two hours. */
  between(from: number, to: number): string[] {
    return this.lines.filter(({ at }) => at >= this.at(from) && at < this.at(to)).map(({ line }) => line);
  }
}
