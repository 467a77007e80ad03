import type { Choice, KnownAccount } from '../accounts/account.ts';
import { refusalOf } from '../accounts/base-url.ts';
import { nameUsage, resolveAll, together } from '../accounts/resolve-all.ts';
import type { Config } from '../config/config.ts';
import type { System } from '../platform/system.ts';
import type { Question } from '../resolve/read-state.ts';
import type { Resolution } from '../resolve/resolve.ts';
import type { Failure } from '../usage/failure.ts';
import type { Usage } from '../usage/model.ts';
import { accountsOf, endpointOf, resolveDeps } from './resolving.ts';
import type { ResolvingOptions } from './resolving.ts';

/** The answers of all accounts that a caller gets, and what follows from them. */
export interface Answers extends Pick<Resolution, 'startWorker' | 'refreshed' | 'settled'> {
  readonly accounts: readonly KnownAccount[];
  /** In the order of the accounts. */
  readonly usages: readonly Usage[];
  /** The usages as the one of a line. */
  readonly usage: Usage;
  /** About the configuration and the cache, in words. */
  readonly warnings: readonly string[];
}

/** Asks for the usage of the accounts of a choice. Throws a `UsageError` for a choice of no account. */
export async function askAccounts(
  system: System,
  config: Config,
  choice: Choice,
  options: ResolvingOptions,
  question: Omit<Question, 'baseUrl' | 'userAgent'>,
): Promise<Answers> {
  const { accounts, ordered, labelled, warnings } = await accountsOf(system, config, choice);
  // Where the call has one account, a refused base URL is wrong usage: `endpointOf` throws.
  const isOne = accounts.length === 1 && !choice.all;
  const refusals = new Map(accounts.map((account) => [account, isOne ? null : refusalOf(config, account)]));
  const answers = await resolveAll(accounts, (account) => ({
    deps: resolveDeps(account.system, config, options, account.provider),
    question:
      typeof refusals.get(account) === 'string'
        ? { ...question, policy: 'cached', baseUrl: account.provider.baseUrl, userAgent: '' }
        : { ...endpointOf(config, account), ...question },
  }));
  const usages = answers.map(({ account, resolution }) => {
    const detail = refusals.get(account) ?? null;
    const error: Failure | null = detail === null ? null : { code: 'wrong_usage', retryAt: null, detail };
    const usage = error === null ? resolution.usage : { ...resolution.usage, error, pending: false };
    return nameUsage(usage, account, labelled);
  });
  const resolutions = answers.map(({ resolution }) => resolution);
  // All accounts share the cache root, so each problem is reported once.
  const problems = new Set(resolutions.flatMap(({ warning }) => warning ?? []));
  return {
    accounts,
    usages,
    usage: together(usages, ordered),
    startWorker: resolutions.some(({ startWorker }) => startWorker),
    refreshed: resolutions.some(({ refreshed }) => refreshed),
    settled: resolutions.every(({ settled }) => settled),
    warnings: [...warnings, ...problems],
  };
}

/** The lowest of the exit codes of several accounts: 0 if one of them has numbers. */
export function leastOf<Code extends number>(codes: readonly Code[]): Code {
  return Math.min(...codes) as Code;
}
