import type { Usage } from '../usage/model.ts';
import { resolve } from '../resolve/resolve.ts';
import type { Resolution } from '../resolve/resolve.ts';
import type { Question, ResolveDeps } from '../resolve/read-state.ts';
import type { KnownAccount } from './account.ts';

/** How many accounts are asked at once. Each has a socket of its own; most of the time is spent waiting. */
const AT_ONCE = 32;

/** An account and the answer to the question for its usage. */
export interface Answered {
  readonly account: KnownAccount;
  readonly resolution: Resolution;
}

/**
 * Resolves a question for several accounts at once. Each has its own deadline, so one that fails or hangs neither delays
 * nor hides another.
 *
 * @param ask the dependencies and the question for one account
 */
export async function resolveAll(
  accounts: readonly KnownAccount[],
  ask: (account: KnownAccount) => { readonly deps: ResolveDeps; readonly question: Question },
): Promise<Answered[]> {
  const answers: Answered[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next; index < accounts.length; index = next) {
      next += 1;
      const account = accounts[index] as KnownAccount;
      const { deps, question } = ask(account);
      answers[index] = { account, resolution: await resolve(deps, question) };
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, accounts.length) }, work));
  return answers;
}

/**
 * The usages of several accounts as the one of a line: the first, which has the others.
 *
 * @param ordered keeps the order; otherwise the account of which most is used comes first
 */
export function together(usages: readonly Usage[], ordered: boolean): Usage {
  const sorted = ordered ? usages : [...usages].sort((one, other) => tightness(other) - tightness(one));
  const [first, ...others] = sorted as [Usage, ...Usage[]];
  return others.length === 0 ? first : { ...first, others };
}

/** The largest percentage of a usage that is shown; −1 without numbers. */
function tightness({ windows, state }: Usage): number {
  if (state !== 'fresh' && state !== 'stale') return -1;
  return Math.max(
    -1,
    ...windows.flatMap(({ usedPercent, placement }) => (placement === 'details' ? [] : (usedPercent ?? []))),
  );
}

/** A usage with the names of its account. */
export function nameUsage(usage: Usage, { name, label }: KnownAccount, isLabelled: boolean): Usage {
  return { ...usage, account: name, ...(isLabelled && { label }) };
}
