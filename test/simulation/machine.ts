import { AsyncLocalStorage } from 'node:async_hooks';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { System } from '../../src/system.ts';
import { DAY } from '../../src/usage/time.ts';

/** Monday. */
const WEEK_BEGINS = 4;

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
  /** What it waits for in simulated time; it computes in real time while this is 0. */
  waits: number;
}

/**
 * A machine whose time is simulated and whose files are real (in memory where the platform has such a place).
 * Its processes run the real code: while one computes the clock stands still, and it moves on once all of them
 * wait for something. So the same seed gives the same week.
 */
export class Machine {
  /** Next Monday, UTC: never before the real clock, by which the mutex goes. */
  readonly begin = (Math.ceil(Date.now() / DAY / 7) + 1) * 7 * DAY + WEEK_BEGINS * DAY;
  readonly system: System;
  readonly random: () => number;
  readonly root: string;
  #now = this.begin;
  #order = 0;
  readonly #queue: Task[] = [];
  readonly #processes = new Set<Process>();
  readonly #current = new AsyncLocalStorage<Process>();
  readonly #setTimeout = globalThis.setTimeout;

  constructor(seed: number) {
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
      fs,
      securityCommand: join(this.root, 'no-security-command'),
    };
  }

  get now(): number {
    return this.#now;
  }

  /** Something that happens at a time of its own. */
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

  /** Runs a process; done when it has ended or waits for the first time. */
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
    // Whoever waits for another's answer pauses between two looks: those pauses are simulated, too.
    globalThis.setTimeout = ((run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
      const one = this.#current.getStore();
      // The heartbeat of the mutex is real: what it keeps alive is real as well, and held for milliseconds.
      if (one === undefined || ms >= 1000) return this.#setTimeout(run, ms, ...args);
      one.waits += 1;
      this.at(this.#now + ms, () => {
        one.waits -= 1;
        run(...args);
      });
      return undefined;
    }) as typeof setTimeout;
    try {
      for (let task = this.#next(); task !== undefined && task.at < end; task = this.#next()) {
        this.#now = task.at;
        const running = task.run();
        if (running !== undefined) await running;
        if (this.#processes.size > 0) await this.#settle();
      }
      this.#now = end;
    } finally {
      globalThis.setTimeout = this.#setTimeout;
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
