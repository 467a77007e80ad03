import { join } from 'node:path';
import { variantFileName } from '../prerender/variant.ts';
import type { Variant } from '../prerender/variant.ts';
import { closeInherited } from '../platform/descriptors.ts';
import type { System } from '../platform/system.ts';

/**
 * Starts the worker. It inherits no descriptor and no directory: a reader of a pipe would wait for its end, and a lock or
 * a mount would last as long as it runs. Errors are ignored: the next call finds what is missing.
 *
 * @param timeoutMs deadline of its request, ms; null for the configured one
 * @param wanted a variant that it prerenders besides those that exist; null for none
 */
export function spawnWorker(system: System, timeoutMs: number | null, wanted: Variant | null): void {
  const { platform, cwd } = system;
  const { spawn } = process.getBuiltinModule('node:child_process');
  const script = join(import.meta.dirname, 'worker.cjs');
  const variant = wanted ? [variantFileName(wanted), wanted.format ?? ''] : ['', ''];
  // The worker resolves relative directories of logins against this one. It gets the variables' own texts as well: the name
  // of the keychain entry on macOS depends on them.
  const from = cwd() ?? '';
  closeInherited(system);
  try {
    const child = spawn(process.execPath, [script, String(timeoutMs ?? ''), ...variant, from], {
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
