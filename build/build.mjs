/**
 * Bundles `src/` into `dist/`: a small CommonJS file for what runs at every prompt, and one file for each
 * part that is loaded only when it is needed. CommonJS, because an ES module costs a quarter of a Node start
 * more; a file per part, because what stands in a file is paid for even if it never runs.
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

/** `src/commands/usage.ts` → `commands-usage`. */
const partName = (file) =>
  file.includes('node_modules')
    ? basename(file, '.js')
    : relative(src, file).replace(/\.ts$/, '').replace(/[\\/]/g, '-');

/** Parts that are never loaded one without the other, in one file: each file costs half a millisecond. */
const TOGETHER = {
  usage: ['cli/run.ts', 'commands/usage.ts', 'prerender/store.ts'],
  asking: ['resolve/single-flight.ts', 'fetch/claude/connect.ts'],
  sending: ['fetch/claude/request.ts', 'fetch/transport.ts'],
};

/** The file of the part that a source file begins. What `init` has installed starts `hot.cjs`: that name stays. */
function partOf(file) {
  if (file === main) return 'hot';
  const name = relative(src, file).replaceAll('\\', '/');
  const group = Object.keys(TOGETHER).find((key) => TOGETHER[key].includes(name));
  return group ?? partName(file);
}

/** Every `import('./…')` in the source is the border of a part: left as a `require` of that part's file. */
const parts = new Map();
const borderTo = (file) => {
  const name = partOf(file);
  if (!parts.has(name)) parts.set(name, { file, done: false });
  return { path: `./${name}.cjs`, external: true };
};
const lazyParts = {
  name: 'lazy-parts',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\// }, ({ kind, path, resolveDir, importer }) => {
      if (kind !== 'dynamic-import' || importer.includes('node_modules')) return null;
      return borderTo(resolve(resolveDir, path));
    });
  },
};

/** The source says `undici`; what is bundled are the few inner files of it that one request needs. */
const slimUndici = {
  name: 'slim-undici',
  setup({ onResolve }) {
    onResolve({ filter: /^undici$/ }, ({ importer }) => {
      const name = importer.endsWith('proxy-agent.ts') ? 'undici-proxy.cjs' : 'undici-slim.cjs';
      return { path: join(src, 'fetch', name) };
    });
    // The parser for processors without SIMD: read only where there is none.
    onResolve({ filter: /llhttp-wasm\.js$/ }, ({ kind, path, resolveDir }) => {
      if (kind === 'entry-point') return null;
      return borderTo(resolve(resolveDir, path));
    });
  },
};

/**
 * What undici loads for HTTP/2, web bodies, SOCKS, interceptors and statistics, none of which a request of ours
 * can come to.
 */
const leftOut = {
  name: 'left-out',
  setup({ onResolve, onLoad }) {
    const parts = /(client-h2|web\/fetch\/body|socks5-proxy-agent|\/wrap-handler|util\/stats)(\.js)?$/;
    onResolve({ filter: parts }, ({ path, importer }) =>
      isOf('undici', importer) ? { path, namespace: 'left-out' } : null,
    );
    onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
      contents: `module.exports = () => { throw new Error(${JSON.stringify(`left out: ${path}`)}); };`,
    }));
  },
};

/** What packages ask for that takes longer to load than a request, though they want little of it. */
const STAND_INS = [
  { user: 'undici', of: /^node:assert$/, file: 'assert' },
  { user: 'undici', of: /^node:http$/, file: 'http' },
  { user: 'undici', of: /\/diagnostics(\.js)?$/, file: 'diagnostics' },
  { user: 'undici', of: /^\.\/tree$/, file: 'header-names' },
  { user: 'write-file-atomic', of: /^node:crypto$/, file: 'crypto' },
  { user: 'write-file-atomic', of: /^worker_threads$/, file: 'worker-threads' },
  { user: 'proper-lockfile', of: /^signal-exit$/, file: 'signal-exit' },
];

const standIns = {
  name: 'stand-ins',
  setup({ onResolve, onLoad }) {
    for (const { user, of, file } of STAND_INS) {
      onResolve({ filter: of }, ({ importer }) =>
        isOf(user, importer) ? { path: join(root, 'build', 'stand-ins', `${file}.cjs`) } : null,
      );
    }
    // The parser as the bytes that it is, not as a text in the script.
    onLoad({ filter: /undici\/lib\/llhttp\/llhttp_simd-wasm\.js$/ }, ({ path }) => {
      writeFileSync(join(dist, 'llhttp.wasm'), createRequire(import.meta.url)(path));
      return { contents: "module.exports = require('node:fs').readFileSync(`${__dirname}/llhttp.wasm`);" };
    });
    // Of the parser's constants, which it computes when it is loaded, the two tables that are used.
    onLoad({ filter: /undici\/lib\/llhttp\/constants\.js$/ }, ({ path }) => {
      const { ERROR, TYPE } = createRequire(import.meta.url)(path);
      return { contents: `module.exports = ${JSON.stringify({ ERROR, TYPE })};` };
    });
  },
};

/**
 * `zod/mini` asks for one of its helpers by way of all of zod, which keeps every helper in the bundle: twice the
 * size of the schema.
 */
const slimZod = {
  name: 'slim-zod',
  setup({ onLoad }) {
    onLoad({ filter: /zod\/v4\/mini\/schemas\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll('core.util.', 'util.'),
    }));
  },
};

function isOf(user, importer) {
  return importer.includes(`/node_modules/${user}/`);
}

/** What a part's bundle begins with: its source file, or all the files of a group. */
function entryOf(name, file) {
  const group = TOGETHER[name];
  if (!group) return { entryPoints: [file] };
  return {
    stdin: { contents: group.map((path) => `export * from './${path}';`).join('\n'), resolveDir: src },
  };
}

/** Says one sentence under a Node that is too old. It and the rest of the entry parse under any Node from 12 on. */
const { code: CHECK } = transformSync(
  readFileSync(join(root, 'build', 'oldest-node.js'), 'utf8').replace(
    '(OLDEST,',
    `(${JSON.stringify(engines.node.replace('>=', '').split('.').map(Number))},`,
  ),
  { minify: true, target: 'es5' },
);

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
    // Node reads the source of what fails, and a file of one line takes it a second. The one that is read at
    // every prompt has nothing in it that could.
    ...(file !== main && { lineLimit: 200 }),
    legalComments: 'none',
    ...(file === main && { banner: { js: `#!/usr/bin/env node\n"use strict";${CHECK}` } }),
    define: { USAGELINE_VERSION: JSON.stringify(version), 'import.meta.dirname': '__dirname' },
    // `import()` of another part becomes `require`: the ES module loader would cost 5 ms.
    supported: { 'dynamic-import': false },
    // What it adds (retries for hundreds of open files) is of no use here, and it patches Node's own functions.
    alias: { 'graceful-fs': 'node:fs' },
    plugins: [lazyParts, slimUndici, leftOut, standIns, slimZod],
    metafile: true,
    logLevel: 'warning',
  });
  return Object.keys(metafile.inputs);
}

/** What may be passed on under our own licence. */
const LICENCES = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0']);

/** The licences of what is bundled: their texts must go where their code goes. */
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

/** A line for each file, as `sha256sum --check` reads it. */
function checksums() {
  const lines = readdirSync(dist)
    .sort()
    .map((name) => {
      const sum = createHash('sha256').update(readFileSync(join(dist, name)));
      return `${sum.digest('hex')}  ${name}\n`;
    });
  return lines.join('');
}

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
writeFileSync(join(dist, 'THIRD_PARTY_NOTICES.txt'), notices(inputs).join(`\n${'-'.repeat(72)}\n\n`));
// src/platform/damaged-files.ts compares the files with it.
writeFileSync(join(dist, 'SHA256SUMS'), checksums());
// Permissions are packed, too, and must not depend on the umask. npm links hot.cjs itself: one file less to load than
// through bin/.
for (const name of readdirSync(dist)) chmodSync(join(dist, name), name === 'hot.cjs' ? 0o755 : 0o644);
