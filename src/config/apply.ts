import { DEFAULT_APPEARANCE } from '../render/appearance.ts';
import type { System } from '../platform/system.ts';
import { SECOND } from '../usage/time.ts';
import { parseColor } from './color-words.ts';
import { defaultConfig } from './config.ts';
import type { OutputConfig, ColorChoice, Config, Sourced } from './config.ts';
import type { ConfigValues } from './gather.ts';
import { KEYS, OUTPUTS } from './schema.ts';
import { allowsRequests, isTrafficDisabled } from './settings.ts';
import type { NetworkChoice } from './settings.ts';

/** What was gathered, in the units the code works with. */
export function configFrom({ env }: System, { values, warnings }: ConfigValues): Config {
  const usual = defaultConfig(env);
  const ms = (name: string, otherwise: number) => {
    const found = values.get(name);
    return found ? Math.round((found.value as number) * SECOND) : otherwise;
  };
  const network = (values.get('network') ?? null) as Sourced<NetworkChoice> | null;
  const { settings } = usual;
  return {
    settings: {
      cacheDurationMs: ms('cache_duration', settings.cacheDurationMs),
      scopedRefreshMs: ms('scoped_refresh', settings.scopedRefreshMs),
      maxStaleMs: ms('max_stale', settings.maxStaleMs),
      timeoutMs: ms('timeout', settings.timeoutMs),
      network: allowsRequests(network?.value ?? 'auto', isTrafficDisabled(env)),
    },
    network,
    // Where it comes from the environment it is taken as it is: it is checked, and refused, where it is used.
    baseUrl: usual.baseUrl ?? ((values.get('api_base_url') ?? null) as Sourced<string> | null),
    userAgent: (values.get('user_agent')?.value as string | undefined) ?? null,
    common: outputConfig(values, null),
    outputs: Object.fromEntries(
      OUTPUTS.filter((output) => [...values.keys()].some((name) => name.startsWith(`output.${output}.`))).map(
        (output) => [output, outputConfig(values, output)],
      ),
    ),
    warnings,
  };
}

/** What applies to an output: what is said of it alone, else what is said of all, else the default. */
export function valueFor(
  values: ConfigValues['values'],
  output: string | null,
  name: string,
): Sourced<unknown> | undefined {
  const common = values.get(name);
  const own = output === null ? undefined : values.get(`output.${output}.${name}`);
  // A variable is said now, the file once and for all.
  return common && common.source === KEYS[name]?.variable ? common : (own ?? common);
}

function outputConfig(values: ConfigValues['values'], output: string | null): OutputConfig {
  const pick = <T>(name: string, otherwise: T): T =>
    (valueFor(values, output, name)?.value as T | undefined) ?? otherwise;
  const color = (style: keyof typeof DEFAULT_APPEARANCE.colors) => {
    const text = pick<string | null>(`colors.${style}`, null);
    return text === null ? DEFAULT_APPEARANCE.colors[style] : parseColor(text);
  };
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
        critical: color('critical'),
        dim: color('dim'),
        notice: color('notice'),
        strong: color('strong'),
      },
    },
    color: pick<ColorChoice>('color', 'auto'),
  };
}
