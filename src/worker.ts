import { parseVariantFileName } from './prerender/variant.ts';
import type { Variant } from './prerender/variant.ts';
import { policyOf } from './commands/callers.ts';
import { isUsageError } from './commands/command.ts';
import { NO_CHOICE, parseChoiceKey } from './accounts/account.ts';
import { askAccounts } from './commands/asking.ts';
import { keepUp } from './commands/cache-upkeep.ts';
import { prerender } from './prerender/store.ts';
import { loadConfig } from './config/load.ts';
import { withUncaught } from './platform/exceptions.ts';
import { provider } from './fetch/registry.ts';
import { nodeSystem } from './platform/system.ts';
import type { System } from './platform/system.ts';
import { SECOND } from './usage/time.ts';

/** Time beyond the deadline of the request after which the process has hung, ms. */
const GRACE_MS = 15 * SECOND;

/** The detached refresh, a process of its own: makes one request, stores its outcome, and prints nothing. */
async function main(): Promise<void> {
  // This process runs in `/`. A relative directory of the provider's login counts from the caller's directory.
  const system = nodeSystem(process.argv[5] || undefined);
  const wanted = parseVariantFileName(process.argv[3] ?? '', process.argv[4] || undefined);
  let upkeep: () => void;
  try {
    upkeep = await withUncaught(refresh(system, wanted));
  } catch (error) {
    // A refused base URL is reported by the calls that people see.
    if (!isUsageError(error))
      await (await import('./resolve/store-fault.ts')).storeFault({ system, provider });
    throw error;
  }
  // No process waits for this, so the lines are prerendered as far ahead as they are known.
  await prerender(system, wanted, Number.POSITIVE_INFINITY);
  upkeep();
}

/**
 * @param wanted the line that is due: its accounts are asked; null: those of a line without options
 * @returns the upkeep of the cache, for when the lines are written
 */
async function refresh(system: System, wanted: Variant | null): Promise<() => void> {
  const config = await loadConfig(system);
  const timeoutMs = Number(process.argv[2]) || null;
  // SIGKILL, because an ordinary exit waits for what hangs.
  setTimeout(
    () => process.kill(process.pid, 'SIGKILL'),
    (timeoutMs ?? config.settings.timeoutMs) + GRACE_MS,
  ).unref();
  const { scansAll, ...question } = policyOf('worker');
  const choice = parseChoiceKey(wanted?.accounts ?? '') ?? NO_CHOICE;
  const options = { timeoutMs, debug: false, scansAll };
  const { accounts } = await askAccounts(system, config, choice, options, question);
  return () => keepUp(system, config, accounts);
}

// A fault is in the backoff: this process has no standard error.
main().then(
  () => process.exit(0),
  () => process.exit(1),
);
