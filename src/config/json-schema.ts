import * as z from 'zod/mini';
import { KEYS, OUTPUTS } from './schema.ts';
import type { Key } from './schema.ts';

/** The JSON Schema of the configuration, for editors. The package has it as `config.schema.json`. */
export function jsonSchema(): object {
  const all = tableOf(Object.entries(KEYS));
  // What an output does not say is what is said of all: none of these has a default of its own.
  const own = Object.entries(KEYS).flatMap(([name, key]) =>
    key.perOutput ? [[name, { ...key, default: undefined }] as const] : [],
  );
  const table = z.optional(tableOf(own));
  const outputs = OUTPUTS.map((output) => [output, table] as const);
  const exceptions = z.strictObject(Object.fromEntries(outputs));
  const about = z.meta({ description: 'Exceptions for single outputs.' });
  const root = z.strictObject({ ...all.shape, output: z.optional(exceptions.check(about)) });
  const schema = z.toJSONSchema(root, { target: 'draft-2020-12', io: 'input', reused: 'ref' });
  return { ...schema, title: 'Configuration of usageline' };
}

/** Keys by dotted name as an object with objects in it. */
function tableOf(keys: readonly (readonly [string, Key])[]): z.ZodMiniObject {
  const shape: Record<string, z.ZodMiniType> = {};
  for (const [first, members] of grouped(keys)) {
    const alone = members.find(([rest]) => rest === '')?.[1];
    shape[first] = z.optional(alone ? leafOf(alone) : tableOf(members));
  }
  return z.strictObject(shape);
}

function leafOf({ schema, description, default: usual }: Key): z.ZodMiniType {
  return schema.check(z.meta(usual === undefined ? { description } : { description, default: usual }));
}

/** By the first part of the name; what is left of the name is empty where that was all. */
function grouped(keys: readonly (readonly [string, Key])[]): Map<string, [string, Key][]> {
  const groups = new Map<string, [string, Key][]>();
  for (const [name, key] of keys) {
    const [first = '', ...rest] = name.split('.');
    groups.set(first, [...(groups.get(first) ?? []), [rest.join('.'), key]]);
  }
  return groups;
}
