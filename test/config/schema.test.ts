import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { jsonSchema } from '../../src/config/json-schema.ts';
import { VARIABLES } from '../../src/config/load.ts';
import { NAMES, KEYS, OUTPUTS } from '../../src/config/schema.ts';
import { accepts } from '../../src/config/toml.ts';

const read = (path: string) => fs.readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** What an editor finds under a name in the JSON Schema. */
function lookUp(name: string): Record<string, unknown> {
  const root = jsonSchema() as Record<string, any>;
  const resolved = (node: Record<string, any>): Record<string, any> =>
    node.$ref ? { ...resolved(root.$defs[node.$ref.split('/').at(-1)]), ...node } : node;
  return name.split('.').reduce((node, part) => resolved(node.properties[part]), root);
}

describe('every key', () => {
  it.each(Object.entries(KEYS))('%s accepts its own default', (_, key) => {
    const value = key.default === 'usageline/<version>' ? 'usageline/1.0.0' : key.default;
    expect(accepts(key, value)).toBe(true);
  });

  it.each(NAMES)('%s is in the JSON Schema', (name) => {
    const found = lookUp(name);
    const key = KEYS[name.replace(/^output\.[a-z0-9]+\./, '')];
    expect(found.description).toBe(key?.description);
    expect(found.default).toEqual(name.startsWith('output.') ? undefined : key?.default);
    expect(found.type ?? found.enum).toBeDefined();
  });
});

it('every variable of the schema makes a call load the schema', () => {
  const variables = Object.values(KEYS).flatMap(({ variable }) => variable ?? []);
  expect([...VARIABLES, 'USAGELINE_API_BASE_URL'].sort()).toEqual(variables.sort());
});

describe('the JSON Schema', () => {
  it('is valid for its draft and allows no other keys', () => {
    const schema = jsonSchema() as Record<string, any>;
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(schema.additionalProperties).toBe(false);
    expect(Object.keys(lookUp('output').properties as object)).toEqual([...OUTPUTS]);
  });

  it('is in the package (`npm run schema` writes it)', async () => {
    await expect(`${JSON.stringify(jsonSchema(), null, 2)}\n`).toMatchFileSnapshot(
      '../../config.schema.json',
    );
    expect(JSON.parse(read('package.json')).files).toContain('config.schema.json');
  });
});

describe('the documentation', () => {
  const page = read('docs/specs/configuration.md');

  it.each(Object.entries(KEYS))('has %s with its default, accepted values and description', (name, key) => {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
    const usual = typeof key.default === 'number' ? `${key.default}` : `\`${JSON.stringify(key.default)}\``;
    expect(row).toContain(`| ${usual} | ${key.accepted} | ${key.description} |`);
  });

  it('has every variable, and marks the keys that an output can have for itself', () => {
    for (const [name, { variable, perOutput }] of Object.entries(KEYS)) {
      const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
      if (variable) expect(page).toContain(`| \`${variable}\` | \`${name}\` |`);
      expect(row?.endsWith(' yes |')).toBe(perOutput === true);
    }
  });
});
