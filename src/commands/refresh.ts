import { NO_CHOICE } from '../accounts/account.ts';
import type { Choice } from '../accounts/account.ts';
import { appearanceFor } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { texts } from '../fetch/registry.ts';
import { isTerminal, STDOUT } from '../platform/stdio.ts';
import { renderLine } from '../render/line.ts';
import { longMessage } from '../render/messages.ts';
import { countdown } from '../render/values.ts';
import { isAboutCredentials, isRenewal, isSignIn } from '../usage/failure.ts';
import type { Failure } from '../usage/failure.ts';
import type { Usage } from '../usage/model.ts';
import type { System } from '../platform/system.ts';
import { policyOf } from './callers.ts';
import { keepUp } from './cache-upkeep.ts';
import { result } from './command.ts';
import { askAccounts } from './asking.ts';
import { afterResolving, exitCodeOfFailure, warningText } from './resolving.ts';
import type { Command, CommandResult } from './command.ts';
import { CHOICE, DEBUG, TIMEOUT } from './fast-options.ts';
import { withTexts } from './options.ts';

export interface RefreshOptions extends Choice {
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
    ...withTexts<RefreshOptions>({ ...TIMEOUT, ...DEBUG, ...CHOICE }),
  ],
  defaults: { ...NO_CHOICE, force: false, quiet: false, timeoutMs: null, debug: false },
  help: `
Examples:
  usageline refresh
  */10 * * * * usageline refresh --quiet
Exit status: 0 fresh · 1 internal error · 2 wrong usage · 3 sign in (for
${texts.name}: run ${texts.signInCommand} once) · 4 try later
With --quiet it is also 0 for a lapsed token, which ${texts.client} renews when it
runs next.
`,
  run: refresh,
};

async function refresh(system: System, options: RefreshOptions): Promise<CommandResult> {
  const config = await loadConfig(system);
  const caller = policyOf(isTerminal(system, STDOUT) ? 'refresh' : 'cron');
  const { scansAll, ...question } = { ...caller, force: options.force };
  const answers = await askAccounts(system, config, options, { ...options, scansAll }, question);
  // With --quiet a lapsed token is no failure: every night ends with one, and cron would send mail.
  const isExpected = ({ error }: Usage) => options.quiet && error !== null && isRenewal(error.code);
  const codes = answers.usages.map((usage) => {
    const isCurrent = usage.state === 'fresh' && usage.error?.code !== 'wrong_usage';
    return isCurrent || isExpected(usage) ? 0 : exitCodeOfFailure(usage.error);
  });
  const stdout = options.quiet
    ? ''
    : `${renderLine(answers.usage, { color: false, appearance: appearanceFor(config, 'plain') })}\n`;
  const messages = answers.usages.flatMap((usage) => {
    const { error, label } = usage;
    if (error === null || (options.quiet && passesByItself(error))) return [];
    const about = label === undefined ? '' : `${label}: `;
    return about + messageOf(error, usage, system.now());
  });
  return result(stdout, {
    // A person or cron wants to know of each account that is not current.
    exitCode: codes.find((code) => code !== 0) ?? 0,
    stderr: warningText(config, ...answers.warnings, ...messages),
    followUp: () => {
      // Where cron makes all requests, no worker runs.
      keepUp(system, config, answers.accounts);
      return afterResolving(answers, null);
    },
  });
}

/** Whether a failure ends without the user, or is the user's choice, so that cron need not send mail. */
function passesByItself({ code }: Failure): boolean {
  const stays = isSignIn(code) || code === 'internal_error' || code === 'wrong_usage';
  return !stays && code !== 'cache_unwritable' && code !== 'cache_unreadable';
}

function messageOf(error: Failure, { texts }: Usage, now: number): string {
  // New credentials are noticed at once, so no time of a next try is given.
  const timed = error.retryAt !== null && !isAboutCredentials(error.code);
  const next = timed ? ` Next try in ${countdown((error.retryAt as number) - now)}.` : '';
  return `${longMessage(error, texts)}${next}`;
}
