import type { System } from './system.ts';

/**
 * When it starts, Node marks descriptors 0–15 as close-on-exec, and further ones up to the first that is not open.
 */
const FIRST_UNMARKED = 16;
/** The close-on-exec bit in the `flags` of `/proc/self/fdinfo`. */
const O_CLOEXEC = 0o2000000;

/**
 * Closes the descriptors of the caller that a child process would inherit. Otherwise a lock of `flock`, or a pipe, would
 * stay open as long as the child runs. Call it right before starting a process.
 *
 * Three kinds stay open: standard streams, what Node itself has opened (it is close-on-exec), and the channel of a caller
 * that is a Node program (`fork`), because Node reads from it. Linux and Android only: on macOS, Node makes the kernel close
 * everything in the child, and on Windows nothing is inherited unless requested.
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
    // Without /proc the caller's descriptors cannot be distinguished from Node's own.
  }
}

function isInheritable(fs: System['fs'], descriptor: string): boolean {
  const path = `/proc/self/fdinfo/${descriptor}`;
  // The descriptor of the directory listing is closed by now. An exception would cost more than all other checks.
  if (!fs.existsSync(path)) return false;
  const flags = /^flags:\s*([0-7]+)$/m.exec(fs.readFileSync(path, 'latin1'))?.[1];
  return flags !== undefined && (Number.parseInt(flags, 8) & O_CLOEXEC) === 0;
}
