import { findConfigFile } from '../config/config-file.ts';
import { DISABLE_TRAFFIC_VARIABLE } from '../config/settings.ts';
import { environment, provider } from '../fetch/registry.ts';
import type { HookPaths } from '../init/runtime.ts';
import type { System } from '../platform/system.ts';
import { prerenderedFile, variantOf } from '../prerender/variant.ts';
import type { Variant } from '../prerender/variant.ts';
import type { LineKind } from '../render/outputs/kinds.ts';
import { pathsOf } from '../resolve/paths.ts';
import { checkedFormat } from './format.ts';

/**
 * See `Runtime.hookVariables`: first the variable of the provider, then those that decide about paths, text and requests.
 */
export const HOOK_VARIABLES: readonly string[] = [
  environment.directory,
  'USAGELINE_CACHE_DIR',
  'XDG_CACHE_HOME',
  'XDG_CONFIG_HOME',
  'HOME',
  'NO_COLOR',
  'FORCE_COLOR',
  'CLICOLOR_FORCE',
  DISABLE_TRAFFIC_VARIABLE,
  'USAGELINE_CONFIG',
  'USAGELINE_NETWORK',
  'USAGELINE_FORMAT',
];

/** The files that a shell's hook reads or checks; an empty path for one that cannot exist. */
export function hookFiles(system: System, output: LineKind): HookPaths {
  const { cache } = pathsOf(system, provider);
  const [first = '', second = ''] = provider.credentialFiles(system);
  return {
    prerendered: cache ? prerenderedFile(cache, hookVariant(system, output)) : '',
    // Hooks have room for two.
    credentials: [first, second],
    config: findConfigFile(system).path ?? '',
  };
}

/** The variant of a hook, which has no options: only the environment decides. */
export function hookVariant(system: System, output: LineKind): Variant {
  return variantOf(system, { output, color: 'auto', format: checkedFormat(system.env, null) });
}
