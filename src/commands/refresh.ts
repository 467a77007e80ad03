import { appearanceFor } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { texts } from '../fetch/registry.ts';
import { isTerminal, STDOUT } from '../platform/stdio.ts';
import { renderLine } from '../render/line.ts';
import { longMessage } from '../render/messages.ts';
import { countdown } from '../render/values.ts';
import { resolve } from '../resolve/resolve.ts';
import { isAboutCredentials, isRenewal, isSignIn } from '../usage/failure.ts';
import type { Failure } from '../usage/failure.ts';
import type { Usage } from '../usage/model.ts';
import type { System } from '../platform/system.ts';
import { policyOf } from './callers.ts';
import { result } from './command.ts';
import { afterResolving, endpointOf, exitCodeOfFailure, resolveDeps, warningText } from './resolving.ts';
import type { Command, CommandResult } from './command.ts';
import { DEBUG, TIMEOUT } from './fast-options.ts';
import { withTexts } from './options.ts';

export interface RefreshOptions {
  readonly force: boolean;
  readonly quiet: boolean;
  /** Deadline of the request, ms; null: as configured. */
  readonly timeoutMs: number | null;
  readonly debug: boolean;
}

/** `usageline refresh`: makes a request unless the cached numbers are fresh. For cron, timers and people. */
export const command: Command<RefreshOptions> = {
  name: 'refresh',
  synonyms: ['update', 'fetch', 'sync', 'reload'],
  about: 'make a request unless the cached numbers are fresh; exit 0 if they are fresh afterwards',
  options: [
    {
      flag: '--force',
      about: 'even if they are fresh; never skips a backoff or the request budget',
      sets: { force: true },
    },
    {
      flag: '--quiet',
      about: 'for cron: print nothing on success, nor about errors that pass by themselves',
      sets: { quiet: true },
    },
    ...withTexts<RefreshOptions>({ ...TIMEOUT, ...DEBUG }),
  ],
  defaults: { force: false, quiet: false, timeoutMs: null, debug: false },
  help: `
Examples:
  usageline refresh
  */10 * * * * usageline refresh --quiet
Exit status: 0 fresh · 3 sign in (run ${texts.signInCommand} once) · 4 try later
With --quiet it is also 0 for a lapsed token, which ${texts.client} renews when it
runs next.
`,
  run: refresh,
};

async function refresh(system: System, options: RefreshOptions): Promise<CommandResult> {
  const config = await loadConfig(system);
  const caller = policyOf(isTerminal(system, STDOUT) ? 'refresh' : 'cron');
  const resolution = await resolve(resolveDeps(system, config, { ...options, ...caller }), {
    ...endpointOf(config),
    ...caller,
    force: options.force,
  });
  const { usage, warning } = resolution;
  const { error } = usage;
  // With --quiet a lapsed token is no failure: every night ends with one, and cron would send mail.
  const expected = options.quiet && error !== null && isRenewal(error.code);
  const exitCode = usage.state === 'fresh' || expected ? 0 : exitCodeOfFailure(error);
  const stdout = options.quiet
    ? ''
    : `${renderLine(usage, { color: false, appearance: appearanceFor(config, 'plain') })}\n`;
  const isReported = error !== null && !(options.quiet && passesByItself(error));
  const message = isReported ? messageOf(error, usage, system.now()) : null;
  return result(stdout, {
    exitCode,
    stderr: warningText(config, warning, message),
    followUp: afterResolving(resolution, null),
  });
}

/** Whether a failure ends without the user, or is the user's choice, so that cron need not send mail. */
function passesByItself({ code }: Failure): boolean {
  const stays = isSignIn(code) || code === 'internal_error';
  return !stays && code !== 'cache_unwritable' && code !== 'cache_unreadable';
}

function messageOf(error: Failure, { texts }: Usage, now: number): string {
  // New credentials are noticed at once, so no time of a next try is given.
  const timed = error.retryAt !== null && !isAboutCredentials(error.code);
  const next = timed ? ` Next try in ${countdown((error.retryAt as number) - now)}.` : '';
  return `${longMessage(error, texts)}${next}`;
}
