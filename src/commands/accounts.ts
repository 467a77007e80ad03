import { hasLogin } from '../accounts/find.ts';
import type { KnownAccount } from '../accounts/account.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import type { System } from '../platform/system.ts';
import { printable } from '../platform/stdio.ts';
import { planName } from '../render/heading.ts';
import { longMessage, shortMessage } from '../render/messages.ts';
import { age } from '../render/values.ts';
import type { Usage } from '../usage/model.ts';
import { isoTime } from '../usage/time.ts';
import { askAccounts } from './asking.ts';
import { policyOf } from './callers.ts';
import { result } from './command.ts';
import type { Command, CommandResult } from './command.ts';
import { warningText } from './resolving.ts';

interface AccountsOptions {
  readonly json: boolean;
}

/** `usageline accounts`: the logins that were found. */
export const command: Command<AccountsOptions> = {
  name: 'accounts',
  synonyms: ['account', 'logins', 'login', 'who', 'whoami'],
  about: 'list the accounts with a login: provider, plan, state, and where the login is',
  options: [{ flag: '--json', about: 'print one JSON object for programs', sets: { json: true } }],
  defaults: { json: false },
  help: `
Examples:
  usageline accounts
  usageline --account work     the line of one of them
  usageline --all              all of them on one line
  usageline show --all         all of them as a table
A login in another directory, or a label of your own, in the configuration:
  [[account]]
  name = "work"
  provider = "codex"
  config_dir = "~/.codex-work"
`,
  run: accounts,
};

/** One account, as it is listed. */
interface Row {
  readonly account: string;
  readonly provider: string;
  readonly plan: string;
  readonly state: string;
  readonly source: string;
  readonly login: string;
}

/** Lists the accounts without a request. */
async function accounts(system: System, { json }: AccountsOptions): Promise<CommandResult> {
  const config = await loadConfig(system);
  const { scansAll, ...question } = { ...policyOf('prompt'), policy: 'cached' as const };
  const options = { timeoutMs: null, debug: false, scansAll, estimates: false };
  const listed = { ...config, accounts: config.accounts.map((it) => ({ ...it, hidden: false })) };
  const choice = { account: null, provider: null, all: true };
  const answers = await askAccounts(system, listed, choice, options, question);
  const hidden = new Set(config.accounts.filter((it) => it.hidden).map(({ name }) => name));
  const found = answers.accounts.flatMap((account, index) => {
    return hasLogin(account) ? [{ account, usage: answers.usages[index] as Usage }] : [];
  });
  const stderr = json ? '' : warningText(config, ...answers.warnings);
  if (json) {
    const list = found.map(({ account, usage }) =>
      jsonOf(system, config, account, usage, hidden.has(account.name)),
    );
    const object = { schema: 'usageline/accounts/v1', generated_at: isoTime(system.now()), accounts: list };
    return result(`${JSON.stringify(object)}\n`, { exitCode: list.length > 0 ? 0 : 3 });
  }
  if (found.length === 0) {
    const { texts } = answers.usage;
    const text = `No login was found. ${longMessage({ code: 'no_credentials', retryAt: null }, texts)}\n`;
    return result(text, { exitCode: 3, stderr });
  }
  const rows = found.map(({ account, usage }) =>
    rowOf(system, config, account, usage, hidden.has(account.name)),
  );
  return result(tableOf(rows), { stderr });
}

function rowOf(system: System, config: Config, account: KnownAccount, usage: Usage, isHidden: boolean): Row {
  const { provider } = account;
  return {
    account: [wordOf(account), ...remarksOf(account, isHidden)].join(' '),
    provider: provider.texts.name,
    plan: planName(usage.plan, provider.texts) || '-',
    state: stateText(usage),
    source: usage.source ?? '-',
    login: printable(loginPlace(system, config, account) ?? '-'),
  };
}

function jsonOf(
  system: System,
  config: Config,
  account: KnownAccount,
  usage: Usage,
  isHidden: boolean,
): object {
  const { provider, name, label } = account;
  return {
    provider: provider.id,
    account: name,
    label,
    hidden: isHidden,
    plan: usage.plan,
    state: usage.state,
    source: usage.source,
    cached_at: usage.cachedAt === null ? null : isoTime(usage.cachedAt),
    error: usage.error?.code ?? null,
    login: loginPlace(system, config, account),
  };
}

/** The word by which `--account` names an account. */
function wordOf({ name, provider }: KnownAccount): string {
  return name === 'default' ? provider.id : name;
}

/** Its label, where that is another word, and whether it is hidden. */
function remarksOf({ name, label, provider }: KnownAccount, isHidden: boolean): string[] {
  const isOther = label.toLowerCase() !== name && label !== provider.id;
  return [...(isOther ? [`(${printable(label)})`] : []), ...(isHidden ? ['(hidden)'] : [])];
}

function stateText(usage: Usage): string {
  const { state, ageMs, error, generatedAt, texts } = usage;
  const problem = error === null || error.code === 'no_data' ? null : shortMessage(error, generatedAt, texts);
  if (ageMs === null) return problem ?? 'not asked yet';
  const words = {
    fresh: 'current',
    stale: 'out of date',
    last_known: 'last known',
    estimate: 'estimate',
    none: '',
  };
  return [`${words[state]}, ${age(ageMs)}`, problem].filter(Boolean).join(', ');
}

/**
 * Where the login is: its file, with `~` for the home directory, or the variable that holds it; `key_command` where a command
 * prints it, and null where only a keychain can hold it.
 */
function loginPlace(system: System, config: Config, { provider, system: view }: KnownAccount): string | null {
  const own = config.providers.find(({ id }) => id === provider.id);
  if (own?.key.kind === 'variable') return `$${own.key.name}`;
  if (own !== undefined) return own.key.kind === 'command' ? 'key_command' : null;
  const file = provider.loginFiles(view).find((path) => exists(system, path));
  const home = system.home();
  if (file !== undefined) {
    return home !== null && file.startsWith(`${home}/`) ? `~${file.slice(home.length)}` : file;
  }
  const variable = provider.keyVariables.find((name) => view.env[name]);
  return variable === undefined ? null : `$${variable}`;
}

function exists({ fs }: System, path: string): boolean {
  try {
    return fs.statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

const TITLES: Row = {
  account: 'ACCOUNT',
  provider: 'PROVIDER',
  plan: 'PLAN',
  state: 'STATE',
  source: 'SOURCE',
  login: 'LOGIN',
};

function tableOf(rows: readonly Row[]): string {
  const all = [TITLES, ...rows];
  const keys = Object.keys(TITLES) as (keyof Row)[];
  const widths = keys.map((key) => Math.max(...all.map((row) => row[key].length)));
  return all
    .map((row) =>
      keys
        .map((key, index) => row[key].padEnd(widths[index] as number))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}
