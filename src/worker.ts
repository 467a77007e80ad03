import { parseVariantFileName } from './prerender/variant.ts';
import { policyOf } from './commands/callers.ts';
import { endpointOf, isUsageError, resolveDeps } from './commands/command.ts';
import { prerender } from './prerender/store.ts';
import { loadConfig } from './config/load.ts';
import { withUncaught } from './platform/exceptions.ts';
import { provider } from './fetch/registry.ts';
import { resolve } from './resolve/resolve.ts';
import { nodeSystem } from './platform/system.ts';
import type { System } from './platform/system.ts';
import { SECOND } from './usage/time.ts';

/** Longer than anything here takes; whatever hangs then is not worth waiting for. */
const GRACE_MS = 15 * SECOND;

/** The detached refresh: a process of its own that asks once, writes what came of it, and prints nothing. */
async function main(): Promise<void> {
  // This process runs in `/`. A relative CLAUDE_CONFIG_DIR is resolved against the caller's directory.
  const system = nodeSystem(process.argv[5] || undefined);
  try {
    await withUncaught(refresh(system));
  } catch (error) {
    // A refused base URL is named by the caller.
    if (!isUsageError(error))
      await (await import('./resolve/store-fault.ts')).storeFault({ system, provider });
    throw error;
  }
  // No process waits for this, so everything is prerendered.
  const wanted = parseVariantFileName(process.argv[3] ?? '', process.argv[4] || undefined);
  await prerender(system, wanted, Number.POSITIVE_INFINITY);
}

async function refresh(system: System): Promise<void> {
  const config = await loadConfig(system);
  const timeoutMs = Number(process.argv[2]) || config.settings.timeoutMs;
  // SIGKILL, because an ordinary exit waits for what hangs.
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), timeoutMs + GRACE_MS).unref();
  await resolve(resolveDeps(system, config, { timeoutMs, debug: false, thorough: true }), {
    ...endpointOf(config),
    ...policyOf('script'),
  });
}

// No standard error is read here: a fault stands in the backoff.
main().then(
  () => process.exit(0),
  () => process.exit(1),
);
