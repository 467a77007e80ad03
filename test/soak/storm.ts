import { SECOND } from '../../src/usage/time.ts';
import type { Call } from './callers.ts';
import { isOf, processesOf, signal } from './processes.ts';
import type { Login, Stage } from './stage.ts';
import type { Tally } from './tally.ts';

/** The shares of all callers and workers that are killed and stopped. */
const CALLERS = { killed: 0.2, stopped: 0.08 };
const REFRESHERS = { killed: 0.3, stopped: 0.3 };
/**
 * How long after its start a process is hit, at the latest, ms. Most are hit early, because most end within 200
 * ms.
 */
const HIT_WITHIN_MS = 1500;
const STOPPED_MS = { least: SECOND, most: 15 * SECOND };
/** The interval of the search for workers, and of changes to a login file, ms. */
const LOOK_MS = 250;
const TOUCH_MS = 3 * SECOND;
const RENEW_MS = 40 * SECOND;

/** Kills and stops processes, and changes logins, until it ends. */
export class Storm {
  readonly #stage: Stage;
  readonly #tally: Tally;
  readonly #random: () => number;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #stopped = new Set<number>();
  readonly #seen = new Set<number>();
  readonly #callers = new Set<number>();
  #calm = false;

  constructor(stage: Stage, tally: Tally, random: () => number) {
    this.#stage = stage;
    this.#tally = tally;
    this.#random = random;
    this.#timers.push(
      setInterval(() => this.#lookForRefreshers(), LOOK_MS),
      setInterval(() => stage.touch(this.#anyLogin()), TOUCH_MS),
      setInterval(() => stage.renew(this.#anyLogin()), RENEW_MS),
    );
  }

  /** Decides what happens to a call. */
  meets(call: Call): void {
    this.#callers.add(call.pid);
    this.#hit(call.pid, CALLERS, call);
  }

  /** A process with the same id is not that call any more. */
  passes({ pid }: Call): void {
    this.#callers.delete(pid);
  }

  /** Ends the storm: stopped processes continue. */
  calm(): void {
    this.#calm = true;
    for (const timer of this.#timers) clearInterval(timer);
    for (const pid of this.#stopped) signal(pid, 'SIGCONT');
    this.#stopped.clear();
  }

  #anyLogin(): Login {
    const { logins } = this.#stage;
    return logins[Math.floor(this.#random() * logins.length)] as Login;
  }

  #lookForRefreshers(): void {
    const found = processesOf(this.#stage.home).map(({ pid }) => pid);
    for (const pid of found) {
      if (this.#seen.has(pid) || this.#callers.has(pid)) continue;
      this.#tally.refreshers += 1;
      this.#hit(pid, REFRESHERS);
    }
    this.#seen.clear();
    for (const pid of found) this.#seen.add(pid);
  }

  #hit(pid: number, { killed, stopped }: typeof CALLERS, call?: Call): void {
    const dice = this.#random();
    if (dice >= killed + stopped) return;
    setTimeout(
      () => {
        if (this.#calm || !isOf(pid, this.#stage.home)) return;
        if (dice < killed) this.#kill(pid, call);
        else this.#stop(pid, call);
      },
      this.#random() ** 3 * HIT_WITHIN_MS,
    );
  }

  #kill(pid: number, call?: Call): void {
    if (call) call.killed = true;
    if (signal(pid, 'SIGKILL')) this.#tally.kills += 1;
  }

  #stop(pid: number, call?: Call): void {
    if (!signal(pid, 'SIGSTOP')) return;
    const ms = STOPPED_MS.least + this.#random() * (STOPPED_MS.most - STOPPED_MS.least);
    if (call) call.stopped += ms;
    this.#tally.stops += 1;
    this.#stopped.add(pid);
    setTimeout(() => {
      if (this.#stopped.delete(pid)) signal(pid, 'SIGCONT');
    }, ms).unref();
  }
}
