import { readTextFile } from '../platform/files.ts';
import type { System } from '../platform/system.ts';
import { trustInFile } from '../platform/trust.ts';
import type { Sourced } from './config.ts';
import { environmentWarnings } from './environment.ts';
import { missingFileWarning } from './config-file.ts';
import type { ConfigFile } from './config-file.ts';
import { KEYS } from './schema.ts';
import { accepts, readToml, refusal } from './toml.ts';
import type { Contents } from './toml.ts';
import { quoteValue } from './quote-value.ts';

/** What file and environment say, each value with its place, and what is wrong with the rest. */
export interface ConfigValues {
  /** By dotted name; of those that are said. The environment goes before the file. */
  readonly values: ReadonlyMap<string, Sourced<unknown>>;
  readonly warnings: readonly string[];
}

/** Reads the file and the environment. Never throws, and never hangs. */
export function readConfigValues(system: System, place: ConfigFile): ConfigValues {
  const file = readFile(system, place);
  const path = printable(place.path ?? '');
  const at = (line: number | null) => (line === null ? path : `${path}:${line}`);
  const values = new Map<string, Sourced<unknown>>();
  for (const [name, { value, line }] of file.values) values.set(name, { value, source: at(line) });
  const told = file.findings.map(({ line, text }) => `${at(line)}: ${text}`);
  const wrong = gatherEnvironment(system.env, values);
  const warnings = [place.warning, ...told, ...wrong, ...environmentWarnings(system.env)];
  return { values, warnings: warnings.filter((text) => text !== null) };
}

const NOTHING: Contents = { values: new Map(), findings: [] };

function unreadable(text: string): Contents {
  return { ...NOTHING, findings: [{ line: null, text }] };
}

function readFile(system: System, place: ConfigFile): Contents {
  if (place.path === null) return NOTHING;
  const read = readTextFile(system.fs, place.path, 'follow');
  switch (read.kind) {
    case 'file':
      return withoutForeignEndpoint(system, place.path, readToml(read.text));
    case 'absent': {
      const text = missingFileWarning(place);
      return text === null ? NOTHING : unreadable(text);
    }
    case 'not_utf8':
      return unreadable('this is not UTF-8, so none of the file applies');
    default:
      return unreadable(`this cannot be read (${read.reason}), so none of it applies`);
  }
}

const ENDPOINT = 'api_base_url';

/** The token is sent to the endpoint, so another user must not be able to name it: all other keys do less harm. */
function withoutForeignEndpoint(system: System, path: string, contents: Contents): Contents {
  const given = contents.values.get(ENDPOINT);
  const trust = given === undefined ? null : trustInFile(system, path);
  if (given === undefined || trust === null || trust.kind === 'trusted') return contents;
  const reason =
    trust.kind === 'open' ? `can be written by ${trust.by}` : `belongs to another user (${trust.uid})`;
  const text = `${ENDPOINT} is not used, since ${printable(trust.path)} ${reason}`;
  return {
    values: new Map([...contents.values].filter(([name]) => name !== ENDPOINT)),
    findings: [...contents.findings, { line: given.line, text }],
  };
}

/** @returns what is set and not accepted, in words */
function gatherEnvironment(env: System['env'], values: Map<string, Sourced<unknown>>): string[] {
  const warnings: string[] = [];
  for (const [name, key] of Object.entries(KEYS)) {
    const text = key.variable && env[key.variable];
    if (!key.variable || !text) continue;
    const number = typeof key.default === 'number' && /^\d+(\.\d+)?$/.test(text);
    const value = number ? Number(text) : text;
    if (accepts(key, value)) values.set(name, { value, source: key.variable });
    else warnings.push(`${key.variable} is ${quoteValue(text)}${refusal(key, value)}`);
  }
  return warnings;
}

/** A path of the user's own, as a message may repeat it. */
function printable(path: string): string {
  return path.replace(/[^\u0020-\u007E]/g, '?');
}
