import type { Sourced } from '../config/config.ts';
import { valueFor } from '../config/read.ts';
import type { ConfigValues } from '../config/read.ts';
import { isSection, KEYS, keyAt, namesBelow } from '../config/schema.ts';
import type { Key } from '../config/schema.ts';
import { unknownKey } from '../config/toml.ts';
import { quoteValue } from '../config/warnings.ts';
import { version } from '../platform/version.ts';
import type { OwnProvider } from '../usage/own-provider.ts';
import { asciiOnly } from '../usage/text.ts';
import { UsageError } from './command.ts';
import { baseUrlProblem } from './resolving.ts';

/** The key that a person has typed, such as `output.tmux.percent`. Throws a `UsageError` for any other text. */
export function keyNamed(name: string): { readonly path: readonly string[]; readonly key: Key } {
  const path = name.split('.');
  const key = keyAt(path);
  if (key !== null) return { path, key };
  if (isSection(path)) {
    const names = namesBelow(path).map((below) => `${name}.${below}`);
    throw new UsageError(`${quoteValue(name)} is a table; accepted: ${names.join(', ')}`);
  }
  const known = path.findIndex((_, index) => !isSection(path.slice(0, index + 1)));
  throw new UsageError(unknownKey(path.slice(0, known + 1)));
}

/** A key and its value as a line of the file has them. */
export function keyText(name: string, value: unknown): string {
  return asciiOnly(`${name} = ${JSON.stringify(value)}`);
}

/** The value that applies to a key, as it may be printed, and what sets it: a variable, file and line, or `default`. */
export function appliedValue(values: ConfigValues['values'], name: string): Sourced<unknown> {
  const [, output = null, common = name] = /^output\.([^.]+)\.(.+)$/.exec(name) ?? [];
  const found = valueFor(values, output, common);
  return {
    value: usedValue(common, found, KEYS[common]?.default),
    source: found?.source ?? 'default',
  };
}

/** A value as it may be printed. */
export function usedValue(name: string, found: Sourced<unknown> | undefined, usual: unknown): unknown {
  const refused = name === 'api_base_url' && found && baseUrlProblem(found as Sourced<string>) !== null;
  // It may hold a password.
  if (refused) return '(refused)';
  const value = found?.value ?? usual;
  // URL, headers and commands may contain a secret.
  if (name === 'provider') return (value as readonly OwnProvider[]).map(({ id }) => id);
  return typeof value === 'string' ? value.replace('<version>', version) : value;
}
