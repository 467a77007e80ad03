import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { SECOND } from '../../src/usage/time.ts';
import type { Tally } from './tally.ts';

/** The disk has a fault in the last third of each turn, ms. */
const TURN_MS = 30 * SECOND;
const BAD_MS = 10 * SECOND;
const LOOK_MS = 250;

type State = 'good' | 'full' | 'read-only';

/**
 * The disk of the cache, a file system of its own: for a third of the time it is full or read-only, in turns. Where this user
 * may not mount, it is an ordinary directory.
 */
export class Disk {
  readonly #path: string;
  readonly #filler: string;
  readonly #tally: Tally;
  #timer: NodeJS.Timeout | undefined;
  #state: State = 'good';

  constructor(path: string, tally: Tally) {
    this.#path = path;
    this.#filler = join(path, 'filler');
    this.#tally = tally;
  }

  mount(): void {
    const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m,mode=700', 'tmpfs', this.#path]);
    if (status !== 0) throw new Error(`${this.#path} cannot be mounted`);
    const began = performance.now();
    let before = began;
    this.#timer = setInterval(() => {
      const now = performance.now();
      if (this.#state !== 'good') this.#tally.badDiskMs += now - before;
      before = now;
      this.#turn(now - began);
    }, LOOK_MS);
  }

  /** Repairs the disk for good. */
  heal(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#make('good');
  }

  unmount(): void {
    clearInterval(this.#timer);
    if (this.#timer !== undefined) spawnSync('umount', ['-l', this.#path]);
  }

  #turn(elapsed: number): void {
    const bad = elapsed % TURN_MS >= TURN_MS - BAD_MS;
    const odd = Math.floor(elapsed / TURN_MS) % 2 === 1;
    this.#make(bad ? (odd ? 'read-only' : 'full') : 'good');
  }

  #make(state: State): void {
    if (this.#state !== state) {
      if (this.#state === 'read-only') this.#remount('rw');
      if (this.#state === 'full') fs.rmSync(this.#filler, { force: true });
      // The remount is refused while a file is open for writing. The next turn of the loop tries again.
      if (state === 'read-only' && !this.#remount('ro')) return;
      this.#state = state;
    }
    // Files that are replaced meanwhile free space.
    if (state === 'full') this.#fill();
  }

  #remount(how: 'ro' | 'rw'): boolean {
    return spawnSync('mount', ['-o', `remount,${how}`, this.#path]).status === 0;
  }

  #fill(): void {
    const fd = fs.openSync(this.#filler, 'a');
    try {
      for (;;) fs.writeSync(fd, BLOCK);
    } catch {
      // It is full.
    } finally {
      fs.closeSync(fd);
    }
  }
}

const BLOCK = Buffer.alloc(4096);
