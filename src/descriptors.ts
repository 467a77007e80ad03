import type { System } from './system.ts';

/** Node marks the first 16 as close-on-exec when it starts, and the next ones up to the first that is not open. */
const FIRST_UNMARKED = 16;
/** Close-on-exec, in the flags of `/proc/self/fdinfo`. */
const O_CLOEXEC = 0o2000000;

/**
 * Closes the descriptors that the caller has left open and that the next process would inherit: a lock of `flock` and
 * the end of a pipe last as long as the last process that has them. All that Node opens itself is close-on-exec and
 * stays open, and so does the channel of a caller that is a Node program (`fork`), which Node reads from. To be called
 * right before a process is started; standard streams are not touched.
 *
 * Elsewhere than on Linux (Android's included) nothing is to be done: on macOS Node has the kernel close everything in the new process, and
 * on Windows nothing is inherited that is not asked for.
 */
export function closeInherited({ fs, platform }: Pick<System, 'fs' | 'platform'>): void {
  if (platform !== 'linux' && platform !== 'android') return;
  const channel = (process.channel as { readonly fd?: number } | undefined)?.fd;
  try {
    for (const name of fs.readdirSync('/proc/self/fd')) {
      const descriptor = Number(name);
      if (descriptor < FIRST_UNMARKED || descriptor === channel) continue;
      if (isInheritable(fs, name)) fs.closeSync(descriptor);
    }
  } catch {
    // Without /proc there is no telling the caller's descriptors from Node's own.
  }
}

function isInheritable(fs: System['fs'], descriptor: string): boolean {
  const path = `/proc/self/fdinfo/${descriptor}`;
  // The directory that was read is closed by now. An exception would cost more than all other looks.
  if (!fs.existsSync(path)) return false;
  const flags = /^flags:\s*([0-7]+)$/m.exec(fs.readFileSync(path, 'latin1'))?.[1];
  return flags !== undefined && (Number.parseInt(flags, 8) & O_CLOEXEC) === 0;
}
