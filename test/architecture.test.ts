import fs from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const src = new URL('../src', import.meta.url).pathname;

/** Every import of every source file, as `from` and `to` relative to src, or the name of a package. */
const imports = fs
  .readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
  .flatMap((from) =>
    [...fs.readFileSync(join(src, from), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
      (match) => {
        const target = match[1]!;
        return {
          from,
          to: target.startsWith('.') ? relative(src, resolve(src, dirname(from), target)) : target,
        };
      },
    ),
  );

/** The folder of a file; a file directly in src is a folder of its own. */
const folder = (file: string) => (file.includes('/') ? file.slice(0, file.indexOf('/')) : file);

/** The rows of the table of folders in AGENTS.md, from top to bottom: a folder or file of src, and what it imports. */
const rows = [
  ...fs
    .readFileSync(new URL('../AGENTS.md', import.meta.url), 'utf8')
    .matchAll(/^\| `([\w.]+)\/?` \|.*\| ([^|]*) \|$/gm),
].map(([, name = '', imported = '']) => ({
  name,
  imported: [...imported.matchAll(/`([\w.]+)`/g)].map(([, it]) => it as string),
}));

/** The folders that a folder imports, besides itself, each with the imports. */
function importsOf(name: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { from, to } of imports) {
    if (folder(from) !== name || !to.endsWith('.ts') || folder(to) === name) continue;
    found.set(folder(to), [...(found.get(folder(to)) ?? []), `${from} → ${to}`]);
  }
  return found;
}

describe('the source', () => {
  it('has a row in AGENTS.md for every folder', () => {
    const folders = new Set(imports.map(({ from }) => folder(from)));
    expect(rows.map(({ name }) => name).sort()).toEqual([...folders].sort());
  });

  it.each(rows)('imports into $name what AGENTS.md lists, and nothing else', ({ name, imported }) => {
    const found = importsOf(name);
    const stray = [...found].filter(([to]) => !imported.includes(to)).flatMap(([, list]) => list);
    expect(stray).toEqual([]);
    expect([...found.keys()].sort()).toEqual([...imported].sort());
  });

  it.each(rows)('imports into $name only from rows below it', ({ name, imported }) => {
    const below = new Set(rows.slice(rows.findIndex((row) => row.name === name) + 1).map((row) => row.name));
    expect(imported.filter((it) => !below.has(it))).toEqual([]);
  });

  it.each([
    ['commander', ['cli/program.ts']],
    ['undici', ['fetch/response.ts', 'fetch/transport.ts', 'fetch/proxy-agent.ts']],
    ['zod/mini', ['config/schema.ts', 'config/json-schema.ts']],
    ['smol-toml', ['config/toml.ts']],
    ['proper-lockfile', ['cache/mutex.ts']],
    ['write-file-atomic', ['cache/replace-durably.ts']],
    ['proxy-from-env', ['fetch/proxy.ts']],
    ['get-east-asian-width', ['render/layout.ts']],
  ])('%s is imported only by the files that wrap it', (name, places) => {
    const users = [...new Set(imports.filter(({ to }) => to === name).map(({ from }) => from))];
    expect(users.sort()).toEqual([...places].sort());
  });

  it('imports a provider of the kit only in the list of providers', () => {
    const folders = fs
      .readdirSync(join(src, 'fetch'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !['claude', 'kit', 'own'].includes(entry.name))
      .map(({ name }) => `fetch/${name}/`);
    const users = imports
      .filter(({ from, to }) => folders.some((at) => to.startsWith(at) && !from.startsWith(at)))
      .map(({ from }) => from);
    expect([...new Set(users)]).toEqual(['fetch/providers.ts']);
  });

  it('imports credentials only in their provider’s folder', () => {
    const users = imports.filter(({ to }) => to === 'fetch/claude/credentials.ts').map(({ from }) => from);
    expect(users.filter((from) => !from.startsWith('fetch/claude/'))).toEqual([]);
  });

  it('imports a provider only in the registry', () => {
    const users = imports
      .filter(({ from, to }) => to.startsWith('fetch/claude/') && !from.startsWith('fetch/claude/'))
      .map(({ from }) => from);
    expect(users).toEqual(['fetch/registry.ts']);
  });

  it('names a provider only in the registry, in configuration keys, and in what `init` installs', () => {
    const files = fs
      .readdirSync(src, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !/^(fetch\/claude|config|init)\//.test(name))
      .filter((name) => /claude|anthropic/i.test(fs.readFileSync(join(src, name), 'utf8')));
    expect(files.sort()).toEqual(['fetch/registry.ts']);
  });

  it('has effects at load time only in the files that package.json lists, so that bundling can drop the others', () => {
    const files = fs
      .readdirSync(src, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'));
    const forEffects = files.flatMap((from) =>
      [...fs.readFileSync(join(src, from), 'utf8').matchAll(/^import '([^']+)'/gm)].map(([, target = '']) =>
        relative(src, resolve(src, dirname(from), target)),
      ),
    );
    const { sideEffects } = JSON.parse(fs.readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    const listed = (sideEffects as string[]).filter((name) => name.startsWith('src/'));
    // The two entries run as they are loaded.
    const expected = new Set(['main.ts', 'worker.ts', ...forEffects]);
    expect(listed.toSorted()).toEqual([...expected].map((name) => `src/${name}`).toSorted());
  });

  it('ends processes only in the files listed here', () => {
    // Signal 0 ends nothing.
    const users = fs
      .readdirSync(src, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .filter((name) =>
        /process\.(exit\(|exitCode|kill\((?!\w+, 0\)))/.test(withoutComments(join(src, name))),
      );
    expect(users.sort()).toEqual([
      'cli/due-line.ts',
      'cli/fast-statusline.ts',
      'cli/run.ts',
      'demo/demo.ts',
      'main.ts',
      'platform/process-group.ts',
      'worker.ts',
    ]);
  });
});

function withoutComments(path: string): string {
  return fs.readFileSync(path, 'utf8').replace(/^\s*(\*|\/\*|\/\/).*$/gm, '');
}
