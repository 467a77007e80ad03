import type { AccountConfig } from './accounts.ts';
import { parseColor } from './color-text.ts';
import type { ConfigFile } from './config-file.ts';
import { defaultConfig } from './config.ts';
import type { ColorChoice, Config, OutputConfig, Sourced } from './config.ts';
import { KEYS, OUTPUTS } from './schema.ts';
import { allowsRequests, isTrafficDisabled, MEGABYTE } from './settings.ts';
import type { NetworkChoice, SourceChoice } from './settings.ts';
import { accepts, NO_CONTENTS, readToml, refusal } from './toml.ts';
import type { Contents } from './toml.ts';
import { environmentWarnings, missingFileWarning, placeIn, quoteValue } from './warnings.ts';
import { readTextFile, reasonText } from '../platform/files.ts';
import type { System } from '../platform/system.ts';
import { printable } from '../platform/stdio.ts';
import { trustInFile } from '../platform/trust.ts';
import { DEFAULT_APPEARANCE } from '../render/appearance.ts';
import { colorsOf, depthOf, withoutReverse } from '../render/palettes.ts';
import type { Depth, PaletteName } from '../render/palettes.ts';
import type { Style } from '../render/style.ts';
import type { OwnProvider } from '../usage/own-provider.ts';
import { SECOND } from '../usage/time.ts';

/** The accepted values of file and environment, each with its source, and a warning for each of the others. */
export interface ConfigValues {
  /** By dotted name (`thresholds.warn`); only keys that are set. A variable overrides the file. */
  readonly values: ReadonlyMap<string, Sourced<unknown>>;
  readonly warnings: readonly string[];
  readonly places: Config['places'];
}

/** Reads the file and the environment. Never throws and never blocks. */
export function readConfigValues(system: System, configFile: ConfigFile): ConfigValues {
  const file = readFile(system, configFile);
  const at = (line: number | null, column: number | null = null) =>
    placeIn(configFile.path ?? '', line, column);
  const values = new Map<string, Sourced<unknown>>();
  for (const [name, { value, line }] of file.values) values.set(name, { value, source: at(line) });
  const fromFile = file.mistakes.map(({ line, column, text }) => `${at(line, column)}: ${text}`);
  const fromEnvironment = addEnvironment(system.env, values);
  const warnings = [configFile.warning, ...fromFile, ...fromEnvironment, ...environmentWarnings(system.env)];
  return {
    values,
    warnings: warnings.filter((text) => text !== null),
    places: new Map([...file.lines].map(([name, line]) => [name, at(line)])),
  };
}

function unreadable(text: string): Contents {
  return { ...NO_CONTENTS, mistakes: [{ line: null, text }] };
}

function readFile(system: System, configFile: ConfigFile): Contents {
  if (configFile.path === null) return NO_CONTENTS;
  const read = readTextFile(system.fs, configFile.path, 'follow');
  switch (read.kind) {
    case 'file':
      return withoutUntrustedKeys(system, configFile.path, readToml(read.text));
    case 'absent': {
      const text = missingFileWarning(configFile);
      return text === null ? NO_CONTENTS : unreadable(text);
    }
    case 'not_utf8':
      return unreadable('this is not UTF-8, so none of the file applies');
    default:
      return unreadable(`this cannot be read (${reasonText(read.reason)}), so none of the file applies`);
  }
}

/** The keys that say where a secret is sent, and what is run. */
const DANGEROUS = ['api_base_url', 'provider'];

/** Drops the keys that send secrets or run programs if another user can write the file. Other keys do less harm. */
function withoutUntrustedKeys(system: System, path: string, contents: Contents): Contents {
  const given = DANGEROUS.filter((name) => contents.values.has(name));
  const trust = given.length === 0 ? null : trustInFile(system, path);
  if (trust === null || trust.kind === 'trusted') return contents;
  const reason =
    trust.kind === 'open' ? `can be written by ${trust.by}` : `belongs to another user (${trust.uid})`;
  const mistakes = given.map((name) => ({
    line: contents.values.get(name)?.line ?? null,
    text: `${name} is not used, since ${printable(trust.path)} ${reason}`,
  }));
  return {
    ...contents,
    values: new Map([...contents.values].filter(([name]) => !given.includes(name))),
    mistakes: [...contents.mistakes, ...mistakes],
  };
}

/** Adds the values of the environment to `values`; returns a warning for each variable that is not accepted. */
function addEnvironment(env: System['env'], values: Map<string, Sourced<unknown>>): string[] {
  const warnings: string[] = [];
  for (const [name, key] of Object.entries(KEYS)) {
    const text = key.variable && env[key.variable];
    if (!key.variable || !text) continue;
    const number = typeof key.default === 'number' && /^\d+(\.\d+)?$/.test(text);
    const value = number ? Number(text) : text;
    if (accepts(key, value)) values.set(name, { value, source: key.variable });
    else warnings.push(`${key.variable} is ${quoteValue(text)}${refusal(key, value)}`);
  }
  return warnings;
}

/** The values as a `Config`, in the units that the code uses. */
export function configFrom({ env }: System, { values, warnings, places }: ConfigValues): Config {
  const defaults = defaultConfig(env);
  const ms = (name: string, otherwise: number) => {
    const found = values.get(name);
    return found ? Math.round((found.value as number) * SECOND) : otherwise;
  };
  const network = (values.get('network') ?? null) as Sourced<NetworkChoice> | null;
  const { settings } = defaults;
  const megabytes = values.get('cache_size')?.value as number | undefined;
  const depth = depthOf(env);
  return {
    settings: {
      cacheDurationMs: ms('cache_duration', settings.cacheDurationMs),
      scopedRefreshMs: ms('scoped_refresh', settings.scopedRefreshMs),
      maxStaleMs: ms('max_stale', settings.maxStaleMs),
      timeoutMs: ms('timeout', settings.timeoutMs),
      network: allowsRequests(network?.value ?? 'auto', isTrafficDisabled(env)),
    },
    network,
    source: (values.get('source')?.value as SourceChoice | undefined) ?? defaults.source,
    // A value of the environment is not validated yet; the code that uses it refuses an unsafe one (exit 2).
    baseUrl: defaults.baseUrl ?? ((values.get('api_base_url') ?? null) as Sourced<string> | null),
    userAgent: (values.get('user_agent')?.value as string | undefined) ?? null,
    common: outputConfig(values, null, depth),
    outputs: Object.fromEntries(
      OUTPUTS.filter((output) => [...values.keys()].some((name) => name.startsWith(`output.${output}.`))).map(
        (output) => [output, outputConfig(values, output, depth)],
      ),
    ),
    accounts: (values.get('account')?.value ?? []) as readonly AccountConfig[],
    providers: (values.get('provider')?.value ?? []) as readonly OwnProvider[],
    cacheBytes: megabytes === undefined ? defaults.cacheBytes : Math.round(megabytes * MEGABYTE),
    lineAccounts: (values.get('accounts')?.value ?? null) as readonly string[] | null,
    warnings,
    places,
  };
}

/** The value that applies to an output (null: to all): variable, `[output.<kind>]`, then the common key. Undefined: not set. */
export function valueFor(
  values: ConfigValues['values'],
  output: string | null,
  name: string,
): Sourced<unknown> | undefined {
  const common = values.get(name);
  const own = output === null ? undefined : values.get(`output.${output}.${name}`);
  // A variable is set for this call, so it overrides even a key of the file for this output alone.
  return common && common.source === KEYS[name]?.variable ? common : (own ?? common);
}

function outputConfig(values: ConfigValues['values'], output: string | null, depth: Depth): OutputConfig {
  const pick = <T>(name: string, otherwise: T): T =>
    (valueFor(values, output, name)?.value as T | undefined) ?? otherwise;
  const palette = colorsOf(pick<PaletteName>('palette', 'terminal'), depth);
  const color = (style: Style) => {
    const text = pick<string | null>(`colors.${style}`, null);
    return text === null ? palette[style] : parseColor(text);
  };
  const critical = color('critical');
  const { format, percent, clock, zone, hide, thresholds } = DEFAULT_APPEARANCE;
  return {
    appearance: {
      format: pick('format', format),
      percent: pick('percent', percent),
      clock: pick('clock', clock),
      zone,
      hide: pick('hide', hide).map((name) => name.toLowerCase()),
      thresholds: {
        warn: pick('thresholds.warn', thresholds.warn),
        critical: pick('thresholds.critical', thresholds.critical),
      },
      colors: {
        ok: color('ok'),
        warn: color('warn'),
        critical,
        urgent: withoutReverse(critical),
        dim: color('dim'),
        notice: color('notice'),
        strong: color('strong'),
      },
    },
    color: pick<ColorChoice>('color', 'auto'),
  };
}
