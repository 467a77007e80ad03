import { errno } from '../platform/errno.ts';
import type { System } from '../platform/system.ts';
import { directoriesToRemove, readInstalled, writeInstalled } from './installed.ts';
import { makeDirectories, removeDirectories, removeEmpty, removeFile } from './user-file.ts';

/*
 * The lock that lets one process at a time change what is installed: each process reads `installed.json` and replaces
 * it. To take the lock, a process creates a flag, a file of its own beside `installed.json`, and then looks for the flags
 * of other processes: of any two processes at least one sees the other. A flag whose process is dead does not count, and
 * any process may remove it, because no other process ever creates a flag with the same name.
 */

/** `.init.<process id>.<host>`. The host is part of it, because several machines can share a home directory. */
const FLAG = /^\.init\.(\d+)\.(.+)$/;
/** After this time, ms, a process of another machine counts as dead. */
const LONGEST_MS = 600_000;
/** How long a process waits for the lock, ms. */
const WAIT_MS = 60_000;
/** The shortest time between two attempts, ms. */
const PAUSE_MS = 10;

/** The lock while this process holds it. */
export interface Lock {
  /** Releases the lock. If nothing is installed any more, removes `installed.json` and its directories. */
  release(): void;
}

/**
 * Waits until this process is the only one that changes what is installed. Creates the directory of the record.
 *
 * @param recordPath the path of `installed.json`
 * @returns the lock; or in words, why it could not be taken
 */
export function takeLock(system: System, recordPath: string): Lock | string {
  const { fs, monotonic, random } = system;
  const directory = recordPath.slice(0, recordPath.lastIndexOf('/'));
  const flag = `.init.${process.pid}.${hostName()}`;
  const made: string[] = [];
  const end = monotonic() + WAIT_MS;
  for (;;) {
    try {
      made.push(...makeDirectories(system, directory));
      let other = otherFlag(system, directory, flag);
      if (other === null) {
        // A dead process with this id may have left it. It is removed and never written: it could be a link.
        removeFile(system, `${directory}/${flag}`);
        fs.writeFileSync(`${directory}/${flag}`, '', { mode: 0o600, flag: 'wx' });
        other = otherFlag(system, directory, flag);
        if (other === null) return lockWith(system, recordPath, `${directory}/${flag}`, made);
        removeFile(system, `${directory}/${flag}`);
      }
      if (monotonic() > end) return `another usageline init is at work: ${directory}/${other}`;
    } catch (error) {
      const reason = errno(error);
      // ENOENT: the process that held the lock has removed the directory in between.
      if (reason !== 'ENOENT' || monotonic() > end) {
        removeDirectories(system, made);
        return `${directory}: it cannot be written: ${reason}`;
      }
    }
    sleep(PAUSE_MS * (1 + random()));
  }
}

/**
 * The lock once this process has it. Directories that it has created are recorded at once: an uninstall removes them.
 */
function lockWith(system: System, recordPath: string, flag: string, made: readonly string[]): Lock | string {
  const installed = readInstalled(system, recordPath);
  const directories = [...installed.directories, ...made];
  const reason = made.length === 0 ? null : writeInstalled(system, recordPath, { ...installed, directories });
  if (reason === null) return { release: () => release(system, recordPath, flag) };
  removeFile(system, flag);
  removeDirectories(system, made);
  return `${recordPath}: it cannot be written: ${reason}`;
}

function release(system: System, recordPath: string, flag: string): void {
  const directories = directoriesToRemove(system, recordPath);
  if (directories !== null) removeFile(system, recordPath);
  // Before the directories: the flag is in one of them.
  removeFile(system, flag);
  for (const path of directories ?? []) removeEmpty(system, path);
}

/** The flag of another process that is alive; null if there is none. Removes the flags of dead processes. */
function otherFlag(system: System, directory: string, own: string): string | null {
  for (const name of system.fs.readdirSync(directory)) {
    const [, id, host] = FLAG.exec(name) ?? [];
    if (id === undefined || name === own) continue;
    if (isAlive(system, `${directory}/${name}`, Number(id), host === hostName())) return name;
    removeFile(system, `${directory}/${name}`);
  }
  return null;
}

function isAlive({ fs, now }: System, path: string, id: number, isThisHost: boolean): boolean {
  const stat = fs.lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined || Math.abs(now() - stat.mtimeMs) > LONGEST_MS) return false;
  if (!isThisHost) return true;
  try {
    // Signal 0 only checks whether the process exists.
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
