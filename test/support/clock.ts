import { execFileSync } from 'node:child_process';

let library: string | undefined;

/**
 * Environment that moves the clock of a program.
 *
 * The library of faketime is named directly. The command `faketime` fails when it gets the id of a process that was
 * killed under a moved clock: files in `/dev/shm` are named after it and still there. The library does without them.
 *
 * @param offset How far, in the words of faketime: `+90.000` (s).
 */
export function clockMovedBy(offset: string): Record<string, string> {
  return { LD_PRELOAD: faketimeLibrary(), FAKETIME: offset };
}

/** The path of the library that the dynamic linker has to load for a moved clock. */
export function faketimeLibrary(): string {
  library ??= execFileSync('faketime', ['-f', '+0', 'printenv', 'LD_PRELOAD'], { encoding: 'utf8' }).trim();
  return library;
}
