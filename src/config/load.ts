import type { System } from '../platform/system.ts';
import { defaultConfig } from './config.ts';
import type { Config } from './config.ts';
import { environmentWarnings, isConfigured } from './environment.ts';
import { findConfigFile, missingFileWarning } from './config-file.ts';
import type { ConfigFile } from './config-file.ts';

/**
 * Loads the configuration. Never throws: a value that cannot be used gives a warning, and the default applies.
 * The TOML parser and the schema are loaded only if there is a file or a variable: a call that misses the prerendered
 * line and finds neither does not pay for them.
 */
export async function loadConfig(system: System): Promise<Config> {
  const file = findConfigFile(system);
  if (!exists(system, file) && !isConfigured(system.env)) {
    const warnings = [file.warning, missingFileWarning(file), ...environmentWarnings(system.env)];
    return { ...defaultConfig(system.env), warnings: warnings.filter((text) => text !== null) };
  }
  const { configFrom, readConfigValues } = await import('./read.ts');
  return configFrom(system, readConfigValues(system, file));
}

function exists({ fs }: System, { path }: ConfigFile): boolean {
  try {
    return path !== null && fs.statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // A file that may not be read counts as present: reading it gives the warning.
    return true;
  }
}
