import type { System } from '../platform/system.ts';
import { defaultConfig } from './config.ts';
import type { Config } from './config.ts';
import { environmentWarnings, isConfigured } from './environment.ts';
import { findConfigFile, missingFileWarning } from './config-file.ts';
import type { ConfigFile } from './config-file.ts';

/**
 * The configuration, for whoever has something to compute: a line that was prepared is printed without it. What reads
 * the file is loaded only when there is one. Never throws: what cannot be used is told, and the default applies.
 */
export async function loadConfig(system: System): Promise<Config> {
  const place = findConfigFile(system);
  if (!isThere(system, place) && !isConfigured(system.env)) {
    const warnings = [place.warning, missingFileWarning(place), ...environmentWarnings(system.env)];
    return { ...defaultConfig(system.env), warnings: warnings.filter((text) => text !== null) };
  }
  const { configFrom, gather } = await import('./read.ts');
  return configFrom(system, gather(system, place));
}

function isThere({ fs }: System, { path }: ConfigFile): boolean {
  try {
    return path !== null && fs.statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // Somebody who may not look at it should hear of that.
    return true;
  }
}
