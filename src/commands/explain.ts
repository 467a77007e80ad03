import { NO_CHOICE } from '../accounts/account.ts';
import type { Choice, KnownAccount } from '../accounts/account.ts';
import { readClaims } from '../cache/claims.ts';
import type { AccountDirectory } from '../cache/directory.ts';
import type { Backoff } from '../cache/backoff.ts';
import type { Entry } from '../cache/entry.ts';
import { foreignOwner, isWritable } from '../cache/trust.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { DISABLE_TRAFFIC_VARIABLE } from '../config/settings.ts';
import type { Settings } from '../config/settings.ts';
import { damageOf } from '../platform/damaged-files.ts';
import { throughSource } from '../fetch/source.ts';
import { healthOf } from '../init/health.ts';
import { installedPath, readInstalled } from '../init/installed.ts';
import { dataHome } from '../init/runtime.ts';
import { printable } from '../platform/stdio.ts';
import { clockTime } from '../render/clock.ts';
import type { ClockAppearance } from '../render/clock.ts';
import { age, countdown } from '../render/values.ts';
import { judgeBudget } from '../resolve/budget.ts';
import type { BudgetVerdict } from '../resolve/budget.ts';
import { readState } from '../resolve/read-state.ts';
import { pathsOf } from '../resolve/paths.ts';
import { providerSettings } from '../resolve/provider-settings.ts';
import type { State, ResolveDeps } from '../resolve/read-state.ts';
import { isBlocking, nextTry } from '../resolve/decide.ts';
import type { Policy } from '../resolve/decide.ts';
import { freshUntil, pacedUntil, endpointDueAt } from '../resolve/freshness.ts';
import type { Shortcoming } from '../resolve/freshness.ts';
import { diskFingerprint } from '../resolve/credentials-fingerprint.ts';
import type { System } from '../platform/system.ts';
import { isAboutCredentials, isRenewal } from '../usage/failure.ts';
import type { ProviderTexts, RequestBudget } from '../usage/provider-facts.ts';
import { HOUR } from '../usage/time.ts';
import { localZone } from '../zone/local.ts';
import { result } from './command.ts';
import { accountsOf, warningText } from './resolving.ts';
import type { Command, CommandResult } from './command.ts';
import { CHOICE, POLICIES } from './fast-options.ts';
import { withTexts } from './options.ts';

interface ExplainOptions extends Choice {
  readonly policy: Policy;
}

/**
 * `usageline explain`: which row of the decision table applies now, and why, in words. It makes no request, reads no
 * credentials and writes nothing.
 */
export const command: Command<ExplainOptions> = {
  name: 'explain',
  synonyms: ['why', 'doctor', 'debug', 'diagnose', 'info'],
  about: 'print which rule applies now and why: entry, backoff, credentials, budget, next request',
  options: withTexts<ExplainOptions>({ ...POLICIES, ...CHOICE }),
  defaults: { ...NO_CHOICE, policy: 'background' },
  help: `
Examples:
  usageline explain            for a prompt or a bar
  usageline explain --wait     for a terminal
  usageline explain --all      every account
`,
  run: explain,
};

async function explain(system: System, { policy, ...choice }: ExplainOptions): Promise<CommandResult> {
  const config = await loadConfig(system);
  const { accounts, warnings } = await accountsOf(system, config, choice);
  const clock: ClockAppearance = { clock: '24h', zone: localZone(system) };
  const explained = accounts.map((account) => explainAccount(account, config, policy, clock));
  const general: [string, string][] = [
    ...(clock.zone.offsetAt(system.now()) === null
      ? ([['Time zone', 'TZ is not a known zone: no clock times']] as [string, string][])
      : []),
    ...installedFacts(system),
    ...programFacts(system),
  ];
  const blocks = explained.map(({ facts }, index) => {
    const account = accounts[index] as KnownAccount;
    const name = account.name === 'default' ? '' : `, ${account.name}`;
    return accounts.length === 1
      ? facts
      : [['Account', `${account.provider.texts.name}${name}`] as const, ...facts];
  });
  const last = blocks.pop() ?? [];
  const text = [...blocks, [...last, ...general]]
    .map((facts) => facts.map(([label, fact]) => `${label.padEnd(13)} ${printable(fact)}\n`).join(''))
    .join('\n');
  const problems = new Set(explained.flatMap(({ warning }) => warning ?? []));
  return result(text, { stderr: warningText(config, ...warnings, ...problems) });
}

/** What applies to one account. */
function explainAccount(
  { system, provider: usual }: KnownAccount,
  config: Config,
  policy: Policy,
  clock: ClockAppearance,
): { readonly facts: readonly (readonly [string, string])[]; readonly warning: string | null } {
  const provider = throughSource(usual, config.source);
  const settings = providerSettings(config.settings, provider);
  const deps: ResolveDeps = { system, settings, provider, log: () => {} };
  const paths = pathsOf(system, provider);
  const { cache } = paths;
  const { fingerprint } = diskFingerprint(system, provider, cache);
  const state = readState(deps, paths, { policy, force: false }, fingerprint);
  const { backoff, now } = state;
  const entry = state.read.kind === 'entry' ? state.read.entry : null;
  const attempts = cache ? readClaims(system, cache.path, 'attempt') : [];
  const budget = judgeBudget({ backoff, attempts }, now, fingerprint, provider.budget);
  const keeps = cache !== null && isWritable(system, cache.path);
  return {
    warning: paths.warning,
    facts: [
      ['For', CALLERS[policy]],
      ['Decision', decisionText(state, settings, keeps)],
      ['Entry', entryText(state, entry, settings, clock, provider.texts)],
      ['Backoff', backoffText(backoff, now, fingerprint, clock)],
      ['Credentials', credentialsText(entry, fingerprint)],
      ['Budget', budgetText(backoff, budget, provider.budget, now, clock)],
      ['Next request', keeps ? nextText(state, entry, budget, fingerprint, config, clock) : UNKEPT],
      ['Cache', cacheText(system, cache, keeps)],
    ],
  };
}

/** What `usageline init` installed, and whether it still works. */
function installedFacts(system: System): [string, string][] {
  const home = system.home();
  if (home === null) return [];
  return healthOf(system, readInstalled(system, installedPath(dataHome({ env: system.env, home }))));
}

/** A fact about damaged files of the program; none if there are none. */
function programFacts({ fs }: System): [string, string][] {
  const damage = damageOf(fs);
  return damage === null ? [] : [['Program', damage]];
}

const CALLERS: Record<Policy, string> = {
  cached: 'a caller that makes no request (--cached)',
  background: 'a caller that does not wait (a prompt, a bar, --no-wait)',
  wait: 'a caller that waits (a terminal, show, --wait)',
};

const UNKEPT = 'only by a command that a person waits for, since the cache cannot be written';

function cacheText(system: System, cache: AccountDirectory | null, keeps: boolean): string {
  if (cache === null) return 'none';
  if (keeps) return cache.path;
  const owner = foreignOwner(system, cache.path);
  return `${cache.path}, which cannot be written${owner === null ? '' : `: ${owner}`}`;
}

/** @param keeps whether the cache can be written: without it no process is started */
function decisionText({ decision }: State, settings: Settings, keeps: boolean): string {
  const { row, action, freshness } = decision;
  const known =
    freshness === 'fresh' || freshness === 'stale'
      ? 'the known numbers are shown'
      : 'there are no numbers to show';
  const why: Record<typeof row, string> = {
    1: 'the numbers are fresh: they are shown, and nothing else is read',
    2: `a backoff is in force: no request, ${known}`,
    3: settings.network ? `${known}, and no request is made` : `requests are switched off: ${known}`,
    4:
      action !== 'background'
        ? `${known}; the budget is spent, so no worker is started`
        : keeps
          ? `${known}, and the worker sends a request`
          : `${known}; the cache cannot be written, so no worker is started`,
    5: 'it sends a request, or waits for the response to one that is under way',
  };
  return `row ${row}: ${why[row]}`;
}

const SHORTCOMINGS: Record<Shortcoming, (texts: ProviderTexts) => string> = {
  'no entry': () => 'none',
  'no data': () => 'none, only the last failure',
  'another account': () => 'another account has signed in since: it is not shown',
  'account not known': (texts) =>
    `the login changed, and ${texts.identityFile} does not name the account of the numbers: not on the line, only as last known in show`,
  'from the future': () =>
    'read at a time in the future, so the clock was set back: not on the line, only as last known in show',
  'too old': () => 'too old for the line: only as last known',
  'credentials changed': () => 'stale: the credentials have changed since',
  contradicted: (texts) => `stale: a session of ${texts.client} reports another number, so a request is due`,
  'a window was reset': () => 'stale: a window was reset since',
  aged: () => 'stale',
};

function entryText(
  { decision, read, now }: State,
  entry: Entry | null,
  settings: Settings,
  clock: ClockAppearance,
  texts: ProviderTexts,
): string {
  if (read.kind === 'miss') return read.denied ? `cannot be read (${read.denied})` : 'none';
  const readAt = entry === null ? '' : `read ${age(Math.max(0, now - entry.cachedAt))}, `;
  if (decision.because !== null) return `${readAt}${SHORTCOMINGS[decision.because](texts)}`;
  const until = freshUntil(entry as Entry, settings);
  return `${readAt}fresh for ${moreUntil(until, now, clock)}`;
}

/** For example `1m more, until 18:27`; without the clock time if the zone is not known. */
function moreUntil(at: number, now: number, clock: ClockAppearance): string {
  const time = clockTime(at, now, clock);
  return `${countdown(at - now)} more${time === null ? '' : `, until ${time}`}`;
}

function backoffText(
  backoff: Backoff | null,
  now: number,
  fingerprint: string | null,
  clock: ClockAppearance,
): string {
  if (backoff === null || backoff.blockedUntil <= now) return 'none';
  const ends = backoff.error !== null && isAboutCredentials(backoff.error) && backoff.credentials !== null;
  const failure = backoff.error ?? 'an unnamed failure';
  // A lapsed token fails every few minutes at night, so its count is of no use.
  const counts = backoff.failures > 1 && !(backoff.error !== null && isRenewal(backoff.error));
  const times = counts ? `, ${backoff.failures} in a row` : '';
  const until = moreUntil(backoff.blockedUntil, now, clock);
  return isBlocking(backoff, now, fingerprint)
    ? `${failure}${times}: ${until}${ends ? ', or until the credentials change' : ''}`
    : `${failure}${times}: void, because the credentials have changed since`;
}

function credentialsText(entry: Entry | null, fingerprint: string | null): string {
  if (fingerprint === null) return 'no login file whose change could be noticed';
  if (entry?.credentials == null) return 'the entry does not name those it was read with';
  return entry.credentials === fingerprint
    ? 'as they were when the entry was read'
    : 'changed since the entry was read';
}

function budgetText(
  backoff: Backoff | null,
  budget: BudgetVerdict,
  { perHour }: RequestBudget,
  now: number,
  clock: ClockAppearance,
): string {
  const hour = (backoff?.requests ?? []).filter((at) => at > now - HOUR).length;
  const spent = `${hour} of ${perHour} requests in the last hour`;
  if (budget.kind === 'granted') return `${spent}; one may be sent`;
  if (budget.kind === 'running') return `${spent}; one is under way`;
  const time = clockTime(budget.nextAt, now, clock);
  return `${spent}; the next may be sent in ${countdown(budget.nextAt - now)}${time === null ? '' : `, at ${time}`}`;
}

/** When the next call that may make a request would make one. */
function nextText(
  { decision, backoff, now }: State,
  entry: Entry | null,
  budget: BudgetVerdict,
  fingerprint: string | null,
  { settings, network }: Config,
  clock: ClockAppearance,
): string {
  if (!settings.network) {
    return `never: ${network?.value === 'never' ? `network is "never" (${network.source})` : `${DISABLE_TRAFFIC_VARIABLE} is set`}`;
  }
  const blocking = backoff !== null && isBlocking(backoff, now, fingerprint) ? backoff : null;
  const fresh = decision.freshness === 'fresh' && entry !== null ? freshUntil(entry, settings) : now;
  const rest = entry?.overlay
    ? (endpointDueAt(entry, settings) ?? Math.max(fresh, pacedUntil(entry, settings)))
    : fresh;
  const at = Math.max(rest, nextTry(blocking, budget) ?? now);
  if (at <= now) return 'at the next call that may make a request';
  const time = clockTime(at, now, clock);
  const wait = `in ${countdown(at - now)}`;
  return time === null ? `${wait} at the earliest` : `not before ${time}, ${wait}`;
}
