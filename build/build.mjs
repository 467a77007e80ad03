/**
 * Bundles `src/` into `dist/`: a small entry that runs at every prompt, and a file for each part that is loaded on demand,
 * because all code of a file costs time when it is loaded, even if it never runs. The files are CommonJS, because an ES
 * module takes a quarter of a Node start longer.
 */
import { build, transformSync } from 'esbuild';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const src = join(root, 'src');
const dist = join(root, 'dist');
const main = join(src, 'main.ts');
const worker = join(src, 'worker.ts');
const { version, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** The name of a part: `src/commands/usage.ts` → `commands-usage`. */
const partName = (file) =>
  file.includes('node_modules')
    ? basename(file, '.js')
    : relative(src, file).replace(/\.ts$/, '').replace(/[\\/]/g, '-');

/** The folder of the provider in src/fetch/, as registry.ts names it. */
const [, provider] = /from '\.\/([a-z0-9]+)\/index\.ts'/.exec(
  readFileSync(join(src, 'fetch', 'registry.ts'), 'utf8'),
);

/** Parts that are always loaded together form one file, because each file takes half a millisecond. */
const TOGETHER = {
  usage: ['cli/run.ts', 'commands/usage.ts', 'prerender/store.ts'],
  asking: ['resolve/single-flight.ts', `fetch/${provider}/connect.ts`],
  sending: [`fetch/${provider}/request.ts`, 'fetch/transport.ts'],
  tokens: ['commands/tokens.ts', `fetch/${provider}/transcripts/reader.ts`],
};
// A provider need not divide itself like that.
for (const name of Object.keys(TOGETHER)) {
  TOGETHER[name] = TOGETHER[name].filter((file) => existsSync(join(src, file)));
}

/**
 * The folders of the other providers, as providers.ts names them. They form one file: a call that needs one looks for the
 * logins of all, and twelve files take three times as long as one.
 */
const others = [
  ...readFileSync(join(src, 'fetch', 'providers.ts'), 'utf8').matchAll(
    /import\('\.\/([a-z0-9]+)\/index\.ts'\)/g,
  ),
].map(([, id]) => id);
const PROVIDERS = 'providers';

/** The id of the provider whose `index.ts` a file is; undefined for any other file. */
const providerOf = (file) => others.find((id) => file === join(src, 'fetch', id, 'index.ts'));

/** The name of the bundled file that begins with a source file. `init` installs paths of `hot.cjs`: that name must stay. */
function partOf(file) {
  if (file === main) return 'hot';
  const name = relative(src, file).replaceAll('\\', '/');
  const group = Object.keys(TOGETHER).find((key) => TOGETHER[key].includes(name));
  return group ?? partName(file);
}

/** Every `import('./…')` in the source begins a new part, and becomes a `require` of that part's file. */
const parts = new Map();
const borderTo = (file) => {
  const name = partOf(file);
  if (!parts.has(name)) parts.set(name, { file, done: false });
  return { path: `./${name}.cjs`, external: true };
};
const lazyParts = {
  name: 'lazy-parts',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^\.\.?\// }, ({ kind, path, resolveDir, importer }) => {
      if (kind !== 'dynamic-import' || importer.includes('node_modules')) return null;
      const file = resolve(resolveDir, path);
      const id = providerOf(file);
      if (id === undefined) return borderTo(file);
      if (!parts.has(PROVIDERS)) parts.set(PROVIDERS, { file: null, done: false });
      return { path: id, namespace: PROVIDERS };
    });
    // A module that takes one provider out of the file of all.
    onLoad({ filter: /./, namespace: PROVIDERS }, ({ path: id }) => ({
      contents: `exports.provider = require('./${PROVIDERS}.cjs').${id};`,
    }));
    onResolve({ filter: /./, namespace: PROVIDERS }, ({ path }) => ({ path, external: true }));
  },
};

/** Replaces `undici` by those of its inner files that a single request needs. */
const slimUndici = {
  name: 'slim-undici',
  setup({ onResolve }) {
    onResolve({ filter: /^undici$/ }, ({ importer }) => {
      const name = importer.endsWith('proxy-agent.ts') ? 'undici-proxy.cjs' : 'undici-slim.cjs';
      return { path: join(src, 'fetch', name) };
    });
    // The parser for processors without SIMD is a part of its own, which is rarely loaded.
    onResolve({ filter: /llhttp-wasm\.js$/ }, ({ kind, path, resolveDir }) => {
      if (kind === 'entry-point') return null;
      return borderTo(resolve(resolveDir, path));
    });
  },
};

/**
 * Replacements for modules that a package imports and usageline's calls never use. This is all that the build changes in
 * packages:
 *
 * | user | module | replaced by | because |
 * |---|---|---|---|
 * | undici | `node:http` | `http.cjs`, one class | load time: undici uses its header limit and `IncomingMessage` |
 * | undici | `client-h2` | `http2.cjs`, which throws | load time: it loads Node's HTTP/2, which no request uses |
 * | proper-lockfile | signal-exit 3 | `signal-exit.cjs`, version 4 | two versions would keep SIGTERM from ending the process |
 * | proper-lockfile, write-file-atomic | graceful-fs | `node:fs` | it patches Node's functions for the whole process |
 *
 * docs/specs/performance.md has what each costs and what others cost before they were removed.
 */
const STAND_INS = [
  { user: 'undici', of: /^node:http$/, file: 'http' },
  { user: 'undici', of: /\/client-h2(\.js)?$/, file: 'http2' },
  { user: 'proper-lockfile', of: /^signal-exit$/, file: 'signal-exit' },
];

/** The stand-ins that some bundle contains. */
const used = new Set();

const standIns = {
  name: 'stand-ins',
  setup({ onResolve }) {
    for (const { user, of, file } of STAND_INS) {
      onResolve({ filter: of }, ({ importer }) => {
        if (!isOf(user, importer)) return null;
        used.add(file);
        return { path: join(root, 'build', 'stand-ins', `${file}.cjs`) };
      });
    }
  },
};

/** Whether a file belongs to a package. */
function isOf(user, importer) {
  return importer.includes(`/node_modules/${user}/`);
}

/** The entry of a part's bundle: its source file, or all files of a group. */
function entryOf(name, file) {
  const group =
    name === PROVIDERS
      ? others.map((id) => `export { provider as ${id} } from './fetch/${id}/index.ts';`)
      : TOGETHER[name]?.map((path) => `export * from './${path}';`);
  return group ? { stdin: { contents: group.join('\n'), resolveDir: src } } : { entryPoints: [file] };
}

/** The check for a Node that is too old. The entry that contains it can be parsed by Node 12 and later. */
const { code: CHECK } = transformSync(
  readFileSync(join(root, 'build', 'oldest-node.js'), 'utf8').replace(
    '(OLDEST,',
    `(${JSON.stringify(engines.node.replace('>=', '').split('.').map(Number))},`,
  ),
  { minify: true, target: 'es5' },
);

/** What such a Node runs instead of the program. */
const { code: OLD_NODE } = transformSync(readFileSync(join(root, 'build', 'old-node.js'), 'utf8'), {
  minify: true,
  target: 'es5',
});

async function bundle(name, file) {
  const { metafile } = await build({
    absWorkingDir: root,
    ...entryOf(name, file),
    outfile: join(dist, `${name}.cjs`),
    bundle: true,
    platform: 'node',
    target: file === main ? 'node12' : 'node20.18',
    format: 'cjs',
    minify: true,
    // For an uncaught error Node searches the source line, which takes a second in a file of one line. The entry has no
    // code that throws, and stays one line.
    ...(file !== main && { lineLimit: 200 }),
    legalComments: 'none',
    ...(file === main && { banner: { js: `#!/usr/bin/env node\n"use strict";${CHECK}` } }),
    define: { USAGELINE_VERSION: JSON.stringify(version), 'import.meta.dirname': '__dirname' },
    // `import()` of another part becomes `require`, because the ES module loader takes 5 ms.
    supported: { 'dynamic-import': false },
    // graceful-fs adds retries for hundreds of open files, which are not needed here, and patches Node's own functions.
    alias: { 'graceful-fs': 'node:fs' },
    plugins: [lazyParts, slimUndici, standIns],
    metafile: true,
    logLevel: 'warning',
  });
  // One other character makes Node decode and keep the whole file in a wider form. esbuild escapes all but those of regular
  // expressions.
  const wide = /[^\0-\x7f].*/.exec(readFileSync(join(dist, `${name}.cjs`), 'utf8'));
  if (wide)
    throw new Error(
      `${name}.cjs is not ASCII (write \\u in its regular expression): ${wide[0].slice(0, 60)}`,
    );
  return Object.keys(metafile.inputs);
}

/** The licences of packages that may be bundled. */
const LICENCES = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0']);

/** The licence texts of the bundled packages, which must be distributed together with their code. */
function notices(inputs) {
  const packages = new Set();
  for (const input of inputs) {
    const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match) packages.add(match[1]);
  }
  return [...packages].sort().map((path) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
    if (!LICENCES.has(license))
      throw new Error(`${name} has the licence ${license}; accepted: ${[...LICENCES].join(', ')}`);
    const file = readdirSync(join(root, path))
      .sort()
      .find((name) => /^licen[cs]e/i.test(name));
    const text = file ? readFileSync(join(root, path, file), 'utf8').trim() : '(no licence file)';
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
}

/** The checksums of all files, in the format of `sha256sum --check`. */
function checksums() {
  const lines = readdirSync(dist)
    .sort()
    .map((name) => {
      const sum = createHash('sha256').update(readFileSync(join(dist, name)));
      return `${sum.digest('hex')}  ${name}\n`;
    });
  return lines.join('');
}

/** Replaces a part of a file of the checkout; the file is written only if that changes it. */
function patch(name, pattern, replacement) {
  const path = join(root, name);
  const text = readFileSync(path, 'utf8');
  if (!pattern.test(text)) throw new Error(`${name} has no part of the provider to replace`);
  const patched = text.replace(pattern, () => replacement);
  if (patched !== text) writeFileSync(path, patched);
}

/**
 * The provider's part of the shell files: its lines in the launcher, and in the hooks the variable that names the directory
 * of a login. The files are in the repository with these parts, since a checkout uses them as they are.
 */
async function writeShellParts() {
  const launcher = readFileSync(join(src, 'fetch', provider, 'launcher.sh'), 'utf8');
  patch('bin/usageline-prompt', /^first=[^]*?(?=^ready=\$root\/\$account\/ready$)/m, launcher);
  const { outputFiles } = await build({
    entryPoints: [join(src, 'fetch', 'registry.ts')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['undici', 'zod/mini', 'proxy-from-env'],
    write: false,
  });
  const module = { exports: {} };
  new Function('module', 'exports', 'require', outputFiles[0].text)(
    module,
    module.exports,
    createRequire(root),
  );
  const { directory } = module.exports.environment;
  for (const shell of ['bash', 'zsh', 'fish']) {
    const name = `shell/usageline.${shell}`;
    const text = readFileSync(join(root, name), 'utf8');
    // The first variable that the hook compares.
    const [, present] = /"\$\{?([A-Z_]+)-?\}?\|\$\{?USAGELINE_CACHE_DIR/.exec(text);
    patch(name, /^[^]*$/, text.replaceAll(present, directory));
  }
}

await writeShellParts();
if (existsSync(dist)) rmSync(dist, { recursive: true });
borderTo(main);
borderTo(worker);
const inputs = [];
for (;;) {
  const next = [...parts].find(([, { done }]) => !done);
  if (next === undefined) break;
  const [name, part] = next;
  part.done = true;
  inputs.push(...(await bundle(name, part.file)));
}
for (const { user, of, file } of STAND_INS) {
  // An upgrade that renames the module would load it again.
  if (!used.has(file)) throw new Error(`${user} no longer imports ${of}: change or remove its stand-in`);
}
writeFileSync(join(dist, 'old-node.cjs'), OLD_NODE);
writeFileSync(join(dist, 'THIRD_PARTY_NOTICES.txt'), notices(inputs).join(`\n${'-'.repeat(72)}\n\n`));
// src/platform/damaged-files.ts compares the files with this list.
writeFileSync(join(dist, 'SHA256SUMS'), checksums());
// Permissions are packed, too, and must not depend on the umask. npm links hot.cjs directly, without a file in bin/.
for (const name of readdirSync(dist)) chmodSync(join(dist, name), name === 'hot.cjs' ? 0o755 : 0o644);
