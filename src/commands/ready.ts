import { NO_CHOICE } from '../accounts/account.ts';
import { loadConfig } from '../config/load.ts';
import type { System } from '../platform/system.ts';
import type { FollowUp } from '../prerender/follow-up.ts';
import type { LineKind } from '../render/outputs/kinds.ts';
import { askAccounts } from './asking.ts';
import { policyOf } from './callers.ts';
import { result } from './command.ts';
import type { Command, CommandResult } from './command.ts';
import { hookFiles, hookVariant } from './hook-files.ts';
import { LINE_KINDS } from './options.ts';

interface ReadyOptions {
  readonly kind: LineKind;
  readonly refresh: boolean;
}

/** `usageline ready <kind>`: for the hooks of shells. */
export const command: Command<ReadyOptions> = {
  name: 'ready',
  hidden: true,
  about: 'for hooks: prerender the line and print the paths of its file and of those it depends on',
  argument: {
    name: 'kind',
    required: true,
    choices: LINE_KINDS,
    sets: (kind) => ({ kind: kind as LineKind }),
  },
  options: [
    {
      flag: '--refresh',
      about: 'make a request first if one is due; print nothing',
      sets: { refresh: true },
    },
  ],
  defaults: { kind: 'plain', refresh: false },
  help: `
Examples:
  usageline ready zsh              the path of the line's file, and of the files
                                 whose change makes it invalid
  usageline ready zsh --refresh    what a hook runs in the background
`,
  run: (system, { kind, refresh }) => (refresh ? refreshReady(system, kind) : ready(system, kind)),
};

/** Prints the paths that a hook needs, one a line, and prerenders the line. */
function ready(system: System, kind: LineKind): CommandResult {
  const { prerendered, credentials, config } = hookFiles(system, kind);
  return result(`${[prerendered, ...credentials, config].join('\n')}\n`, {
    followUp: prerendering(system, kind),
  });
}

/**
 * Makes a request if one is due, or waits for that of another process, and prerenders the line. A hook starts it and does
 * not wait for it.
 */
async function refreshReady(system: System, kind: LineKind): Promise<CommandResult> {
  // The response is for all callers, so it continues if the terminal is closed.
  process.on('SIGHUP', () => {});
  const config = await loadConfig(system);
  const { scansAll, ...question } = policyOf('monitor');
  await askAccounts(system, config, NO_CHOICE, { timeoutMs: null, debug: false, scansAll }, question);
  return result('', { followUp: prerendering(system, kind) });
}

function prerendering(system: System, kind: LineKind): FollowUp {
  return { kind: 'prerender', wanted: hookVariant(system, kind), horizonMs: Number.POSITIVE_INFINITY };
}
