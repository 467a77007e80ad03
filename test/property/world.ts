import { claudeReader } from '../../src/fetch/claude/reader.ts';
import fs from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parseEntry } from '../support/claude.ts';
import type { Outcome } from '../../src/fetch/provider.ts';
import type { Policy } from '../../src/resolve/decide.ts';
import type { ResolveDeps } from '../../src/resolve/read-state.ts';
import type { State } from '../../src/resolve/read-state.ts';
import { sessionUsage } from '../../src/resolve/session-usage.ts';
import { isUnchanged, storeReport } from '../../src/resolve/store-report.ts';
import type { ReportOutcome } from '../../src/resolve/store-report.ts';
import { resolve, startOf } from '../../src/resolve/resolve.ts';
import type { Resolution } from '../../src/resolve/resolve.ts';
import { isSignIn } from '../../src/usage/failure.ts';
import type { RefreshCode } from '../../src/usage/failure.ts';
import type { Bucket } from '../../src/fetch/claude/wire.ts';
import type { Snapshot } from '../../src/usage/snapshot.ts';
import type { Usage } from '../../src/usage/model.ts';
import { parseReport } from '../../src/fetch/claude/report.ts';
import { REPORTED_WINDOWS } from '../support/claude.ts';
import type { ReportedWindow } from '../support/claude.ts';
import type { Report } from '../../src/usage/report.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { iso } from '../support/build.ts';
import { asker, fakeProvider } from '../support/provider.ts';
import type { FakeProvider } from '../support/provider.ts';
import { fakeSystem } from '../support/system.ts';
import type { FakeSystem } from '../support/system.ts';
import { expectPromises } from './promises.ts';
import { expectProgress, Sessions } from './sessions.ts';
import type { Login, Status } from './sessions.ts';

/** What the endpoint does with the next request. */
export interface NextResponse {
  readonly comes: 'usage' | 'killed' | RefreshCode;
  readonly retryAfter?: string | null;
  /** Its duration on the wall clock, ms: a machine can sleep meanwhile, or its clock can be set back. */
  readonly takes: number;
  /** When a window of the response resets, ms from now. */
  readonly resets: number;
  /** The same for the week; undefined: the response has no week. */
  readonly weekResets?: number;
  /** Another account signs in during the request. */
  readonly meanwhile?: 'nothing' | 'renewed' | 'switched';
}

/** The options of a question that decide about requests. */
export interface Options {
  readonly policy: Policy;
  readonly force: boolean;
  readonly sendsUncached: boolean;
  readonly waitsForOthers: boolean;
}

export type File = 'usage.json' | 'statusline.json' | 'usage.lock' | 'attempt' | 'everything';

/** One event. */
export type Event =
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'resolve'; readonly question: Options; readonly response: NextResponse }
  | { readonly do: 'both'; readonly question: readonly [Options, Options]; readonly response: NextResponse }
  | { readonly do: 'status'; readonly status: Status; readonly response: NextResponse }
  | { readonly do: 'sign in'; readonly as: 'same' | 'other' | 'unknown' | 'before' }
  | { readonly do: 'sign out' | 'expire' | 'lapse' | 'no fingerprint' | 'touch' }
  | { readonly do: 'remove'; readonly file: File }
  | { readonly do: 'damage'; readonly file: File; readonly text: string };

/** A request that was sent, and what has happened to its record since. */
interface Sent {
  readonly at: number;
  readonly fingerprint: string | null;
  readonly token: string;
  /** Sent less than a minute after another one, with another token. */
  readonly waived: boolean;
  /** Number of the stretch of time in which the clock only moved forward. */
  readonly stretch: number;
  /** The number of the fingerprint: it grows with every change of the login file. */
  readonly generation: number;
  /** Whether its record is still on disk. */
  inLock: boolean;
  inClaim: boolean;
}

/** A failure that starts a backoff. */
interface Block {
  readonly until: number;
  readonly stretch: number;
  /** A sign-in failure ends its backoff when the credentials change. */
  readonly generation: number | null;
  lost: boolean;
}

interface Issued {
  readonly owner: string | null;
  readonly token: string;
  readonly at: number;
}

interface Lock {
  readonly written_at: number;
  readonly requests: readonly number[];
}

/** The tolerance for timestamps from the future, ms. */
const TOLERANCE = 5 * SECOND;
/** The factor by which a caller's deadline runs faster than real time, so that no test waits for two seconds. */
const HURRY = 60;

/**
 * A machine with one account, and everything that is promised about it. The real `resolve` runs on real files;
 * clock, endpoint and users are simulated.
 */
export class World {
  readonly #system: FakeSystem;
  readonly #provider: FakeProvider;
  readonly #ask: ReturnType<typeof asker>['ask'];
  readonly #deps: ResolveDeps;
  readonly #sessions = new Sessions();
  readonly #cache: string;
  readonly #sent: Sent[] = [];
  /** The account of each percentage that the endpoint has returned: all percentages differ. */
  readonly #issued = new Map<number, Issued>();
  readonly #blocks: Block[] = [];
  #stretch = 0;
  #peak: number;
  #generation = 1;
  #earlier: { fingerprint: string | null; signedIn: string | null; token: string } = {
    fingerprint: 'fingerprint-0',
    signedIn: 'ada',
    token: 'token-0',
  };
  /** Numbers on disk can be ones that no response contained. */
  #planted = false;
  /** Files were damaged or removed, so that their content is unknown. */
  #spoilt = false;
  #several = false;
  /** The credentials are not those under which a report was last stored. */
  #rewritten = true;
  #response: NextResponse = { comes: 'usage', takes: 0, resets: HOUR };
  #delivered = false;

  constructor() {
    const start = performance.now();
    let asleep = 0;
    const system = fakeSystem();
    // The mutex uses the real clock, so the simulated clock starts there.
    system.setNow(Math.ceil(Date.now() / 1000) * 1000);
    this.#system = {
      ...system,
      monotonic: () => asleep + (performance.now() - start) * HURRY,
      random: () => 0.5,
      advance(ms) {
        asleep += Math.max(0, ms);
        system.setNow(system.now() + ms);
      },
    };
    this.#peak = system.now();
    this.#provider = fakeProvider(this.#system);
    this.#provider.respond = () => this.#respond();
    const connect = this.#provider.connect;
    // A keychain takes long enough for two callers to judge the budget before either sends.
    this.#provider.connect = async () => {
      const provider = await connect();
      if (this.#several) await new Promise((done) => setTimeout(done, 4));
      return provider;
    };
    const { ask, deps } = asker(this.#system, this.#provider);
    this.#ask = ask;
    this.#deps = deps;
    this.#cache = join(system.root, '.cache', 'usageline', 'claude');
  }

  async happen(event: Event): Promise<void> {
    switch (event.do) {
      case 'pass':
        return this.#pass(event.ms);
      case 'resolve':
        return this.#resolveAll([event.question], event.response);
      case 'both':
        return this.#resolveAll(event.question, event.response);
      case 'status':
        return this.#report(event.status, event.response);
      case 'sign in':
        return this.#signIn(event.as);
      case 'sign out':
        this.#newFingerprint();
        this.#provider.login = { ok: false, failure: { code: 'no_credentials' } };
        this.#provider.signedIn = null;
        return;
      case 'expire':
        this.#provider.login = { ok: false, failure: { code: 'token_expired' } };
        return;
      case 'lapse':
        this.#provider.login = { ok: false, failure: { code: 'token_lapsed' } };
        return;
      case 'no fingerprint':
        this.#setFingerprint(null);
        return;
      case 'touch':
        this.#setFingerprint(`fingerprint-${this.#generation + 1}`, this.#provider.token);
        return;
      case 'remove':
        return this.#spoil(event.file, null);
      case 'damage':
        return this.#spoil(event.file, event.text);
    }
  }

  /** In every final state, a caller that waits as long as announced gets its request within a day. */
  async expectAnEnd(): Promise<void> {
    this.#signIn('same');
    const insist: Options = { policy: 'wait', force: true, sendsUncached: true, waitsForOthers: true };
    const response: NextResponse = { comes: 'usage', takes: 0, resets: HOUR };
    const [start, before] = [this.#system.now(), this.#sent.length];
    for (let tries = 0; tries < 6; tries += 1) {
      const usage = await this.#resolveOne(insist, response);
      if (this.#sent.length > before) return;
      // A backoff without a failure (written by another program) is not shown beside data.
      const next = usage.error?.retryAt ?? this.#system.now() + DAY + 10 * SECOND;
      this.#pass(Math.max(1, next - this.#system.now()));
      expect(this.#system.now() - start, 'blocked longer than a day and an hour').toBeLessThanOrEqual(
        DAY + HOUR + 2 * MINUTE,
      );
    }
    expect.fail('no request was sent, although the caller came back when it was announced');
  }

  #pass(ms: number): void {
    this.#system.advance(ms);
    const now = this.#system.now();
    // A clock that is set back starts another stretch of time: timestamps ahead of it do not count,
    // or no request would be sent until the clock is there again.
    if (now < this.#peak - TOLERANCE) {
      this.#stretch += 1;
      this.#peak = now;
    }
    this.#peak = Math.max(this.#peak, now);
  }

  #newFingerprint(): void {
    this.#setFingerprint(`fingerprint-${this.#generation + 1}`);
  }

  #setFingerprint(fingerprint: string | null, token = `token-${fingerprint}`): void {
    const { currentFingerprint, signedIn, token: before } = this.#provider;
    if (fingerprint === currentFingerprint) return;
    this.#earlier = { fingerprint: currentFingerprint, signedIn, token: before };
    this.#provider.currentFingerprint = fingerprint;
    this.#provider.token = token;
    this.#generation += 1;
    this.#rewritten = true;
  }

  #signIn(as: 'same' | 'other' | 'unknown' | 'before'): void {
    this.#provider.login = { ok: true, value: null };
    if (as === 'before') {
      // A backup is restored: fingerprint and account as they once were.
      const { fingerprint, signedIn, token } = this.#earlier;
      this.#setFingerprint(fingerprint, token);
      this.#provider.signedIn = signedIn;
      return;
    }
    this.#newFingerprint();
    if (as === 'other') this.#provider.signedIn = this.#provider.signedIn === 'ada' ? 'grace' : 'ada';
    if (as === 'unknown') this.#provider.signedIn = null;
    if (as === 'same') this.#provider.signedIn ??= 'ada';
  }

  #spoil(file: File, text: string | null): void {
    const names = (fs.existsSync(this.#cache) ? fs.readdirSync(this.#cache) : []).filter(
      (name) => file === 'everything' || name === file || (file === 'attempt' && name.startsWith('attempt.')),
    );
    for (const name of names) {
      const path = join(this.#cache, name);
      if (text === null) fs.rmSync(path, { recursive: true });
      else {
        fs.rmSync(path, { recursive: true });
        fs.writeFileSync(path, text);
        fs.utimesSync(path, this.#system.now() / 1000, this.#system.now() / 1000);
      }
    }
    this.#spoilt = true;
    const lost = (name: File) => file === name || file === 'everything';
    if (lost('usage.lock')) for (const block of this.#blocks) block.lost = true;
    for (const sent of this.#sent) {
      if (lost('usage.lock')) sent.inLock = false;
      if (lost('attempt')) sent.inClaim = false;
    }
    if (lost('statusline.json')) {
      this.#sessions.forget();
      this.#rewritten = true;
    }
    if (text !== null && lost('usage.json')) this.#planted = true;
  }

  async #respond(): Promise<Outcome<Snapshot>> {
    const { comes, retryAfter, takes, resets, weekResets, meanwhile } = this.#response;
    const sent = this.#noteRequest();
    const at = this.#system.now();
    const { signedIn: owner, token } = this.#provider;
    // Long enough for another event in between.
    await new Promise((done) => setTimeout(done, 3));
    this.#pass(takes);
    if (meanwhile === 'renewed') this.#newFingerprint();
    if (meanwhile === 'switched') this.#signIn('other');
    if (comes === 'killed') throw new Error('killed');
    if (comes !== 'usage') {
      this.#noteBlock(comes, retryAfter ?? null, sent);
      const header = retryAfter === undefined ? {} : { retryAfter };
      return { ok: false, failure: { code: comes, ...header } };
    }
    this.#delivered = true;
    // The clock was set back during the request: a response that would be dated in the future is not stored.
    const five_hour = this.#issue('five_hour', { owner, token, at }, resets);
    const seven_day =
      weekResets === undefined ? null : this.#issue('seven_day', { owner, token, at }, weekResets);
    return { ok: true, value: { data: { five_hour, ...(seven_day && { seven_day }) }, plan: 'max_20x' } };
  }

  #issue(name: ReportedWindow, issued: Issued, resets: number): Bucket {
    const utilization = this.#issued.size + 0.5;
    const { at } = issued;
    this.#issued.set(utilization, { ...issued, at: Math.min(at, this.#system.now()) });
    this.#sessions.hasResponse(name, at + resets);
    return { utilization, resets_at: iso(at + resets) };
  }

  /** The shortest backoff after a failure; jitter and repetition only add to it. */
  #noteBlock(code: RefreshCode, retryAfter: string | null, { fingerprint, generation }: Sent): void {
    const demanded = /^\d+$/.test(retryAfter ?? '') ? Number(retryAfter) * SECOND : 0;
    const wait = isSignIn(code)
      ? (fingerprint === null ? 1 : 5) * MINUTE
      : code === 'rate_limited'
        ? demanded || 5 * MINUTE
        : MINUTE;
    this.#blocks.push({
      // The day counts from the second in which the lock was written.
      until: this.#system.now() + Math.min(wait, DAY - SECOND),
      stretch: this.#stretch,
      generation: isSignIn(code) ? generation : null,
      lost: false,
    });
  }

  /** The budget: whether a request may be sent now, given all requests that are still on record. */
  #noteRequest(): Sent {
    const at = this.#system.now();
    const { currentFingerprint: fingerprint, token } = this.#provider;
    const stretch = this.#sent.filter((sent) => sent.stretch === this.#stretch);
    const close = stretch.filter((sent) => at - sent.at < MINUTE && (sent.inClaim || sent.inLock));
    const request: Sent = {
      at,
      fingerprint,
      token,
      waived: close.length > 0,
      stretch: this.#stretch,
      generation: this.#generation,
      inLock: true,
      inClaim: true,
    };
    for (const block of this.#blocks) {
      const inForce = !block.lost && block.stretch === this.#stretch && at < block.until;
      const meant = block.generation === null || block.generation === this.#generation;
      expect(inForce && meant, 'no request is sent while a backoff is in force').toBe(false);
    }
    const hour = stretch.filter((sent) => sent.inLock && sent.at > at - HOUR);
    expect(hour.length + 1, 'requests within an hour').toBeLessThanOrEqual(24);
    if (request.waived) {
      expect(token, 'the token of a request less than a minute after another').not.toBe(close.at(-1)?.token);
      const earlier = stretch.filter((sent) => sent.waived && sent.inLock && at - sent.at < 5 * MINUTE);
      expect(earlier, 'waivers of the minute within five minutes').toEqual([]);
    }
    this.#sent.push(request);
    return request;
  }

  async #resolveAll(questions: readonly Options[], response: NextResponse): Promise<void> {
    this.#several = questions.length > 1;
    if (questions.length === 1) await this.#resolveOne(questions[0]!, response);
    else await this.#guarded(response, () => Promise.all(questions.map((one) => this.#resolved(one))));
  }

  async #resolveOne(question: Options, response: NextResponse): Promise<Usage> {
    const before = this.#sent.length;
    const free = question.policy === 'wait' && question.force && !this.#spoilt && this.#nothingInTheWay();
    const began = performance.now();
    const [usage] = await this.#guarded(response, async () => [await this.#resolved(question, true)]);
    // A machine that is busy for longer than the deadline sends no request.
    const inTime = (performance.now() - began) * HURRY < this.#deps.settings.timeoutMs;
    if (free && inTime)
      expect(this.#sent.length, 'a forced question sends a request if nothing prevents it').toBe(before + 1);
    return usage ?? (await this.#guarded(response, async () => [await this.#resolved(NEVER)]))[0]!;
  }

  /**
   * Whether nothing forbids a request: none in the last hour, none in a lock from the future, and no backoff. A
   * backoff that was written before the clock was set back does not count, or no request would be sent until the
   * clock is there again.
   */
  #nothingInTheWay(): boolean {
    const now = this.#system.now();
    const ahead = (at: number) => at > now + TOLERANCE;
    const path = join(this.#cache, 'usage.lock');
    const lock = fs.existsSync(path) ? (JSON.parse(fs.readFileSync(path, 'utf8')) as Lock) : null;
    return (
      this.#provider.login.ok &&
      (lock === null || (ahead(lock.written_at * SECOND) && lock.requests.length === 0)) &&
      this.#sent.every(({ at }) => ahead(at) || at < now - HOUR - SECOND)
    );
  }

  /** Resolves, and compares the files before and after: a failure never costs known numbers. */
  async #guarded(
    response: NextResponse,
    resolveNow: () => Promise<(Usage | null)[]>,
  ): Promise<(Usage | null)[]> {
    this.#response = response;
    this.#delivered = false;
    const known = this.#onDisk();
    const { currentFingerprint: fingerprint, token } = this.#provider;
    const usages = await resolveNow();
    if (!this.#delivered && known !== null) this.#expectKept(known, this.#onDisk(), { fingerprint, token });
    return usages;
  }

  /**
   * Checks that an entry changed in nothing but the fingerprint of a login file with the same token.
   *
   * @param login the one before: another account can sign in during the request
   */
  #expectKept(
    known: string,
    kept: string | null,
    login: { fingerprint: string | null; token: string },
  ): void {
    if (kept === known) return;
    const { credentials: _, ...before } = JSON.parse(known);
    const { credentials, ...after } = JSON.parse(kept ?? '{}');
    expect(after, 'good data are kept').toEqual(before);
    const { currentFingerprint, token } = this.#provider;
    const matching = [login, { fingerprint: currentFingerprint, token }].filter(
      ({ fingerprint }) => fingerprint === credentials,
    );
    const sentToken = this.#issued.get(after.data.five_hour.utilization)?.token;
    expect(
      matching.map((one) => one.token),
      'the token of that fingerprint',
    ).toContain(sentToken);
  }

  /** The text of `usage.json` if it contains data. */
  #onDisk(): string | null {
    const path = join(this.#cache, 'usage.json');
    const text = fs.existsSync(path) ? fs.readFileSync(path, 'utf8') : '';
    return parseEntry(text)?.data ? text : null;
  }

  /**
   * Whether the entry or the lock on disk belongs to another state of the login file. A request from the future
   * leaves a claim that does not count, so that the claim before it belongs to another state as well.
   */
  #hasOtherFingerprint(): boolean {
    if (this.#sent.some(({ at }) => at > this.#system.now() + TOLERANCE)) return true;
    return ['usage.json', 'usage.lock'].some((name) => {
      const path = join(this.#cache, name);
      const text = fs.existsSync(path) ? fs.readFileSync(path, 'utf8') : '';
      const [, credentials] = /"credentials":"([^"]*)"/.exec(text) ?? [];
      return credentials !== undefined && credentials !== this.#provider.currentFingerprint;
    });
  }

  /** Null: the process was killed. */
  async #resolved(question: Options, alone = false): Promise<Usage | null> {
    const before = this.#provider.authenticated;
    const login = this.#login();
    const otherFingerprint = this.#hasOtherFingerprint();
    let resolution: Resolution;
    try {
      resolution = await this.#ask(question);
    } catch (error) {
      if ((error as Error).message !== 'killed') throw error;
      this.#leaveMutexBehind();
      return null;
    }
    const { usage, startWorker } = resolution;
    this.#expectHonest(usage, [login, this.#login()]);
    // Beside reports a request is sent for the other limits, however fresh the numbers are.
    const alike = !fs.existsSync(join(this.#cache, 'statusline.json'));
    const spare = usage.state === 'fresh' && usage.source === 'cache' && alike;
    if (alone && (question.policy !== 'wait' || spare)) {
      // Only the credentials show whether the token is the one that was sent.
      const renewed =
        otherFingerprint ||
        (this.#sent.length > 0 && this.#sent.at(-1)?.fingerprint !== this.#provider.currentFingerprint);
      const unforced = !question.force || usage.error?.code === 'budget';
      const spared = question.policy !== 'wait' || (unforced && !renewed);
      if (spared)
        expect(this.#provider.authenticated, 'credentials are read only for a request').toBe(before);
    }
    // What `worker.ts` does after the response.
    if (startWorker) await this.#resolved(BEHIND);
    return usage;
  }

  /** What `usageline statusline` does: it stores the report and shows it beside the entry. */
  async #report(status: Status, response: NextResponse): Promise<void> {
    this.#several = false;
    const { usage: before } = await this.#ask(NEVER);
    const [known, authenticated] = [this.#onDisk(), this.#provider.authenticated];
    const now = this.#system.now();
    const text = this.#sessions.textOf(status, now);
    const report = parseReport(text, now);
    const memory = this.#sessions.memoryOf(status.session);
    const { paths, onDisk } = startOf(this.#deps);
    const outcome = report && storeReport(this.#deps, paths, report, onDisk.fingerprint);
    const stored = outcome?.stored ?? null;
    // Nothing is stored from a session that is known to belong to another login.
    const storedAt = stored?.reports.sessions.get(report?.session ?? '')?.at;
    const ignored = outcome?.foreign === true && storedAt !== now;
    const news = !ignored && this.#sessions.note(text, this.#login(), now);
    if (stored !== null) expect(news || this.#rewritten, 'news is written, or a new login').toBe(true);
    else expect(news, 'news is stored').toBe(false);
    if (report !== null && hasNumbers(report)) this.#rewritten = false;
    const sources = stored && isUnchanged(this.#system, paths, stored) ? stored : undefined;
    const question = {
      ...NEVER,
      policy: 'background',
      baseUrl: 'http://127.0.0.1:1',
      userAgent: 'usageline/test',
    } as const;
    const start = { paths, onDisk, ...(sources && { sources }) };
    const { usage, startWorker, state } = await resolve(this.#deps, question, start);
    this.#expectHonest(usage, [this.#login()]);
    const failure = state.backoff?.error ?? null;
    expectProgress(before, usage, text, memory, failure === null || !isSignIn(failure));
    if (report !== null && outcome !== null)
      this.#expectOwn(usage, state, report, outcome, onDisk.fingerprint);
    expect(this.#onDisk(), "the endpoint's numbers are not a session's to change").toBe(known);
    expect(this.#provider.authenticated, 'credentials are read only for a request').toBe(authenticated);
    // The files contain what was shown.
    const { usage: again } = await this.#ask(NEVER);
    expect(again.windows, 'what is kept is what was shown').toEqual(usage.windows);
    if (startWorker) await this.#guarded(response, async () => [await this.#resolved(BEHIND)]);
  }

  /** The line of the session shows every number of this report. */
  #expectOwn(
    shared: Usage,
    { read, decision }: State,
    report: Report,
    outcome: ReportOutcome,
    fingerprint: string | null,
  ): void {
    const now = this.#system.now();
    const entry = read.kind === 'entry' ? read.entry : null;
    const { settings } = this.#deps;
    const usage = sessionUsage({
      shared: { entry, freshness: decision.freshness, usage: shared, error: shared.error },
      report,
      ...outcome,
      fingerprint,
      reader: claudeReader,
      now,
      settings,
    });
    for (const name of REPORTED_WINDOWS) {
      const reported = report.windows[name] ?? null;
      if (reported === null || (reported.resetsAt !== null && reported.resetsAt <= now)) continue;
      const window = usage.windows.find(({ id }) => id === name);
      expect(window?.usedPercent, 'its own line shows what the call reported').toBe(reported.percent);
    }
    // An idle session repeats numbers that are too old for any other line.
    if ((usage.ageMs ?? 0) >= DAY) return;
    expectPromises(
      usage,
      usage.windows.flatMap(({ usedPercent }) => usedPercent ?? []),
    );
  }

  #login(): Login {
    return { owner: this.#provider.signedIn, fingerprint: this.#provider.currentFingerprint };
  }

  /** A killed process releases nothing. Six seconds ago by the real clock, which the mutex uses. */
  #leaveMutexBehind(): void {
    const path = join(this.#cache, 'refresh.mutex');
    fs.mkdirSync(path, { recursive: true });
    const at = Date.now() / 1000 - 6;
    fs.utimesSync(path, at, at);
  }

  /** @param logins before and after */
  #expectHonest(usage: Usage, logins: readonly Login[]): void {
    const shown = usage.windows.filter(({ usedPercent }) => usedPercent !== null);
    expectPromises(
      usage,
      shown.map(({ usedPercent }) => usedPercent as number),
    );
    const now = this.#system.now();
    const newest = Math.max(
      this.#sessions.lastReportAt,
      ...Array.from(this.#issued.values(), ({ at }) => at).filter((at) => at <= now + TOLERANCE),
    );
    if (usage.state === 'fresh' && !this.#planted)
      expect(now - newest, 'a fresh number is at most 180 s old').toBeLessThan(180 * SECOND);
    const owners = logins.map(({ owner }) => owner);
    for (const window of shown) {
      expect(usage.cachedAt, 'no number is shown as newer than it is').toBeLessThanOrEqual(
        this.#sessions.confirmedAt(window),
      );
      if (window.source === 'statusline') {
        this.#sessions.expectReported(window, logins, now);
        continue;
      }
      const issued = this.#issued.get(window.usedPercent as number);
      if (issued === undefined) {
        expect(this.#planted, 'a number that no response contained').toBe(true);
        continue;
      }
      expect(window.readAt, 'numbers carry their own time').toBe(issued.at);
      // Without a fingerprint a change of credentials is invisible.
      const seen = this.#provider.currentFingerprint !== null;
      const known = seen && issued.owner !== null && !owners.includes(null);
      if (known) expect(owners, 'the account of what is shown').toContain(issued.owner);
    }
    const retryAt = usage.error?.retryAt ?? now;
    expect(retryAt, 'no announced wait is longer').toBeLessThanOrEqual(now + DAY + HOUR + 10 * SECOND);
  }
}

function hasNumbers({ windows }: Report): boolean {
  return REPORTED_WINDOWS.some((name) => windows[name] !== null);
}

const NEVER: Options = { policy: 'cached', force: false, sendsUncached: false, waitsForOthers: false };
/** The question of the worker. */
const BEHIND: Options = { ...NEVER, policy: 'wait' };
