import { valueFor, readConfigValues } from '../config/read.ts';
import type { Sourced } from '../config/config.ts';
import type { ConfigValues } from '../config/read.ts';
import { findConfigFile } from '../config/config-file.ts';
import { KEYS, OUTPUTS } from '../config/schema.ts';
import type { ColorFlag } from '../render/wants-color.ts';
import type { System } from '../platform/system.ts';
import { version } from '../platform/version.ts';
import { baseUrlProblem, result } from './command.ts';
import type { CommandResult } from './command.ts';

/** What is said on the command line, which goes before everything else. */
export interface ConfigFlags {
  readonly color?: ColorFlag;
  /** Ms. */
  readonly timeout?: number;
}

/** `usageline config path`: where the configuration is, or would be. */
export function configPath(system: System): CommandResult {
  const { path, warning } = findConfigFile(system);
  const stderr = [
    warning,
    path === null ? 'there is no home directory, so no place for a configuration' : null,
  ]
    .filter((text) => text !== null)
    .map((text) => `usageline: ${text}\n`)
    .join('');
  return path === null ? result('', { exitCode: 1, stderr }) : result(`${path}\n`, { stderr });
}

/** `usageline config show`: every value that applies, and where it comes from. */
export function configShow(system: System, flags: ConfigFlags): CommandResult {
  const gathered = readConfigValues(system, findConfigFile(system));
  const values = new Map(gathered.values);
  if (flags.color !== undefined) values.set('color', { value: flags.color, source: '--color' });
  if (flags.timeout !== undefined)
    values.set('timeout', { value: flags.timeout / 1000, source: '--timeout' });
  const rows = [
    ...Object.entries(KEYS).map(([name, key]) => rowOf(name, values.get(name), key.default)),
    ...OUTPUTS.flatMap((output) => exceptionsOf(values, output)),
  ];
  const width = Math.max(...rows.map(([setting]) => setting.length));
  const text = rows.map(([setting, source]) => `${setting.padEnd(width)}  # ${source}\n`).join('');
  return result(text, { stderr: warningLines(gathered) });
}

/** `usageline config check`: whether everything in it is understood. */
export function configCheck(system: System): CommandResult {
  const place = findConfigFile(system);
  const gathered = readConfigValues(system, place);
  const findings = problemsOf(gathered);
  if (findings.length > 0) {
    return result('', { exitCode: 2, stderr: findings.map((text) => `usageline: ${text}\n`).join('') });
  }
  const there = place.path !== null && system.fs.existsSync(place.path);
  return result(there ? `${place.path}: all is well\n` : 'no configuration: the defaults apply\n');
}

/** `usageline config schema`: the JSON Schema for editors. */
export async function configSchema(): Promise<CommandResult> {
  const { jsonSchema } = await import('../config/json-schema.ts');
  return result(`${JSON.stringify(jsonSchema(), null, 2)}\n`);
}

/** A setting as the file has it, and its place. */
type Row = readonly [setting: string, source: string];

function rowOf(name: string, found: Sourced<unknown> | undefined, usual: unknown): Row {
  const refused = name === 'api_base_url' && found && baseUrlProblem(found as Sourced<string>) !== null;
  // It may hold a password.
  const value = refused ? '(refused)' : (found?.value ?? usual);
  return [
    `${name} = ${JSON.stringify(value)}`.replace('<version>', version).replace(/[\u007F-\uFFFF]/g, '?'),
    found?.source ?? 'default',
  ];
}

/** What differs for one output. */
function exceptionsOf(values: ConfigValues['values'], output: string): Row[] {
  return Object.keys(KEYS).flatMap((name) => {
    const own = values.get(`output.${output}.${name}`);
    const applies = own !== undefined && valueFor(values, output, name) === own;
    return applies ? [rowOf(`output.${output}.${name}`, own, null)] : [];
  });
}

function problemsOf({ values, warnings }: ConfigValues): string[] {
  const url = values.get('api_base_url') as Sourced<string> | undefined;
  const refused = url ? baseUrlProblem(url) : null;
  return refused === null ? [...warnings] : [...warnings, refused];
}

function warningLines(gathered: ConfigValues): string {
  return problemsOf(gathered)
    .map((text) => `usageline: ${text}\n`)
    .join('');
}
