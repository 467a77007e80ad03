import * as z from 'zod/mini';
import { KEYS, OUTPUTS } from './schema.ts';
import type { Key } from './schema.ts';

/** The JSON Schema of the configuration, for editors. The package contains it as `config.schema.json`. */
export function jsonSchema(): object {
  const all = tableOf(Object.entries(KEYS));
  // A key of an output has no default: without it the common key applies.
  const own = Object.entries(KEYS).flatMap(([name, key]) =>
    key.perOutput ? [[name, { ...key, default: undefined }] as const] : [],
  );
  const table = z.optional(tableOf(own));
  const outputs = OUTPUTS.map((output) => [output, table] as const);
  const exceptions = z.strictObject(Object.fromEntries(outputs));
  const meta = z.meta({ description: 'Exceptions for single outputs.' });
  const root = z.strictObject({ ...all.shape, output: z.optional(exceptions.check(meta)) });
  const schema = z.toJSONSchema(root, { target: 'draft-2020-12', io: 'input', reused: 'ref' });
  return { ...schema, title: 'Configuration of usageline' };
}

/** Turns keys with dotted names into nested objects. */
function tableOf(keys: readonly (readonly [string, Key])[]): z.ZodMiniObject {
  const shape: Record<string, z.ZodMiniType> = {};
  for (const [first, members] of grouped(keys)) {
    const alone = members.find(([rest]) => rest === '')?.[1];
    shape[first] = z.optional(alone ? leafOf(alone) : tableOf(members));
  }
  return z.strictObject(shape);
}

function leafOf({ schema, description, default: value }: Key): z.ZodMiniType {
  return schema.check(z.meta(value === undefined ? { description } : { description, default: value }));
}

/** Groups keys by the first part of their name. Each keeps the rest of the name; it is empty for a name of one part. */
function grouped(keys: readonly (readonly [string, Key])[]): Map<string, [string, Key][]> {
  const groups = new Map<string, [string, Key][]>();
  for (const [name, key] of keys) {
    const [first = '', ...rest] = name.split('.');
    groups.set(first, [...(groups.get(first) ?? []), [rest.join('.'), key]]);
  }
  return groups;
}
