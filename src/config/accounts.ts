import { isTable, reportBelow, TableReader } from './table-reader.ts';
import type { Report, TableMistake } from './table-reader.ts';
import { quoteValue } from './warnings.ts';

/*
 * `[[account]]` of the configuration, and the key `accounts`. Read by hand: a mistake in one account must not cost the
 * others, and every mistake is reported with the name of its account.
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

/** What is read from a list of tables: those that can be used, and every mistake in the others. */
export interface AccountsRead {
  readonly accounts: readonly AccountConfig[];
  readonly mistakes: readonly TableMistake[];
}

const KEYS = ['name', 'provider', 'config_dir', 'label', 'hidden'];

const DIRECTORY = /^(?:~\/|\/|[A-Za-z]:[\\/])\P{Cc}*$/u;
const LABEL = /^[A-Za-z0-9._+:/() -]{1,20}$/;

/** Reads the value of `account`. Never throws. The ids of providers are checked where they are known, in `accounts/`. */
export function readAccounts(value: unknown): AccountsRead {
  const mistakes: TableMistake[] = [];
  const report: Report = (path, text) => mistakes.push({ path, text });
  if (!Array.isArray(value)) {
    report([], `account is ${quoteValue(value)}; accepted: tables that begin with [[account]]`);
    return { accounts: [], mistakes };
  }
  const accounts: AccountConfig[] = [];
  const names = new Set<string>();
  for (const [index, item] of value.entries()) {
    const before = mistakes.length;
    const account = readAccount(item, names, reportBelow(report, `${index}`));
    if (account !== null && mistakes.length === before) accounts.push(account);
  }
  return { accounts, mistakes };
}

/** @param names the names of the accounts above, to which its own is added */
function readAccount(item: unknown, names: Set<string>, report: Report): AccountConfig | null {
  if (!isTable(item)) {
    report([], `account is ${quoteValue(item)}; accepted: a table with ${KEYS.join(', ')}`);
    return null;
  }
  const isNamed = typeof item.name === 'string' && ACCOUNT_NAME.test(item.name);
  const table = new TableReader(item, 'account', isNamed ? ` of the account "${item.name}"` : '', report);
  table.refuseUnknown(KEYS);
  const name = readName(table, names);
  const provider = table.text('provider', /^[a-z0-9-]{1,30}$/, PROVIDER_ACCEPTED);
  if (!table.has('provider')) table.refuse('provider', PROVIDER_ACCEPTED);
  const configDir = table.text('config_dir', DIRECTORY, 'an absolute path, or one that begins with ~/');
  const label = table.text('label', LABEL, 'at most 20 letters, digits, spaces and ._+:/()-');
  const hidden = table.truth('hidden');
  return name === null || provider === null ? null : { name, provider, configDir, label, hidden };
}

const PROVIDER_ACCEPTED = 'the id of a provider, such as "claude"';

function readName(table: TableReader, names: Set<string>): string | null {
  const name = table.get('name');
  if (typeof name !== 'string' || !ACCOUNT_NAME.test(name) || RESERVED.includes(name))
    return table.refuse('name', `${ACCOUNT_NAME_ACCEPTED}, but not ${RESERVED.join(', ')}`);
  if (names.has(name))
    return table.refuse('name', 'a name of its own for each account', { shown: 'is there twice' });
  names.add(name);
  return name;
}
