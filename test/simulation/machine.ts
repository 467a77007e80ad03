import { AsyncLocalStorage } from 'node:async_hooks';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { System } from '../../src/platform/system.ts';

/** The default start of a simulation, epoch ms: the first minute of a Monday, UTC. */
export const START = Date.UTC(2026, 10, 23);

/** mulberry32: small, and the same everywhere. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Task {
  readonly at: number;
  readonly order: number;
  readonly run: () => void | Promise<void>;
}

/** One simulated process. */
interface Process {
  /** The simulated time for which it waits; while this is 0 it computes in real time. */
  waits: number;
}

/** A timer of a process, as far as the code under test uses it. */
interface Timer {
  /** The process does not wait for this timer; the mutex renews itself with one. */
  unref(): Timer;
}

/**
 * A machine whose time is simulated and whose files are real (in memory where the platform has such a place).
 * Its processes run the real code: while one computes the clock stands still, and it moves on once all of them
 * wait for something. So the same seed and the same start give the same week, on any day and under any load: no
 * process sees the real clock (the mutex asks `Date.now`, sets timers and compares both with its directory's time).
 */
export class Machine {
  readonly begin: number;
  readonly system: System;
  readonly random: () => number;
  readonly root: string;
  #now: number;
  #order = 0;
  readonly #queue: Task[] = [];
  readonly #processes = new Set<Process>();
  readonly #current = new AsyncLocalStorage<Process>();

  constructor(seed: number, begin: number) {
    this.begin = begin;
    this.#now = begin;
    this.random = seeded(seed);
    const place = fs.existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
    this.root = fs.mkdtempSync(join(place, 'usageline-week-'));
    this.system = {
      now: () => this.#now,
      monotonic: () => this.#now - this.begin,
      random: this.random,
      env: {},
      platform: 'linux',
      home: () => this.root,
      cwd: () => '/',
      userName: () => 'ada',
      uid: process.getuid?.() ?? null,
      gid: process.getgid?.() ?? null,
      fs: { ...fs, mkdirSync: this.#makeDirectory } as typeof fs,
      securityCommand: join(this.root, 'no-security-command'),
    };
  }

  get now(): number {
    return this.#now;
  }

  /** The mutex is a directory whose mtime shows whether its holder is alive. */
  readonly #makeDirectory = (path: string, options?: fs.MakeDirectoryOptions): string | undefined => {
    const made = fs.mkdirSync(path, options);
    const seconds = this.#now / 1000;
    fs.utimesSync(path, seconds, seconds);
    return made;
  };

  /** An event at a given time. */
  at(time: number, run: Task['run']): void {
    const task: Task = { at: Math.max(time, this.#now), order: (this.#order += 1), run };
    const queue = this.#queue;
    queue.push(task);
    for (let child = queue.length - 1; child > 0;) {
      const parent = (child - 1) >> 1;
      if (!before(queue[child]!, queue[parent]!)) return;
      [queue[child], queue[parent]] = [queue[parent]!, queue[child]!];
      child = parent;
    }
  }

  #next(): Task | undefined {
    const queue = this.#queue;
    const first = queue[0];
    const last = queue.pop();
    if (first === undefined || last === undefined || queue.length === 0) return first;
    queue[0] = last;
    for (let parent = 0; ;) {
      let least = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if (child < queue.length && before(queue[child]!, queue[least]!)) least = child;
      }
      if (least === parent) return first;
      [queue[least], queue[parent]] = [queue[parent]!, queue[least]!];
      parent = least;
    }
  }

  /** Runs a process. Resolves when the process has ended or waits for the first time. */
  async process(run: () => Promise<void>): Promise<void> {
    const one: Process = { waits: 0 };
    this.#processes.add(one);
    void this.#current.run(one, run).finally(() => this.#processes.delete(one));
    await this.#settle();
  }

  /** Lets simulated time pass within a process. */
  async sleep(ms: number): Promise<void> {
    const one = this.#current.getStore() as Process;
    one.waits += 1;
    await new Promise<void>((resolve) => {
      this.at(this.#now + ms, () => {
        one.waits -= 1;
        resolve();
      });
    });
  }

  /** Runs until `end` (epoch ms). */
  async run(end: number): Promise<void> {
    const real = { now: Date.now, setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
    const simulated = new WeakMap<object, () => void>();
    Date.now = () => (this.#current.getStore() === undefined ? real.now() : this.#now);
    globalThis.setTimeout = ((callback: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
      const one = this.#current.getStore();
      if (one === undefined) return real.setTimeout(callback, ms, ...args);
      let [pending, awaited] = [true, true];
      one.waits += 1;
      const stopWaiting = (): void => {
        if (awaited) one.waits -= 1;
        awaited = false;
      };
      const timer: Timer = { unref: () => (stopWaiting(), timer) };
      simulated.set(timer, () => {
        pending = false;
        stopWaiting();
      });
      this.at(this.#now + ms, () => {
        if (!pending) return;
        pending = false;
        stopWaiting();
        this.#current.run(one, () => callback(...args));
      });
      return timer;
    }) as typeof setTimeout;
    globalThis.clearTimeout = ((timer?: NodeJS.Timeout) => {
      const clear = timer && simulated.get(timer);
      if (clear) clear();
      else real.clearTimeout(timer);
    }) as typeof clearTimeout;
    try {
      for (let task = this.#next(); task !== undefined && task.at < end; task = this.#next()) {
        this.#now = task.at;
        const running = task.run();
        if (running !== undefined) await running;
        if (this.#processes.size > 0) await this.#settle();
      }
      this.#now = end;
    } finally {
      Date.now = real.now;
      globalThis.setTimeout = real.setTimeout;
      globalThis.clearTimeout = real.clearTimeout;
      fs.rmSync(this.root, { recursive: true, force: true });
    }
  }

  /** Waits, in real time, until every process waits for simulated time or has ended. */
  async #settle(): Promise<void> {
    while ([...this.#processes].some(({ waits }) => waits === 0)) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function before(a: Task, b: Task): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
