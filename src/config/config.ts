import { DEFAULT_APPEARANCE } from '../render/appearance.ts';
import type { Appearance } from '../render/appearance.ts';
import type { System } from '../platform/system.ts';
import { defaultSettings } from './settings.ts';
import type { NetworkChoice, Settings } from './settings.ts';

/** A value, and where it was found: a variable's name, or `path:line`. */
export interface Sourced<T> {
  readonly value: T;
  readonly source: string;
}

/** Colour, as far as configuration has a say: after options and the environment. */
export type ColorChoice = 'auto' | 'always' | 'never';

/** How one output looks. */
export interface OutputConfig {
  readonly appearance: Appearance;
  readonly color: ColorChoice;
}

/** Everything that file and environment decide; options come before it. */
export interface Config {
  readonly settings: Settings;
  /** Whether requests are made, and who says so; `settings.network` is what comes of it here. */
  readonly network: Sourced<NetworkChoice> | null;
  /** Not yet checked. Null: the provider's own. */
  readonly baseUrl: Sourced<string> | null;
  /** Null: our own. */
  readonly userAgent: string | null;
  readonly common: OutputConfig;
  /** Outputs that are an exception: output kinds, `statusline`, `show`. */
  readonly outputs: Readonly<Record<string, OutputConfig>>;
  /** What could not be used, in words, for the commands that speak to people. */
  readonly warnings: readonly string[];
}

/** The configuration of somebody who has none, apart from what costs nothing to read. */
export function defaultConfig(env: System['env']): Config {
  const url = env.USAGELINE_API_BASE_URL;
  return {
    settings: defaultSettings(env),
    network: null,
    baseUrl: url ? { value: url, source: 'USAGELINE_API_BASE_URL' } : null,
    userAgent: null,
    common: { appearance: DEFAULT_APPEARANCE, color: 'auto' },
    outputs: {},
    warnings: [],
  };
}

/** How an output looks: an output kind, `statusline` or `show`. */
export function outputConfigOf({ common, outputs }: Config, output: string): OutputConfig {
  return (Object.hasOwn(outputs, output) && outputs[output]) || common;
}

export function appearanceFor(config: Config, output: string): Appearance {
  return outputConfigOf(config, output).appearance;
}
