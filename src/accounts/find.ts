import type { AccountConfig } from '../config/accounts.ts';
import type { Config, Sourced } from '../config/config.ts';
import { PROVIDERS } from '../fetch/providers.ts';
import type { ProviderDescriptor } from '../fetch/provider.ts';
import { environment, provider as main } from '../fetch/registry.ts';
import { joinPaths } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';
import { diskFingerprint } from '../resolve/credentials-fingerprint.ts';
import { accountKey, identityOf } from '../resolve/identity.ts';
import { pathsOf } from '../resolve/paths.ts';
import { didYouMean } from '../usage/nearest.ts';
import type { OwnProvider } from '../usage/own-provider.ts';
import { sanitize } from '../usage/text.ts';
import type { KnownAccount } from './account.ts';

/*
 * The accounts of this machine: the one that this environment leads to, those of the configuration, and a login of every
 * other provider in its usual place. Looking costs a few `stat` calls and reads the files that name the account.
 */

/** What the configuration says about accounts. */
type AccountsConfig = Pick<Config, 'accounts' | 'providers' | 'places'>;

/** The accounts of this machine. */
export interface FoundAccounts {
  /** Those with a login: those of this environment in the order of the providers, then those of the configuration. */
  readonly accounts: readonly KnownAccount[];
  /** The places without a login. */
  readonly absent: readonly KnownAccount[];
  /** What is wrong in the configuration, in words, each with its place. */
  readonly warnings: readonly string[];
}

/** Finds all accounts. Of several with one identity, or in one directory, one counts. */
export async function findAccounts(system: System, config: AccountsConfig): Promise<FoundAccounts> {
  const warnings: string[] = [...shadowedProviders(config)];
  const configured: KnownAccount[] = [];
  for (const account of config.accounts) {
    const made = await configuredAccount(system, config, account);
    if (typeof made === 'string') warnings.push(made);
    else configured.push(made);
  }
  const usual: KnownAccount[] = [mainAccount(system)];
  for (const id of providerIds(config)) {
    const provider = await providerOf(config, id);
    if (provider !== null && provider.id !== main.id) usual.push(usualAccount(system, provider));
  }
  const places = [...usual.map((it) => renamed(it, config)), ...configured];
  const [present, absent] = [places.filter(hasLogin), places.filter((it) => !hasLogin(it))];
  return { accounts: withOwnLabels(withoutTwins(present)), absent, warnings };
}

/** The account that the environment leads to, of the provider that a line is about. */
export function mainAccount(system: System): KnownAccount {
  return usualAccount(system, main, environment.directory);
}

/** The main account under its name of the configuration, where that has one for its directory. */
export async function namedMain(system: System, config: AccountsConfig): Promise<KnownAccount> {
  const account = renamed(mainAccount(system), config);
  const { directory } = main.account(system);
  for (const it of config.accounts.filter(({ provider }) => provider === main.id)) {
    const made = await configuredAccount(system, config, it);
    if (typeof made === 'string' || main.account(made.system).directory !== directory) continue;
    const { name, label, hidden } = made;
    return { ...account, name, label, hidden };
  }
  return account;
}

/** The account of a provider to which this environment leads, whether or not it has a login. */
export function usualAccount(
  system: System,
  provider: ProviderDescriptor,
  variable: string | null = provider.directoryVariable,
): KnownAccount {
  const given = variable === null ? undefined : system.env[variable];
  const isUsual = provider.account(system).name === 'default';
  const name = isUsual || !given ? 'default' : shortName(given);
  return { provider, system, name, label: isUsual ? provider.id : name, hidden: false };
}

/** The account of `[[account]]`; why there is none, in words. */
async function configuredAccount(
  system: System,
  config: AccountsConfig,
  account: AccountConfig,
): Promise<KnownAccount | string> {
  const { name, provider: id, configDir, label, hidden } = account;
  const provider = await providerOf(config, id);
  if (provider === null) return unknownProvider(config, account);
  const view = viewOf(system, provider, configDir);
  if (view === null) {
    const place = placed(config.places.get(`account.${name}.config_dir`));
    return `${place}account.config_dir of the account "${name}" is set; accepted: no directory, since ${provider.texts.name} has its login elsewhere`;
  }
  return { provider, system: view, name, label: label ?? name, hidden };
}

/**
 * The machine with the variable that leads to a directory, or without it for the usual directory; null for a directory of a
 * provider that has no such variable. A token in a variable is the login of the directory that the environment leads to: in
 * the view of another one it would give that account's numbers.
 */
function viewOf(system: System, provider: ProviderDescriptor, directory: string | null): System | null {
  const { directoryVariable: variable, keyVariables } = provider;
  if (variable === null) return directory === null ? system : null;
  const home = system.home() ?? '';
  const path = directory?.startsWith('~/') ? joinPaths(home, directory.slice(2)) : directory;
  const view = { ...system, env: { ...system.env, [variable]: path ?? undefined } };
  if (provider.account(view).directory === provider.account(system).directory) return view;
  const withoutKeys = Object.fromEntries(keyVariables.map((name) => [name, undefined]));
  return { ...view, env: { ...view.env, ...withoutKeys } };
}

/** Whether an account has a login, by `stat`, the environment and the last query of the keychain. */
export function hasLogin({ provider, system }: Pick<KnownAccount, 'provider' | 'system'>): boolean {
  const { cache } = pathsOf(system, provider);
  return provider.hasStoredLogin(system, diskFingerprint(system, provider, cache).fingerprint);
}

/**
 * The accounts without repetitions: of two that use one directory, or have one identity, the first stays, with the name,
 * the label and the visibility of the configured one.
 */
function withoutTwins(accounts: readonly KnownAccount[]): KnownAccount[] {
  const kept: KnownAccount[] = [];
  const byKey = new Map<string, number>();
  for (const account of accounts) {
    const keys = keysOf(account);
    const twin = keys.map((key) => byKey.get(key)).find((index) => index !== undefined);
    const index = twin ?? kept.push(account) - 1;
    if (twin !== undefined) {
      const { name, label, hidden } = account;
      kept[twin] = { ...(kept[twin] as KnownAccount), name, label, hidden };
    }
    for (const key of keys) byKey.set(key, index);
  }
  return kept;
}

/** An account of the environment under a name that no account of the configuration has. */
function renamed(account: KnownAccount, { accounts }: AccountsConfig): KnownAccount {
  const { id } = account.provider;
  const isTaken = (name: string) => accounts.some((it) => it.provider === id && it.name === name);
  let { name } = account;
  while (isTaken(name)) name = `${id}-${name}`;
  return name === account.name ? account : { ...account, name, label: name };
}

/** The accounts with labels that differ: one that others have too becomes provider and name. */
function withOwnLabels(accounts: readonly KnownAccount[]): KnownAccount[] {
  const count = new Map<string, number>();
  for (const { label } of accounts) {
    const key = label.toLowerCase();
    count.set(key, (count.get(key) ?? 0) + 1);
  }
  return accounts.map((account) => {
    const { provider, name, label } = account;
    const isOwn = count.get(label.toLowerCase()) === 1 || name === 'default';
    return isOwn ? account : { ...account, label: `${provider.id} ${name}` };
  });
}

/** What two accounts must not have in common. */
function keysOf({ provider, system }: KnownAccount): string[] {
  const { cache } = pathsOf(system, provider);
  const identity = accountKey(identityOf(system, provider, cache));
  const directory = provider.account(system).directory;
  const known = identity === null || identity === UNREAD ? [] : [`${provider.id} is ${identity}`];
  return [`in ${directory}`, ...known];
}

/** `accountKey` of a file that could not be read. Two such accounts can differ. */
const UNREAD = '?';

/** A provider by its id, one of the configuration included; null for an unknown one. */
export async function providerOf(
  config: Pick<Config, 'providers'>,
  id: string,
): Promise<ProviderDescriptor | null> {
  if (id === main.id) return main;
  if (Object.hasOwn(PROVIDERS, id)) return (await PROVIDERS[id]?.()) ?? null;
  const own = ownProviders(config).find((it) => it.id === id);
  return own === undefined ? null : (await import('../fetch/own/index.ts')).ownProvider(own);
}

/** The ids of all providers, in the order of lists: those of the configuration last. */
export function providerIds(config: Pick<Config, 'providers'>): readonly string[] {
  return [...builtInIds(), ...ownProviders(config).map(({ id }) => id)];
}

/** The ids of the providers that this program brings, in the order of lists. */
export function builtInIds(): readonly string[] {
  return [main.id, ...Object.keys(PROVIDERS).filter((id) => id !== main.id)];
}

/** The providers of the user's own that can be used. */
export function ownProviders({ providers }: Pick<Config, 'providers'>): readonly OwnProvider[] {
  return providers.filter(({ id }) => !builtInIds().includes(id));
}

/**
 * What is wrong in the configuration with ids of providers and names of accounts: sentences with their places. Part of
 * `config check`.
 *
 * @param listed the key `accounts` with its place; null: not set
 */
export async function accountMistakes(
  system: System,
  config: AccountsConfig,
  listed: Sourced<readonly string[]> | null,
): Promise<string[]> {
  const { accounts, warnings } = await findAccounts(system, config);
  // A provider or an account without a login is no mistake: the file can be that of several machines.
  const known = [
    'all',
    ...providerIds(config),
    ...config.accounts.flatMap(({ name, label }) => [name, label?.toLowerCase() ?? name]),
    ...accounts.flatMap(({ name }) => (name === 'default' ? [] : name)),
  ];
  const unknown = (listed?.value ?? []).filter((word) => !known.includes(word));
  const accepted = [...new Set(known)].join(', ');
  return [
    ...warnings,
    ...unknown.map(
      (word) =>
        `${placed(listed?.source)}accounts names "${word}"; accepted: ${accepted}${didYouMean(word, known, '"')}`,
    ),
  ];
}

function shadowedProviders({ providers, places }: AccountsConfig): string[] {
  const ids = builtInIds();
  return providers
    .filter(({ id }) => ids.includes(id))
    .map(
      ({ id }) =>
        `${placed(places.get(`provider.${id}.id`))}provider.id is "${id}", which is built in; accepted: any but ${ids.join(', ')}`,
    );
}

/** The beginning of a sentence about a place of the configuration. */
function placed(place: string | undefined): string {
  return place === undefined ? '' : `${place}: `;
}

function unknownProvider(config: AccountsConfig, { name, provider }: AccountConfig): string {
  const ids = providerIds(config);
  const place = placed(config.places.get(`account.${name}.provider`));
  return `${place}account.provider of the account "${name}" is "${provider}"; accepted: ${ids.join(', ')}${didYouMean(provider, ids, '"')}`;
}

/** A short form of the name of a directory: `~/.codex-work` → `codex-work`. */
export function shortName(directory: string): string {
  const parts = directory.split(/[\\/]+/).filter((part) => part !== '');
  const plain = sanitize((parts.at(-1) ?? '').replace(/^\.+/, '')).toLowerCase();
  return (
    plain
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 30) || 'other'
  );
}
