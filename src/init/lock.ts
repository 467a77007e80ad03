import { errno } from '../platform/errno.ts';
import type { System } from '../platform/system.ts';
import { makeDirectories, removeDirectories, removeEmpty, removeFile } from './user-file.ts';
import { directoriesToRemove, readInstalled, writeInstalled } from './installed.ts';

/*
 * One process at a time changes what is installed: each reads `installed.json` and writes it anew. To take the lock, a
 * process makes a file of its own beside `installed.json`, and then looks for those of others: of any two processes
 * at least one sees the other. A file whose process is gone counts for nothing, and anyone may remove it, because no
 * other process ever has a file of that name.
 */

/** `.init.<process id>.<host>`: process ids mean nothing on another machine that has the same home directory. */
const FLAG = /^\.init\.(\d+)\.(.+)$/;
/** A process of another machine is taken for dead after this, ms. */
const LONGEST_MS = 600_000;
/** How long a process waits for the others, and how often it looks at least, ms. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 10;

export interface Lock {
  /** Gives the lock back. Where nothing is installed any more, the notes and their directories go. */
  release(): void;
}

/**
 * Waits until this process is the only one to change what is installed, and makes the directory of the notes.
 *
 * @param notes the path of `installed.json`
 * @returns in words, why the lock is not to be had
 */
export function takeLock(system: System, notes: string): Lock | string {
  const { fs, monotonic, random } = system;
  const directory = notes.slice(0, notes.lastIndexOf('/'));
  const flag = `.init.${process.pid}.${hostName()}`;
  const made: string[] = [];
  const end = monotonic() + PATIENCE_MS;
  for (;;) {
    try {
      made.push(...makeDirectories(system, directory));
      let other = otherFlag(system, directory, flag);
      if (other === null) {
        // Left by a process that had this id. What is in its place is removed, never written.
        removeFile(system, `${directory}/${flag}`);
        fs.writeFileSync(`${directory}/${flag}`, '', { mode: 0o600, flag: 'wx' });
        other = otherFlag(system, directory, flag);
        if (other === null) return held(system, notes, `${directory}/${flag}`, made);
        removeFile(system, `${directory}/${flag}`);
      }
      if (monotonic() > end) return `another usageline init is at work: ${directory}/${other}`;
    } catch (error) {
      const reason = errno(error);
      // The process that held the lock has removed the directory just now.
      if (reason !== 'ENOENT' || monotonic() > end) {
        removeDirectories(system, made);
        return `${directory}: it cannot be written: ${reason}`;
      }
    }
    sleep(PAUSE_MS * (1 + random()));
  }
}

/** Directories that this process has made are noted at once: an uninstall removes them. */
function held(system: System, notes: string, flag: string, made: readonly string[]): Lock | string {
  const installed = readInstalled(system, notes);
  const directories = [...installed.directories, ...made];
  const reason = made.length === 0 ? null : writeInstalled(system, notes, { ...installed, directories });
  if (reason === null) return { release: () => release(system, notes, flag) };
  removeFile(system, flag);
  removeDirectories(system, made);
  return `${notes}: it cannot be written: ${reason}`;
}

function release(system: System, notes: string, flag: string): void {
  const directories = directoriesToRemove(system, notes);
  if (directories !== null) removeFile(system, notes);
  // The directory of the notes is not empty before.
  removeFile(system, flag);
  for (const path of directories ?? []) removeEmpty(system, path);
}

/** The file of another process that is alive; null when there is none. Those of dead processes are removed. */
function otherFlag(system: System, directory: string, own: string): string | null {
  for (const name of system.fs.readdirSync(directory)) {
    const [, id, host] = FLAG.exec(name) ?? [];
    if (id === undefined || name === own) continue;
    if (isAlive(system, `${directory}/${name}`, Number(id), host === hostName())) return name;
    removeFile(system, `${directory}/${name}`);
  }
  return null;
}

function isAlive({ fs, now }: System, path: string, id: number, here: boolean): boolean {
  const stat = fs.lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined || Math.abs(now() - stat.mtimeMs) > LONGEST_MS) return false;
  if (!here) return true;
  try {
    // Signal 0 only asks whether the process is there.
    return process.kill(id, 0);
  } catch (error) {
    return errno(error) === 'EPERM';
  }
}

function hostName(): string {
  return process
    .getBuiltinModule('node:os')
    .hostname()
    .replace(/[^\w.-]/g, '_');
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
