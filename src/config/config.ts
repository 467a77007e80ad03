import { DEFAULT_APPEARANCE } from '../render/appearance.ts';
import type { Appearance } from '../render/appearance.ts';
import type { System } from '../platform/system.ts';
import { DEFAULT_CACHE_BYTES, defaultSettings } from './settings.ts';
import type { NetworkChoice, Settings, SourceChoice } from './settings.ts';
import type { AccountConfig } from './accounts.ts';
import type { OwnProvider } from '../usage/own-provider.ts';

/** A value and its source: the name of a variable, or `path:line`. */
export interface Sourced<T> {
  readonly value: T;
  readonly source: string;
}

/** The key `color`. Options and the environment override it. */
export type ColorChoice = 'auto' | 'always' | 'never';

/** The configuration of one output. */
export interface OutputConfig {
  readonly appearance: Appearance;
  readonly color: ColorChoice;
}

/** The configuration from file and environment. Command line options override it. */
export interface Config {
  readonly settings: Settings;
  /** The key `network` with its source; null if not set. `settings.network` is the result for this environment. */
  readonly network: Sourced<NetworkChoice> | null;
  /** The key `source`: the way to the numbers of a provider that has more than one. */
  readonly source: SourceChoice;
  /** Not yet validated. Null: the provider's default. */
  readonly baseUrl: Sourced<string> | null;
  /** Null: `usageline/<version>`. */
  readonly userAgent: string | null;
  readonly common: OutputConfig;
  /** Outputs with keys of their own, by name: an output kind, `statusline` or `show`. */
  readonly outputs: Readonly<Record<string, OutputConfig>>;
  /** The accounts that are named, in their order. */
  readonly accounts: readonly AccountConfig[];
  /** The providers of the user's own, in their order. One of them can have the id of another provider. */
  readonly providers: readonly OwnProvider[];
  /** The key `accounts`: which accounts a line without options has. Null: not set, which is `auto`. */
  readonly lineAccounts: readonly string[] | null;
  /** The size that the cache of all accounts may have, bytes. */
  readonly cacheBytes: number;
  /** Sentences about values that were ignored; commands with a person as reader print them. */
  readonly warnings: readonly string[];
  /** Places of fields that depend on providers, `path:line`, by list, table and field: `account.work.provider`. */
  readonly places: ReadonlyMap<string, string>;
}

/** The configuration without a file; of the variables it reads only those that need no schema. */
export function defaultConfig(env: System['env']): Config {
  const url = env.USAGELINE_API_BASE_URL;
  return {
    settings: defaultSettings(env),
    network: null,
    source: 'endpoint',
    baseUrl: url ? { value: url, source: 'USAGELINE_API_BASE_URL' } : null,
    userAgent: null,
    common: { appearance: DEFAULT_APPEARANCE, color: 'auto' },
    outputs: {},
    accounts: [],
    providers: [],
    lineAccounts: null,
    cacheBytes: DEFAULT_CACHE_BYTES,
    warnings: [],
    places: new Map(),
  };
}

/** The configuration of an output: an output kind, `statusline` or `show`. */
export function outputConfigOf({ common, outputs }: Config, output: string): OutputConfig {
  return (Object.hasOwn(outputs, output) && outputs[output]) || common;
}

/** The appearance of an output: an output kind, `statusline` or `show`. */
export function appearanceFor(config: Config, output: string): Appearance {
  return outputConfigOf(config, output).appearance;
}
