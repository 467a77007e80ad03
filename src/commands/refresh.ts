import { appearanceFor } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
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
import {
  afterResolving,
  endpointOf,
  exitCodeOfFailure,
  resolveDeps,
  result,
  warningText,
} from './command.ts';
import type { CommandResult } from './command.ts';

export interface RefreshOptions {
  readonly force: boolean;
  readonly quiet: boolean;
  readonly timeoutMs: number | null;
  readonly debug: boolean;
}

/** `usageline refresh`: sees to it that what is known is fresh, for cron, timers and impatient people. */
export async function refresh(system: System, options: RefreshOptions): Promise<CommandResult> {
  const config = await loadConfig(system);
  const deps = resolveDeps(system, config, { ...options, thorough: true });
  const resolution = await resolve(deps, {
    ...endpointOf(config),
    ...policyOf(isTerminal(system, STDOUT) ? 'refresh' : 'cron'),
    force: options.force,
  });
  const { usage, warning } = resolution;
  const { error } = usage;
  // With --quiet, for cron and timers, a lapsed token is no failure: every night ends with one.
  const expected = options.quiet && error !== null && isRenewal(error.code);
  const exitCode = usage.state === 'fresh' || expected ? 0 : exitCodeOfFailure(error);
  const stdout = options.quiet
    ? ''
    : `${renderLine(usage, { color: false, appearance: appearanceFor(config, 'plain') })}\n`;
  const told = error && !(options.quiet && passesByItself(error));
  const message = told ? messageOf(error, usage, system.now()) : null;
  return result(stdout, {
    exitCode,
    stderr: warningText(config, warning, message),
    followUp: afterResolving(resolution, null),
  });
}

/** What waiting cures, or what the user asked for: no reason for cron to send mail. */
function passesByItself({ code }: Failure): boolean {
  const stays = isSignIn(code) || code === 'internal_error';
  return !stays && code !== 'cache_unwritable' && code !== 'cache_unreadable';
}

function messageOf(error: Failure, { texts }: Usage, now: number): string {
  // New credentials are noticed at once, so the next try is no date to wait for.
  const timed = error.retryAt !== null && !isAboutCredentials(error.code);
  const next = timed ? ` Next try in ${countdown((error.retryAt as number) - now)}.` : '';
  return `${longMessage(error, texts)}${next}`;
}
