import { DEFAULT_LOOKS } from '../render/appearance.ts';
import type { Looks } from '../render/appearance.ts';
import type { System } from '../platform/system.ts';
import { loadSettings } from './settings.ts';
import type { NetworkChoice, Settings } from './settings.ts';

/** A value, and where it was found: a variable's name, or `path:line`. */
export interface Found<T> {
  readonly value: T;
  readonly source: string;
}

/** Colour, as far as configuration has a say: after options and the environment. */
export type ColorChoice = 'auto' | 'always' | 'never';

/** How one output looks. */
export interface Appearance {
  readonly looks: Looks;
  readonly color: ColorChoice;
}

/** Everything that file and environment decide; options come before it. */
export interface Config {
  readonly settings: Settings;
  /** Whether requests are made, and who says so; `settings.network` is what comes of it here. */
  readonly network: Found<NetworkChoice> | null;
  /** Not yet checked. Null: the provider's own. */
  readonly baseUrl: Found<string> | null;
  /** Null: our own. */
  readonly userAgent: string | null;
  readonly common: Appearance;
  /** Outputs that are an exception: output kinds, `statusline`, `show`. */
  readonly outputs: Readonly<Record<string, Appearance>>;
  /** What could not be used, in words, for the commands that speak to people. */
  readonly warnings: readonly string[];
}

/** The configuration of somebody who has none, apart from what costs nothing to read. */
export function unconfigured(env: System['env']): Config {
  const url = env.USAGELINE_API_BASE_URL;
  return {
    settings: loadSettings(env),
    network: null,
    baseUrl: url ? { value: url, source: 'USAGELINE_API_BASE_URL' } : null,
    userAgent: null,
    common: { looks: DEFAULT_LOOKS, color: 'auto' },
    outputs: {},
    warnings: [],
  };
}

/** How an output looks: an output kind, `statusline` or `show`. */
export function appearanceOf({ common, outputs }: Config, output: string): Appearance {
  return (Object.hasOwn(outputs, output) && outputs[output]) || common;
}

export function looksFor(config: Config, output: string): Looks {
  return appearanceOf(config, output).looks;
}
