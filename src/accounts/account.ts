import type { ProviderDescriptor } from '../fetch/provider.ts';
import type { System } from '../platform/system.ts';

/**
 * One login that can be asked for usage: a provider, and the environment that leads to this login of it. All code below is
 * given the two, and so serves any number of accounts.
 */
export interface KnownAccount {
  readonly provider: ProviderDescriptor;
  /** The machine, with the variable that leads to this login. */
  readonly system: System;
  /** `default`, the configured name, else a short form of the name of its directory. */
  readonly name: string;
  /** What stands before its numbers where accounts share a line. */
  readonly label: string;
  /** Not on lines of several accounts and not among `--all`, unless it is named. */
  readonly hidden: boolean;
}

/** Which accounts a caller asks for. Without any of these, the configuration decides. */
export interface Choice {
  /** `--account`: the name of an account. */
  readonly account: string | null;
  /** `--provider`: the id of a provider. */
  readonly provider: string | null;
  /** `--all`. */
  readonly all: boolean;
}

/** The choice of a caller without these options. */
export const NO_CHOICE: Choice = { account: null, provider: null, all: false };

/** A name or a label as `--account` takes it, for the name of a file: `Acme Ltd` is `acme-ltd`. */
export function accountWord(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}

/** Whether a caller leaves the choice to the configuration. */
export function isUnchosen({ account, provider, all }: Choice): boolean {
  return account === null && provider === null && !all;
}

/**
 * A choice as one word, for the name of a file: empty, `all`, `account+work`, `provider+codex`, `provider+codex+work`. For a
 * combination that is refused it is one that no file has.
 */
export function choiceKey({ account, provider, all }: Choice): string {
  if (all) return account === null && provider === null ? 'all' : 'refused';
  if (provider !== null) return `provider+${provider}${account === null ? '' : `+${account}`}`;
  return account === null ? '' : `account+${account}`;
}

/** The choice that `choiceKey` makes this word of; null for any other word. */
export function parseChoiceKey(key: string): Choice | null {
  if (key === '') return NO_CHOICE;
  if (key === 'all') return { ...NO_CHOICE, all: true };
  const [kind, first, second, ...more] = key.split('+');
  if (first === undefined || more.length > 0) return null;
  if (kind === 'account' && second === undefined) return { ...NO_CHOICE, account: first };
  return kind === 'provider' ? { account: second ?? null, provider: first, all: false } : null;
}
