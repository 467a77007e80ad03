import type { Config } from '../config/config.ts';
import type { System } from '../platform/system.ts';
import { didYouMean } from '../usage/nearest.ts';
import { quoteInput } from '../usage/text.ts';
import { accountWord, isUnchosen } from './account.ts';
import type { Choice, KnownAccount } from './account.ts';
import {
  findAccounts,
  hasLogin,
  mainAccount,
  namedMain,
  providerIds,
  providerOf,
  usualAccount,
} from './find.ts';

/** The accounts that a caller gets; or why there are none, as a sentence of wrong usage. */
export type Chosen =
  | {
      readonly kind: 'accounts';
      /** At least one. */
      readonly accounts: readonly KnownAccount[];
      /** Whether the order is that of a list; otherwise the account of which most is used comes first. */
      readonly ordered: boolean;
      /** Whether each has its label before its numbers: otherwise there is one, which needs none. */
      readonly labelled: boolean;
      /** Places without a login: one there would belong to the accounts as well. */
      readonly absent: readonly KnownAccount[];
      /** About the configuration, in words. */
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'mistake'; readonly text: string };

/** The accounts of a choice. Without one: the configured accounts, else the main account, else the only one, else all. */
export async function chooseAccounts(system: System, config: Config, choice: Choice): Promise<Chosen> {
  if (isUnchosen(choice) && (config.lineAccounts ?? []).length === 0 && isMainAlone(system)) {
    return chosen([await namedMain(system, config)]);
  }
  if (choice.all && (choice.account ?? choice.provider) !== null) {
    return {
      kind: 'mistake',
      text: '--all cannot be used with --account or --provider; accepted: one of them',
    };
  }
  const { accounts, absent, warnings } = await findAccounts(system, config);
  if (choice.provider !== null) {
    const provider = await providerOf(config, choice.provider);
    if (provider === null) return mistake('--provider', choice.provider, providerIds(config));
    const isOwn = (it: KnownAccount) => it.provider.id === provider.id;
    const own = accounts.filter(isOwn);
    if (choice.account !== null) return named(own, absent.filter(isOwn), choice.account, warnings);
    // Without a login the account still says what is missing.
    const all = own.length > 0 ? own : [usualAccount(system, provider)];
    const visible = all.filter(({ hidden }) => !hidden);
    return chosen(visible.length > 0 ? visible : all, { absent: absent.filter(isOwn), warnings });
  }
  if (choice.account !== null) return named(accounts, absent, choice.account, warnings);
  const shown = accounts.filter(({ hidden }) => !hidden);
  const listed = choice.all || config.lineAccounts?.includes('all') ? [] : (config.lineAccounts ?? []);
  const found = among(accounts, listed);
  const unknown = listed.filter((word) => among(accounts, [word]).length === 0);
  const withWarnings = {
    ordered: listed.length > 0,
    absent,
    warnings: [...warnings, ...unknown.map((word) => withoutLogin(word, accounts))],
  };
  if (listed.length === 0)
    return chosen(shown.length > 0 ? shown : [await namedMain(system, config)], withWarnings);
  // One account of a list has its label as well: the numbers of another one may have stood at its place.
  if (found.length > 0)
    return chosen(found, { ...withWarnings, labelled: listed.length > 1 || found.length > 1 });
  // Without any login of the list, its first account says what is missing.
  const [first] = among(absent, listed);
  if (first !== undefined) return chosen([first], { ...withWarnings, labelled: listed.length > 1 });
  return chosen([await namedMain(system, config)], { ...withWarnings, labelled: true });
}

/** The accounts that the words of a list name, in its order. */
function among(accounts: readonly KnownAccount[], words: readonly string[]): readonly KnownAccount[] {
  const named = words.flatMap((word) =>
    accounts.filter((it) => isNamed(it, word) || it.provider.id === word),
  );
  return [...new Set(named)];
}

/** Whether a line without options is about the main account alone. Costs a `stat`, and loads no other provider. */
export function isMainAlone(system: System): boolean {
  const account = mainAccount(system);
  // The stored login of macOS is in the keychain, which a prompt does not ask.
  return system.platform === 'darwin' || account.name !== 'default' || hasLogin(account);
}

function chosen(
  accounts: readonly KnownAccount[],
  more: Partial<Omit<Extract<Chosen, { kind: 'accounts' }>, 'kind' | 'accounts'>> = {},
): Chosen {
  const labelled = accounts.length > 1;
  return { kind: 'accounts', accounts, ordered: false, labelled, absent: [], warnings: [], ...more };
}

/**
 * The account of `--account`. One without a login says what is missing.
 *
 * @param absent the places without a login
 */
function named(
  accounts: readonly KnownAccount[],
  absent: readonly KnownAccount[],
  word: string,
  warnings: readonly string[],
): Chosen {
  const found = [accounts, absent].map((list) => meant(list, word)).find((list) => list.length > 0) ?? [];
  const [first, second] = found;
  if (first === undefined) {
    const configured = absent.filter(({ name }) => name !== 'default');
    return mistake('--account', word, [...accounts, ...configured].map(wordOf));
  }
  if (second === undefined) return chosen([first], { warnings });
  const ids = found.map((it) => it.provider.id).join(', ');
  return {
    kind: 'mistake',
    text: `--account is '${quoteInput(word)}', the name of ${found.length} accounts; accepted with it: --provider ${ids}`,
  };
}

/** The accounts that a word names. Names differ within a provider. A label can be the name of another account. */
function meant(accounts: readonly KnownAccount[], word: string): readonly KnownAccount[] {
  const byName = accounts.filter((it) => hasName(it, word));
  return byName.length > 0 ? byName : accounts.filter((it) => isNamed(it, word));
}

/**
 * Whether a word names an account: its name, its label, the provider's id for the account in the usual place, or both, as
 * `codex/work`.
 */
function isNamed(account: KnownAccount, word: string): boolean {
  const { name, label, provider } = account;
  return (
    hasName(account, word) ||
    [label, `${provider.id}/${name}`].some((it) => accountWord(it) === accountWord(word))
  );
}

function hasName({ name, provider }: KnownAccount, word: string): boolean {
  return name === word || (name === 'default' && provider.id === word);
}

/** The word by which a message names an account. */
function wordOf({ name, provider }: KnownAccount): string {
  return name === 'default' ? provider.id : name;
}

function mistake(flag: string, word: string, accepted: readonly string[]): Chosen {
  const list = accepted.length > 0 ? accepted.join(', ') : 'none, since no login was found';
  return {
    kind: 'mistake',
    text: `${flag} is '${quoteInput(word)}'; accepted: ${list}${didYouMean(word, accepted)}`,
  };
}

function withoutLogin(word: string, accounts: readonly KnownAccount[]): string {
  const known = accounts.map(wordOf).join(', ');
  return `accounts names "${word}", of which no login was found; found: ${known === '' ? 'none' : known}`;
}
