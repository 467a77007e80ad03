import { prerenderedFile, variantOf } from '../prerender/variant.ts';
import type { Variant } from '../prerender/variant.ts';
import { loadConfig } from '../config/load.ts';
import { provider } from '../fetch/registry.ts';
import { findConfigFile } from '../config/config-file.ts';
import type { LineKind } from '../render/outputs/kinds.ts';
import { pathsOf } from '../resolve/paths.ts';
import { resolve } from '../resolve/resolve.ts';
import type { System } from '../platform/system.ts';
import { policyOf } from './callers.ts';
import { endpointOf, resolveDeps, result } from './command.ts';
import type { CommandResult } from './command.ts';
import { checkedFormat } from './format.ts';

/** Where a shell's hook finds what it needs. Empty: there is no such place. */
export interface HookFiles {
  /** The ready line. */
  readonly file: string;
  /** The files that may hold credentials, in order: two at most, empty for one that cannot be. */
  readonly logins: readonly [string, string];
  /** The configuration. */
  readonly config: string;
}

export function hookFiles(system: System, output: LineKind): HookFiles {
  const { cache } = pathsOf(system, provider);
  const [first = '', second = ''] = provider.credentialFiles(system);
  const name = hookVariant(system, output);
  return {
    file: cache ? prerenderedFile(cache, name) : '',
    logins: [first, second],
    config: findConfigFile(system).path ?? '',
  };
}

/** The ready line of a hook, which knows of the environment alone. */
export function hookVariant(system: System, output: LineKind): Variant {
  return variantOf(system, { output, color: 'auto', format: checkedFormat(system.env, null) });
}

/** `usageline ready <kind>`: prepares a ready line and says where it is, a path a line, for shells' hooks. */
export function ready(system: System, output: LineKind): CommandResult {
  const { file, logins, config } = hookFiles(system, output);
  const wanted = hookVariant(system, output);
  return result(`${[file, ...logins, config].join('\n')}\n`, {
    followUp: { kind: 'prerender', wanted, horizonMs: Number.POSITIVE_INFINITY },
  });
}

/**
 * `usageline ready <kind> --refresh`: what a hook starts and does not wait for. Asks if it is time to, or waits
 * for whoever is asking, and prepares the line. Says nothing: it is over when the line is there.
 */
export async function refreshReady(system: System, output: LineKind): Promise<CommandResult> {
  // The terminal may be closed meanwhile; the answer is everybody's.
  process.on('SIGHUP', () => {});
  const config = await loadConfig(system);
  await resolve(resolveDeps(system, config, { timeoutMs: null, debug: false }), {
    ...endpointOf(config),
    ...policyOf('monitor'),
  });
  const wanted = hookVariant(system, output);
  return result('', { followUp: { kind: 'prerender', wanted, horizonMs: Number.POSITIVE_INFINITY } });
}
