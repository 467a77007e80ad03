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

/** The folders that a folder may import, besides itself. */
const below: Record<string, string[]> = {
  cli: ['commands', 'prerender', 'fetch', 'render', 'platform'],
  commands: [
    'demo',
    'prerender',
    'resolve',
    'init',
    'cache',
    'config',
    'fetch',
    'zone',
    'render',
    'usage',
    'platform',
  ],
  demo: ['cache', 'fetch', 'render', 'usage', 'platform'],
  prerender: ['resolve', 'cache', 'config', 'fetch', 'zone', 'render', 'usage', 'platform'],
  resolve: ['cache', 'fetch', 'config', 'usage', 'platform'],
  init: ['platform'],
  cache: ['usage', 'config', 'platform'],
  config: ['usage', 'render', 'platform'],
  fetch: ['usage', 'platform'],
  render: ['usage', 'zone'],
  zone: ['usage', 'platform'],
  usage: [],
  platform: [],
};

describe('the source', () => {
  it.each(Object.entries(below))('%s imports only from below', (name, allowed) => {
    const stray = imports
      .filter(({ from, to }) => folder(from) === name && to.endsWith('.ts'))
      .filter(({ to }) => folder(to) !== name && !allowed.includes(folder(to)))
      .map(({ from, to }) => `${from} → ${to}`);
    expect(stray).toEqual([]);
  });

  it.each([
    ['commander', ['cli/program.ts']],
    ['undici', ['fetch/response.ts', 'fetch/transport.ts', 'fetch/proxy-agent.ts']],
    ['zod/mini', ['fetch/claude/schema.ts', 'config/schema.ts', 'config/json-schema.ts']],
    ['smol-toml', ['config/toml.ts']],
    ['proper-lockfile', ['cache/mutex.ts']],
    ['write-file-atomic', ['cache/replace-durably.ts']],
    ['proxy-from-env', ['fetch/proxy.ts']],
    ['get-east-asian-width', ['render/layout.ts']],
  ])('%s is imported only by the files that wrap it', (name, places) => {
    const users = [...new Set(imports.filter(({ to }) => to === name).map(({ from }) => from))];
    expect(users.sort()).toEqual([...places].sort());
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
      'cli/fast-statusline.ts',
      'cli/run.ts',
      'commands/wrapped-command.ts',
      'demo/demo.ts',
      'main.ts',
      'worker.ts',
    ]);
  });
});

function withoutComments(path: string): string {
  return fs.readFileSync(path, 'utf8').replace(/^\s*(\*|\/\*|\/\/).*$/gm, '');
}
