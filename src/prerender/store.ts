import { parseChoiceKey } from '../accounts/account.ts';
import type { KnownAccount } from '../accounts/account.ts';
import { refusalOf } from '../accounts/base-url.ts';
import { chooseAccounts } from '../accounts/choose.ts';
import type { Chosen } from '../accounts/choose.ts';
import { namedMain } from '../accounts/find.ts';
import type { AccountDirectory } from '../cache/directory.ts';
import { ensureDirectory } from '../cache/make-directory.ts';
import { dropPointer, writePointer } from '../cache/pointer.ts';
import { outputConfigOf } from '../config/config.ts';
import type { ColorChoice, Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { allowsRequests } from '../config/settings.ts';
import { environment, provider } from '../fetch/registry.ts';
import { throughSource } from '../fetch/source.ts';
import type { System } from '../platform/system.ts';
import { jsonTemplate } from '../render/json.ts';
import { renderOutput } from '../render/outputs/index.ts';
import { isHookKind, isLineKind, OUTPUT_KINDS } from '../render/outputs/kinds.ts';
import type { LineKind } from '../render/outputs/kinds.ts';
import { diskFingerprint } from '../resolve/credentials-fingerprint.ts';
import { pathsOf } from '../resolve/paths.ts';
import { providerSettings } from '../resolve/provider-settings.ts';
import { readState } from '../resolve/read-state.ts';
import { modelKey } from '../usage/model-name.ts';
import type { Usage } from '../usage/model.ts';
import { localAppearance } from '../config/local-appearance.ts';
import { removeMarkers, sweepOldEnvironments, sweepPrerendered } from './cleanup.ts';
import { forecastInput } from './forecast-input.ts';
import { forecastOf, renderForecast, usageAt } from './forecast.ts';
import type { Forecast, ForecastInput, RenderedForecast, StageOptions } from './forecast.ts';
import { NEAR_TEXTS } from './launcher-files.ts';
import { referencedFiles, referenceOf, writeOtherLogins, writeReferences } from './references.ts';
import type { OtherLogins } from './references.ts';
import { hookText } from './hook-text.ts';
import { hasSharedLine } from './store-statusline.ts';
import { forecastTogether } from './several.ts';
import { validatorsOf, watchedText } from './validators.ts';
import { JSON_KIND, STATUSLINE_KIND, variantFileName } from './variant.ts';
import type { Variant } from './variant.ts';
import { ensurePrerenderedDirectory, listVariants, NEAR_MS, writePrerendered } from './write.ts';
import type { Watched } from './write.ts';
import type { TimedTexts } from './format.ts';

/**
 * Prerenders the lines that exist, and the one that was missing. Never throws: a caller without a prerendered line only
 * takes longer.
 *
 * @param wanted the variant that a caller has just had to render
 * @param horizonMs how far ahead, ms: the near file while a caller waits for the end of this process, else everything
 */
export async function prerender(system: System, wanted: Variant | null, horizonMs = NEAR_MS): Promise<void> {
  try {
    await prerenderAll(system, wanted, horizonMs);
  } catch {
    // A caller without a prerendered line resolves usage.
  }
}

async function prerenderAll(system: System, wanted: Variant | null, horizonMs: number): Promise<void> {
  const paths = pathsOf(system, provider);
  const directory = paths.cache;
  if (directory === null) return;
  const existing = listVariants(system, directory);
  const variants = withoutTrials(system, directory, existing, wanted).filter(
    ({ kind, model }) => model === undefined && isKind(kind),
  );
  if (wanted && !variants.some((it) => variantFileName(it) === variantFileName(wanted)))
    variants.push(wanted);
  if (variants.length === 0) return;
  if (wanted && existing.length === 0) await makeHome(system, directory, wanted);
  if (!ensurePrerenderedDirectory(system, directory)) return;
  updatePointer(system, directory);

  // Before the files are read: then a change in between makes the lines invalid.
  const references = referencedFiles(system).map(
    ([name, path]) => [name, referenceOf(system, path)] as const,
  );
  const validators = validatorsOf(system, provider, directory);
  const { fingerprint } = diskFingerprint(system, provider, directory);
  // Without USAGELINE_FORMAT of this process: a variant contains the format that was requested for it.
  const config = await loadConfig({ ...system, env: { ...system.env, USAGELINE_FORMAT: undefined } });
  const asked = throughSource(provider, config.source);
  const { name: accountName } = await namedMain(system, config);
  // One moment for all lines: a refresh that is due later than `from` would be due a full second later.
  const now = system.now();
  const frozen = { ...system, now: () => now };
  const transcripts = provider.transcripts?.exist(system) ?? false;

  // Whether requests are allowed decides which of two numbers counts, so there is one input for each case.
  const inputs = new Map<boolean, ForecastInput | null>();
  const inputFor = (network: boolean): ForecastInput | null => {
    const settings = { ...providerSettings(config.settings, asked), network };
    const deps = { system: frozen, settings, provider: asked, log: () => {} };
    const state = readState(deps, paths, { policy: 'background', force: false }, fingerprint);
    const found = forecastInput(deps, paths, state, fingerprint, settings);
    const input = found && { ...found, accountName };
    // Without numbers the usage is an estimate, which each call makes anew.
    return input && transcripts && usageAt(input, now).usage?.state === 'none' ? null : input;
  };
  const forecasts = new Map<ForecastInput, Forecast>();
  const forecastFor = (input: ForecastInput): Forecast => {
    const forecast = forecasts.get(input) ?? forecastOf(input, { horizonMs });
    forecasts.set(input, forecast);
    return forecast;
  };

  const choices = new Map<string, Promise<Chosen>>();
  const chosenFor = ({ kind, accounts = '' }: Variant): Promise<Chosen> => {
    // A session and a program's object are about one account.
    if (kind === STATUSLINE_KIND || kind === JSON_KIND) return Promise.resolve(MAIN_ALONE);
    const choice = parseChoiceKey(accounts);
    const found =
      choices.get(accounts) ??
      (choice ? chooseAccounts(frozen, config, choice) : Promise.resolve(UNKNOWN_CHOICE));
    choices.set(accounts, found);
    return found;
  };
  const isRefused = refusalOf(config, { provider, system }) !== null;
  let others: ChosenAccounts = MAIN_ALONE;

  for (const variant of variants) {
    const chosen = await chosenFor(variant);
    // Its account has been removed from the configuration: each call says so.
    if (chosen.kind === 'mistake') {
      writePrerendered(system, directory, variant, null, validators);
      continue;
    }
    const reportsMistake = isForTerminals(variant) && config.warnings.length > 0;
    if (!isAboutMain(frozen, chosen)) {
      const context = { system, frozen, config, now, horizonMs, reportsMistake };
      const several = severalLines(context, chosen, variant);
      if (variant.accounts === undefined) others = chosen;
      writePrerendered(system, directory, variant, several.timed, validators, several.watched);
      continue;
    }
    const network = allowsRequests(config.network?.value ?? 'auto', !variant.network);
    if (!inputs.has(network)) inputs.set(network, inputFor(network));
    const accountInput = inputs.get(network) ?? null;
    const isStatusline = variant.kind === STATUSLINE_KIND;
    const input = accountInput && (!isStatusline || hasSharedLine(accountInput)) ? accountInput : null;
    const models = isStatusline && input ? modelsOf(input) : new Map<string, string>();
    // A model without a line of its own gets the line for all others, so lines of single models go first.
    for (const other of existing.filter((it) => isOfModel(it, variant))) {
      if (!models.has(other.model as string)) writePrerendered(system, directory, other, null, validators);
    }
    const watched = watchedOf(system, watchedLogins(chosen.absent));
    const own = [...models].map(([model, limit]) => ({ target: { ...variant, model }, limit }));
    for (const { target, limit } of [...own, { target: variant, limit: null }]) {
      const rendered =
        input &&
        !reportsMistake &&
        !isRefused &&
        isKeepable(watched) &&
        (variant.kind === JSON_KIND
          ? renderJsonTemplate(input)
          : renderLines(system, forecastFor(input), config, variant, limit));
      const timed = rendered ? { from: now, ...rendered } : null;
      writePrerendered(system, directory, target, timed, validators, watched);
    }
  }
  // Last: until they are written, shells take the credentials for changed and show no numbers.
  writeReferences(system, directory, references);
  writeOtherLogins(system, directory, otherLogins(system, others));
  if ([...forecasts.values()].some(({ refreshAt }) => refreshAt > now)) removeMarkers(system, directory);
  sweepPrerendered(system, directory);
  sweepOldEnvironments(system, directory);
}

/** What leads to the accounts of a line without options, besides the account of this directory. */
function otherLogins({ env }: System, { accounts, absent }: ChosenAccounts): OtherLogins {
  const places = [...accounts, ...absent].filter((it) => it.provider.id !== provider.id);
  const names = accounts.length === 0 ? [] : places.flatMap((it) => it.provider.directoryVariable ?? []);
  return {
    files: accounts.flatMap(({ provider: of, system }) => of.credentialFiles(system)),
    directories: Object.fromEntries(names.map((name) => [name, env[name] ?? ''])),
  };
}

/**
 * Makes the directory of the account that the environment leads to, where the line is kept. Without a login nothing else
 * makes it. It is made only if one of the accounts of the line has a directory in the cache.
 */
async function makeHome(system: System, directory: AccountDirectory, { accounts }: Variant): Promise<void> {
  const exists = (path: string) => system.fs.existsSync(path);
  const choice = exists(directory.path) ? null : parseChoiceKey(accounts ?? '');
  if (choice === null) return;
  const chosen = await chooseAccounts(system, await loadConfig(system), choice);
  if (chosen.kind === 'mistake' || isAboutMain(system, chosen)) return;
  const kept = chosen.accounts.map((it) => pathsOf(it.system, it.provider).cache?.path);
  if (kept.some((path) => path !== undefined && exists(path))) ensureDirectory(system, directory);
}

type ChosenAccounts = Extract<Chosen, { kind: 'accounts' }>;

const MAIN_ALONE: ChosenAccounts = {
  kind: 'accounts',
  accounts: [],
  ordered: true,
  labelled: false,
  absent: [],
  warnings: [],
};
/** The choice in a file's name that this program has not written. */
const UNKNOWN_CHOICE: Chosen = { kind: 'mistake', text: '' };

/**
 * Whether calls at a terminal have this variant. Only a line that is resolved can report a mistake in the configuration
 * there. With a colour of their own, such as that of NO_COLOR, calls at a terminal and elsewhere have the same variant.
 * `natural` is for prompts and bars.
 */
function isForTerminals(variant: Variant): boolean {
  return variant.color !== 'natural' && OUTPUT_KINDS[kindOf(variant)] === null;
}

/** Whether a line is about the account of this directory alone, without its label. */
function isAboutMain(system: System, { accounts, labelled }: ChosenAccounts): boolean {
  const [first, second] = accounts;
  if (first === undefined) return true;
  const isMain = first.provider.id === provider.id;
  return (
    second === undefined &&
    !labelled &&
    isMain &&
    first.provider.account(first.system).directory === provider.account(system).directory
  );
}

/** What is the same for all lines of several accounts. */
interface SeveralContext {
  readonly system: System;
  /** The same machine, whose clock stands still. */
  readonly frozen: System;
  readonly config: Config;
  /** Epoch ms. */
  readonly now: number;
  readonly horizonMs: number;
  /** Whether each call has to report a mistake in the configuration. */
  readonly reportsMistake: boolean;
}

/** The texts of a line of several accounts, or of one other than that of the directory; null where nothing can be forecast. */
function severalLines(
  { system, frozen, config, now, horizonMs, reportsMistake }: SeveralContext,
  chosen: ChosenAccounts,
  variant: Variant,
): { readonly timed: TimedTexts | null; readonly watched: Watched } {
  const { accounts, absent } = chosen;
  // Before the files are read, as for one account.
  const watched = watchedOf(system, [...watchedNames(accounts), ...watchedLogins(absent)]);
  const network = allowsRequests(config.network?.value ?? 'auto', !variant.network);
  const forecasts = accounts.map((account) => {
    const asked = throughSource(account.provider, config.source);
    const settings = { ...providerSettings(config.settings, asked), network };
    const view = { ...account.system, now: frozen.now };
    const paths = pathsOf(view, account.provider);
    const { fingerprint } = diskFingerprint(view, account.provider, paths.cache);
    const deps = { system: view, settings, provider: asked, log: () => {} };
    const state = readState(deps, paths, { policy: 'background', force: false }, fingerprint);
    const input = forecastInput(deps, paths, state, fingerprint, settings);
    return input && { account, forecast: forecastOf(input, { horizonMs }) };
  });
  const known = forecasts.filter((it) => it !== null);
  const isWhole = known.length === forecasts.length && isKeepable(watched);
  // Each call names a refused URL.
  const isRefused = accounts.some((account) => refusalOf(config, account) !== null);
  if (!isWhole || reportsMistake || isRefused) return { timed: null, watched };
  const rendered = renderLines(system, forecastTogether(known, chosen), config, variant, null);
  return { timed: rendered && { from: now, ...rendered }, watched };
}

/** What a line of these accounts depends on: their logins, entries and backoffs, and the variables of their providers. */
function watchedNames(accounts: readonly KnownAccount[]): string[] {
  return accounts.flatMap((account) => {
    const { provider: of, system } = account;
    const { cache } = pathsOf(system, of);
    const files = cache ? [cache.entry, cache.backoff] : [];
    return [...watchedLogins([account]), ...files, `=${of.baseUrlVariable}`];
  });
}

/** What leads to the logins of accounts: their files and variables. */
function watchedLogins(accounts: readonly KnownAccount[]): string[] {
  return accounts.flatMap(({ provider: of, system }) => {
    const { directoryVariable, variables } = of;
    const names = directoryVariable === null ? variables : [directoryVariable, ...variables];
    return [...of.credentialFiles(system), ...names.map((name) => `=${name}`)];
  });
}

/** Whether a file can hold these names. One with a line feed would break it: then each call resolves. */
function isKeepable({ names }: Watched): boolean {
  return names.every((name) => !name.includes('\n'));
}

function watchedOf(system: System, names: readonly string[]): Watched {
  const once = [...new Set(names)];
  return { names: once, validators: watchedText(system, once) };
}

/** The pointer leads to the account's directory; for a spelling of the default directory none is needed. */
function updatePointer(system: System, directory: AccountDirectory): void {
  const key = provider.accountKey(system);
  const given = system.env[environment.directory];
  if (key === null && given) dropPointer(system, directory, given);
  else writePointer(system, directory, key);
}

/** The largest number of formats that are kept. More of them come from trying formats out. */
const MAX_FORMATS = 8;

/** The variants to keep. With more than `MAX_FORMATS` formats, all but the wanted one are removed; a call with one of them writes its line again. */
function withoutTrials(
  system: System,
  directory: AccountDirectory,
  existing: readonly Variant[],
  wanted: Variant | null,
): Variant[] {
  const formats = new Set(existing.map(({ format }) => format).filter((format) => format !== undefined));
  if (formats.size <= MAX_FORMATS) return [...existing];
  const stays = ({ format }: Variant) => format === undefined || format === wanted?.format;
  for (const it of existing) if (!stays(it)) writePrerendered(system, directory, it, null, '');
  return existing.filter(stays);
}

/** The output kind as which a variant is rendered, of those that are no object. */
function kindOf({ kind }: Variant): LineKind {
  return kind === STATUSLINE_KIND ? 'ansi' : (kind as LineKind);
}

function isKind(kind: string): boolean {
  return kind === JSON_KIND || kind === STATUSLINE_KIND || isLineKind(kind);
}

/** Whether a variant is another one with a model. */
function isOfModel({ model, ...rest }: Variant, name: Variant): boolean {
  return model !== undefined && variantFileName(rest) === variantFileName(name);
}

/** The largest number of models that get a line: a bound on what a response can make this program write. */
const MAX_MODELS = 8;

/** The models with a limit of their own: from the part of a file's name to the name of the limit. */
function modelsOf({ entry }: ForecastInput): Map<string, string> {
  const models = new Map<string, string>();
  for (const { model } of entry?.data ? entry.reader.windows(entry.data, 0, 0) : []) {
    const key = model === null ? '' : modelKey(model);
    if (model !== null && key !== '' && !models.has(key) && models.size < MAX_MODELS) models.set(key, model);
  }
  return models;
}

/** @param model the name of the limit that comes first; null for the usual order */
function renderLines(
  system: System,
  forecast: Forecast,
  config: Config,
  variant: Variant,
  model: string | null,
): RenderedForecast | null {
  const kind = kindOf(variant);
  const { appearance: usual, color: configured } = outputConfigOf(config, variant.kind);
  const appearance = localAppearance(system, usual, variant.format);
  const color = isColored(variant.color, configured, OUTPUT_KINDS[kind]);
  const near = new Set(forecast.stages.slice(0, NEAR_TEXTS).map(({ usage }) => usage));
  const render = (usage: Usage, stage: StageOptions) => {
    const options = { color, appearance, model, ...stage };
    return isHookKind(kind)
      ? hookText(kind, usage, options, near.has(usage))
      : renderOutput(kind, usage, options);
  };
  return renderForecast(forecast, render);
}

/** As `wantsColor`, for the caller that the variant stands for. */
function isColored(
  requested: Variant['color'],
  configured: ColorChoice,
  kindDefault: boolean | null,
): boolean {
  if (requested === 'color' || requested === 'mono') return requested === 'color';
  if (configured !== 'auto') return configured === 'always';
  return kindDefault ?? requested === 'terminal';
}

/**
 * The object of `--json` while the numbers are fresh. After that the file has no valid text, but exists, so that the
 * object is prerendered again with the next snapshot.
 */
function renderJsonTemplate(input: ForecastInput): RenderedForecast {
  const { now } = input;
  const usage = usageAt(input, now).usage;
  const template = usage && jsonTemplate(usage);
  if (!template || usage.freshUntil === null) return { refreshAt: now, texts: [{ until: now, text: '' }] };
  const until = Math.min(usage.freshUntil, input.recheckAt ?? usage.freshUntil);
  return { refreshAt: until, texts: [{ until, text: JSON.stringify(template) }] };
}
