import type { System } from '../platform/system.ts';
import { defaultConfig } from './config.ts';
import type { Config } from './config.ts';
import { findConfigFile } from './config-file.ts';
import type { ConfigFile } from './config-file.ts';
import { environmentWarnings, missingFileWarning } from './warnings.ts';

/**
 * The variables that are validated with the schema, in addition to the file. Without `USAGELINE_API_BASE_URL`, which needs
 * no schema. A test compares them with the schema, which this module does not load.
 */
export const VARIABLES: readonly string[] = [
  'USAGELINE_NETWORK',
  'USAGELINE_TIMEOUT',
  'USAGELINE_USER_AGENT',
  'USAGELINE_FORMAT',
];

/**
 * Loads the configuration. Never throws: a value that cannot be used gives a warning, and the default applies.
 * The TOML parser and the schema are loaded only if there is a file or a variable: a call that misses the prerendered
 * line and finds neither does not pay for them.
 */
export async function loadConfig(system: System): Promise<Config> {
  const file = findConfigFile(system);
  // An empty variable counts as not set.
  if (!exists(system, file) && !VARIABLES.some((name) => system.env[name])) {
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
