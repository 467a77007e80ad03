import { DEFAULT_LOOKS } from '../render/appearance.ts';
import type { System } from '../platform/system.ts';
import { SECOND } from '../usage/time.ts';
import { colorOf } from './color-words.ts';
import { unconfigured } from './config.ts';
import type { Appearance, ColorChoice, Config, Found } from './config.ts';
import type { Gathered } from './gather.ts';
import { KEYS, OUTPUTS } from './schema.ts';
import { allowsRequests, isQuiet } from './settings.ts';
import type { NetworkChoice } from './settings.ts';

/** What was gathered, in the units the code works with. */
export function configFrom({ env }: System, { values, warnings }: Gathered): Config {
  const usual = unconfigured(env);
  const ms = (name: string, otherwise: number) => {
    const found = values.get(name);
    return found ? Math.round((found.value as number) * SECOND) : otherwise;
  };
  const network = (values.get('network') ?? null) as Found<NetworkChoice> | null;
  const { settings } = usual;
  return {
    settings: {
      cacheDurationMs: ms('cache_duration', settings.cacheDurationMs),
      scopedRefreshMs: ms('scoped_refresh', settings.scopedRefreshMs),
      maxStaleMs: ms('max_stale', settings.maxStaleMs),
      timeoutMs: ms('timeout', settings.timeoutMs),
      network: allowsRequests(network?.value ?? 'auto', isQuiet(env)),
    },
    network,
    // Where it comes from the environment it is taken as it is: it is checked, and refused, where it is used.
    baseUrl: usual.baseUrl ?? ((values.get('api_base_url') ?? null) as Found<string> | null),
    userAgent: (values.get('user_agent')?.value as string | undefined) ?? null,
    common: appearance(values, null),
    outputs: Object.fromEntries(
      OUTPUTS.filter((output) => [...values.keys()].some((name) => name.startsWith(`output.${output}.`))).map(
        (output) => [output, appearance(values, output)],
      ),
    ),
    warnings,
  };
}

/** What applies to an output: what is said of it alone, else what is said of all, else the default. */
export function valueFor(
  values: Gathered['values'],
  output: string | null,
  name: string,
): Found<unknown> | undefined {
  const common = values.get(name);
  const own = output === null ? undefined : values.get(`output.${output}.${name}`);
  // A variable is said now, the file once and for all.
  return common && common.source === KEYS[name]?.variable ? common : (own ?? common);
}

function appearance(values: Gathered['values'], output: string | null): Appearance {
  const pick = <T>(name: string, otherwise: T): T =>
    (valueFor(values, output, name)?.value as T | undefined) ?? otherwise;
  const color = (style: keyof typeof DEFAULT_LOOKS.colors) => {
    const text = pick<string | null>(`colors.${style}`, null);
    return text === null ? DEFAULT_LOOKS.colors[style] : colorOf(text);
  };
  const { format, percent, clock, zone, hide, thresholds } = DEFAULT_LOOKS;
  return {
    looks: {
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
