import {
  dropPointer,
  ensurePrerenderedDirectory,
  removeAskMarkers,
  listVariants,
  NEAR_MS,
  sweepPrerendered,
  sweepOldEnvironments,
  referenceOf,
  writePointer,
  writePrerendered,
  writeReferences,
} from './write.ts';
import type { AccountDirectory } from '../cache/directory.ts';
import { variantFileName } from './read.ts';
import type { Variant } from './read.ts';
import { outputConfigOf } from '../config/config.ts';
import type { ColorChoice, Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { allowsRequests } from '../config/settings.ts';
import { claude } from '../fetch/registry.ts';
import { jsonTemplate } from '../render/json.ts';
import { isLineKind, OUTPUT_KINDS } from '../render/outputs/kinds.ts';
import type { LineKind } from '../render/outputs/kinds.ts';
import { renderOutput } from '../render/outputs/index.ts';
import { validatorsOf } from './validators.ts';
import { readState } from '../resolve/read-state.ts';
import { forecastInput } from './forecast-input.ts';
import { pathsOf } from '../resolve/paths.ts';
import { forecastOf, renderForecast, usageAt } from './forecast.ts';
import type { ForecastInput, Forecast, RenderedForecast, StageOptions } from './forecast.ts';
import { knownFingerprint } from '../resolve/credentials-fingerprint.ts';
import type { System } from '../platform/system.ts';
import { transcriptRoots } from '../fetch/claude/transcripts/roots.ts';
import type { Usage } from '../usage/model.ts';
import { modelKey } from '../usage/model-name.ts';
import { windowsOf } from '../usage/windows.ts';
import { appearanceWith } from '../commands/format.ts';
import { referencedFiles } from '../commands/ready.ts';
import { JSON_KIND } from './print.ts';
import { STATUSLINE_KIND } from './print-statusline.ts';

/**
 * Prepares the ready lines: those that there are, and the one that was missed. Done after the answer is out, by
 * whoever had to resolve. Never throws: a line that is not prepared is only slower.
 *
 * @param wanted the line that somebody has just asked for, and will again
 * @param aheadMs how far: somebody is waiting for the end of the process, or nobody is
 */
export async function prerender(system: System, wanted: Variant | null, aheadMs = NEAR_MS): Promise<void> {
  try {
    await prepare(system, wanted, aheadMs);
  } catch {
    // Whoever misses them asks the program.
  }
}

async function prepare(system: System, wanted: Variant | null, aheadMs: number): Promise<void> {
  const places = pathsOf(system, claude);
  const directory = places.cache;
  if (directory === null) return;
  const there = listVariants(system, directory);
  const names = withoutTrials(system, directory, there, wanted).filter(
    ({ kind, model }) => model === undefined && isKind(kind),
  );
  if (wanted && !names.some((name) => variantFileName(name) === variantFileName(wanted))) names.push(wanted);
  if (names.length === 0 || !ensurePrerenderedDirectory(system, directory)) return;

  const key = claude.accountKey(system);
  const { CLAUDE_CONFIG_DIR: given } = system.env;
  if (key === null && given) dropPointer(system, directory, given);
  else writePointer(system, directory, key);

  // Before the files are read: what changes in between shows as a condition that does not hold.
  const witnesses = referencedFiles(system).map(([name, path]) => [name, referenceOf(system, path)] as const);
  const conditions = validatorsOf(system, claude, directory);
  const { fingerprint: stamp } = knownFingerprint(system, claude, directory);
  // Without the format of our own environment: a line that was asked for in one has it in its name.
  const config = await loadConfig({ ...system, env: { ...system.env, USAGELINE_FORMAT: undefined } });
  const { settings } = config;
  // One moment for all: what is due at a moment after `from` would be due from the next full second on.
  const now = system.now();
  const then = { ...system, now: () => now };
  const transcripts = hasTranscripts(system);
  /** What is known where requests are allowed, or are not: that also decides which of two numbers stands. */
  const knownWhere = (network: boolean): ForecastInput | null => {
    const deps = { system: then, settings: { ...settings, network }, provider: claude, log: () => {} };
    const seen = readState(deps, places, { policy: 'background', force: false }, stamp);
    const known = forecastInput(then, places, seen, stamp, deps.settings);
    // Without numbers the answer would be an estimate, which is made anew each time: nothing can be prepared.
    return known && transcripts && usageAt(known, now).usage?.state === 'none' ? null : known;
  };

  // The same for every kind: worked out once with requests allowed, and once without.
  const knowns = new Map<boolean, ForecastInput | null>();
  const outlooks = new Map<boolean, Forecast>();
  const outlookFor = (here: ForecastInput): Forecast => {
    const { network } = here.settings;
    const outlook = outlooks.get(network) ?? forecastOf(here, { aheadMs });
    outlooks.set(network, outlook);
    return outlook;
  };

  for (const name of names) {
    const network = allowsRequests(config.network?.value ?? 'auto', !name.network);
    if (!knowns.has(network)) knowns.set(network, knownWhere(network));
    const known = knowns.get(network) ?? null;
    const here = name.kind === STATUSLINE_KIND && known?.entry?.overlay?.asReported === false ? null : known;
    const models = name.kind === STATUSLINE_KIND && here ? modelsOf(here) : new Map<string, string>();
    // Those of single models first: without its own a model gets the one for all others.
    for (const other of there.filter((it) => isVariant(it, name))) {
      if (!models.has(other.model as string)) writePrerendered(system, directory, other, null, conditions);
    }
    const variants = [...models].map(([model, limit]) => ({ ready: { ...name, model }, limit }));
    for (const { ready, limit } of [...variants, { ready: name, limit: null }]) {
      const prepared =
        here &&
        (name.kind === JSON_KIND
          ? objectAhead(here)
          : linesAhead(system, outlookFor(here), config, name, limit));
      writePrerendered(system, directory, ready, prepared && { from: now, ...prepared }, conditions);
    }
  }
  // Last: until they are written, readers believe that the credentials have changed, and show no numbers.
  writeReferences(system, directory, witnesses);
  if ([...outlooks.values()].some(({ refreshAt }) => refreshAt > now)) removeAskMarkers(system, directory);
  sweepPrerendered(system, directory);
  sweepOldEnvironments(system, directory);
}

/** More formats than that nobody looks at: somebody was trying some out. */
const MAX_FORMATS = 8;

/** The ready lines to renew. Formats that pile up are forgotten: those in use are missed, and prepared anew. */
function withoutTrials(
  system: System,
  directory: AccountDirectory,
  there: readonly Variant[],
  wanted: Variant | null,
): Variant[] {
  const formats = new Set(there.map(({ format }) => format).filter((format) => format !== undefined));
  if (formats.size <= MAX_FORMATS) return [...there];
  const stays = ({ format }: Variant) => format === undefined || format === wanted?.format;
  for (const name of there) if (!stays(name)) writePrerendered(system, directory, name, null, '');
  return there.filter(stays);
}

function isKind(kind: string): boolean {
  return kind === JSON_KIND || kind === STATUSLINE_KIND || isLineKind(kind);
}

/** Whether a ready line is a model's own of another. */
function isVariant({ model, ...rest }: Variant, name: Variant): boolean {
  return model !== undefined && variantFileName(rest) === variantFileName(name);
}

/** No account has more limits per model; what a response makes up is not prepared for. */
const MAX_MODELS = 8;

/** The models with a limit of their own: what a file is named after, and the limit's name. */
function modelsOf({ entry }: ForecastInput): Map<string, string> {
  const models = new Map<string, string>();
  for (const { model } of entry?.data ? windowsOf(entry.data, 0, 0) : []) {
    const key = model === null ? '' : modelKey(model);
    if (model !== null && key !== '' && !models.has(key) && models.size < MAX_MODELS) models.set(key, model);
  }
  return models;
}

/** @param model whose limit comes first */
function linesAhead(
  system: System,
  outlook: Forecast,
  config: Config,
  name: Variant,
  model: string | null,
): RenderedForecast | null {
  const kind = name.kind === STATUSLINE_KIND ? 'ansi' : (name.kind as LineKind);
  const { appearance: usual, color: configured } = outputConfigOf(config, name.kind);
  const appearance = appearanceWith(system, usual, name.format);
  const color = isColored(name.color, configured, OUTPUT_KINDS[kind]);
  const render = (usage: Usage, stage: StageOptions) =>
    renderOutput(kind, usage, { color, appearance, model, ...stage });
  return renderForecast(outlook, render);
}

/** As `wantsColor`, for a caller who is not there: what he says is in the line's name. */
function isColored(said: Variant['color'], configured: ColorChoice, kindDefault: boolean | null): boolean {
  if (said === 'color' || said === 'mono') return said === 'color';
  if (configured !== 'auto') return configured === 'always';
  return kindDefault ?? said === 'terminal';
}

/**
 * The object of `--json` as long as the numbers are fresh. Beyond that a file without a text stays: somebody wants
 * it, and it is prepared again with the next answer.
 */
function objectAhead(known: ForecastInput): RenderedForecast {
  const { now } = known;
  const usage = usageAt(known, now).usage;
  const template = usage && jsonTemplate(usage);
  if (!template || usage.freshUntil === null) return { refreshAt: now, texts: [{ until: now, text: '' }] };
  const until = Math.min(usage.freshUntil, known.recheckAt ?? usage.freshUntil);
  return { refreshAt: until, texts: [{ until, text: JSON.stringify(template) }] };
}

function hasTranscripts(system: System): boolean {
  return transcriptRoots(system).some((root) => system.fs.existsSync(root));
}
