import type { Config } from '../config/config.ts';
import type { System } from '../platform/system.ts';
import { didYouMean } from '../usage/nearest.ts';
import { quoteInput } from '../usage/text.ts';
import { isUnchosen } from './account.ts';
import type { Choice, KnownAccount } from './account.ts';
import { findAccounts, hasLogin, mainAccount, providerIds, providerOf, usualAccount } from './find.ts';

/** The accounts that a caller gets; or why there are none, as a sentence of wrong usage. */
export type Chosen =
  | {
      readonly kind: 'accounts';
      /** At least one. */
      readonly accounts: readonly KnownAccount[];
      /** Whether the order is that of a list; otherwise the account of which most is used comes first. */
      readonly ordered: boolean;
      /** Places without a login: one there would belong to the accounts as well. */
      readonly absent: readonly KnownAccount[];
      /** About the configuration, in words. */
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'mistake'; readonly text: string };

/** The accounts of a choice. Without one: the configured accounts, else the main account, else the only one, else all. */
export async function chooseAccounts(system: System, config: Config, choice: Choice): Promise<Chosen> {
  if (isUnchosen(choice) && (config.lineAccounts ?? []).length === 0 && isMainAlone(system)) {
    return chosen([mainAccount(system)]);
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
    if (choice.account !== null) return named(own, choice.account, warnings);
    // Without a login the account still says what is missing.
    const all = own.length > 0 ? own : [usualAccount(system, provider)];
    const visible = all.filter(({ hidden }) => !hidden);
    return chosen(visible.length > 0 ? visible : all, { absent: absent.filter(isOwn), warnings });
  }
  if (choice.account !== null) return named(accounts, choice.account, warnings);
  const shown = accounts.filter(({ hidden }) => !hidden);
  const listed = choice.all || config.lineAccounts?.includes('all') ? [] : (config.lineAccounts ?? []);
  const found = listed.flatMap((word) =>
    accounts.filter((it) => isNamed(it, word) || it.provider.id === word),
  );
  const unknown = listed.filter(
    (word) => !accounts.some((it) => isNamed(it, word) || it.provider.id === word),
  );
  const all = listed.length > 0 ? [...new Set(found)] : shown;
  return chosen(all.length > 0 ? all : [mainAccount(system)], {
    ordered: listed.length > 0,
    absent,
    warnings: [...warnings, ...unknown.map((word) => withoutLogin(word, accounts))],
  });
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
  return { kind: 'accounts', accounts, ordered: false, absent: [], warnings: [], ...more };
}

function named(accounts: readonly KnownAccount[], word: string, warnings: readonly string[]): Chosen {
  // Names differ within a provider. A label can be the name of another account.
  const byName = accounts.filter((it) => hasName(it, word));
  const found = byName.length > 0 ? byName : accounts.filter((it) => isNamed(it, word));
  const [first, second] = found;
  if (first === undefined) return mistake('--account', word, accounts.map(wordOf));
  if (second === undefined) return chosen([first], { warnings });
  const ids = found.map((it) => it.provider.id).join(', ');
  return {
    kind: 'mistake',
    text: `--account is '${quoteInput(word)}', the name of ${found.length} accounts; accepted with it: --provider ${ids}`,
  };
}

/** Whether a word names an account: its name, its label, or the provider's id for the account in the usual place. */
function isNamed(account: KnownAccount, word: string): boolean {
  return hasName(account, word) || account.label.toLowerCase() === word;
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
