import { join } from 'node:path';
import { variantFileName } from '../prerender/read.ts';
import type { Prepare } from '../commands/command.ts';
import { closeInherited } from '../platform/descriptors.ts';
import { isAbsolutePath } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';

/**
 * Starts the refresh that nobody waits for. It inherits no descriptor and no directory: a reader of a pipe would wait
 * for it, and a lock or a mount would last as long as it does. Errors are nobody's to see: the next call finds what is
 * missing.
 *
 * @param timeoutMs deadline of its request; null for the configured one
 * @param prepare the ready line that its answer is to be prepared for, besides those that there are
 */
export function spawnWorker(system: System, timeoutMs: number | null, prepare: Prepare | null): void {
  const { platform, env, cwd } = system;
  const { spawn } = process.getBuiltinModule('node:child_process');
  const script = join(import.meta.dirname, 'worker.cjs');
  const wanted = prepare?.wanted ? [variantFileName(prepare.wanted), prepare.wanted.format ?? ''] : ['', ''];
  // A relative directory is resolved against the present one. The variable keeps its text: the keychain entry of macOS depends on it.
  const relative = env.CLAUDE_CONFIG_DIR ? !isAbsolutePath(env.CLAUDE_CONFIG_DIR) : false;
  const from = relative ? [cwd() ?? ''] : [];
  closeInherited(system);
  try {
    const child = spawn(process.execPath, [script, String(timeoutMs ?? ''), ...wanted, ...from], {
      detached: true,
      stdio: 'ignore',
      windowsHide: true,
      // In the caller's directory it would prevent unmounting or removing it.
      ...(platform !== 'win32' && { cwd: '/' }),
    });
    child.on('error', () => {});
    child.unref();
  } catch {
    // Node throws for most reasons (ENOMEM, EPERM, E2BIG), and reports the others as an event.
  }
}
