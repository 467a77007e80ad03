import { didYouMean } from '../usage/nearest.ts';
import { quoteValue } from './warnings.ts';

/*
 * `[[account]]` of the configuration, and the key `accounts`. Read by hand: a mistake in one account must not cost the
 * others, and its message names the account.
 */

/** One account of the configuration. */
export interface AccountConfig {
  /** The name for `--account`: lower case letters, digits, dashes. */
  readonly name: string;
  /** The id of its provider. */
  readonly provider: string;
  /** The directory of its login, as it is written: `~` is the home directory. Null: the provider's default. */
  readonly configDir: string | null;
  /** What stands before its numbers; null: the name. */
  readonly label: string | null;
  /** It is not on lines of several accounts, nor among `--all`. */
  readonly hidden: boolean;
}

/** Names of accounts: short, and safe in file names and on command lines. */
export const ACCOUNT_NAME = /^[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?$/;
export const ACCOUNT_NAME_ACCEPTED = 'lower case letters, digits and dashes, at most 30';

/** Words that `accounts` and the options use. */
const RESERVED: readonly string[] = ['all', 'auto', 'default'];

/** What is read from a list of tables: those that can be used, and a sentence for each mistake, with its position. */
export interface AccountsRead {
  readonly accounts: readonly AccountConfig[];
  readonly mistakes: readonly { readonly index: number; readonly text: string }[];
}

const KEYS = ['name', 'provider', 'config_dir', 'label', 'hidden'];

/** Reads the value of `account`. Never throws. The ids of providers are checked where they are known, in `accounts/`. */
export function readAccounts(value: unknown): AccountsRead {
  if (!Array.isArray(value)) {
    const text = `account is ${quoteValue(value)}; accepted: tables that begin with [[account]]`;
    return { accounts: [], mistakes: [{ index: 0, text }] };
  }
  const accounts: AccountConfig[] = [];
  const mistakes: { index: number; text: string }[] = [];
  for (const [index, item] of value.entries()) {
    const read = readAccount(item, accounts);
    if (typeof read === 'string') mistakes.push({ index, text: read });
    else accounts.push(read);
  }
  return { accounts, mistakes };
}

/** The account of one table, or what is wrong with it. */
function readAccount(item: unknown, before: readonly AccountConfig[]): AccountConfig | string {
  if (typeof item !== 'object' || item === null) {
    return `account is ${quoteValue(item)}; accepted: a table with ${KEYS.join(', ')}`;
  }
  const { name, provider, config_dir: configDir, label, hidden, ...others } = item as Record<string, unknown>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    const near = didYouMean(unknown, KEYS, '"');
    return `${quoteValue(`account.${unknown}`)} is no key; accepted: ${KEYS.join(', ')}${near}`;
  }
  if (typeof name !== 'string' || !ACCOUNT_NAME.test(name) || RESERVED.includes(name)) {
    const reserved = RESERVED.join(', ');
    return `account.name is ${given(name)}; accepted: ${ACCOUNT_NAME_ACCEPTED}, but not ${reserved}`;
  }
  const of = `of the account "${name}"`;
  if (before.some((it) => it.name === name)) {
    return `account.name is "${name}" twice; accepted: a name of its own for each account`;
  }
  if (typeof provider !== 'string' || !/^[a-z0-9-]{1,30}$/.test(provider)) {
    return `account.provider ${of} is ${given(provider)}; accepted: the id of a provider, such as "claude"`;
  }
  if (
    configDir !== undefined &&
    (typeof configDir !== 'string' || !/^(?:~\/|\/|[A-Za-z]:[\\/])\P{Cc}*$/u.test(configDir))
  ) {
    return `account.config_dir ${of} is ${given(configDir)}; accepted: an absolute path, or one that begins with ~/`;
  }
  if (label !== undefined && (typeof label !== 'string' || !/^[A-Za-z0-9._+:/() -]{1,20}$/.test(label))) {
    return `account.label ${of} is ${given(label)}; accepted: at most 20 letters, digits, spaces and ._+:/()-`;
  }
  if (hidden !== undefined && typeof hidden !== 'boolean') {
    return `account.hidden ${of} is ${given(hidden)}; accepted: true, false`;
  }
  return {
    name,
    provider,
    configDir: configDir ?? null,
    label: label ?? null,
    hidden: hidden ?? false,
  };
}

function given(value: unknown): string {
  return value === undefined ? 'missing' : quoteValue(value);
}
