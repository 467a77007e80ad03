import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

const path = (relative: string) => fileURLToPath(new URL(`../../${relative}`, import.meta.url));

/**
 * Bundles a program as the build does: one CommonJS file, `undici` replaced by our slim modules.
 *
 * @returns the packages' files that are in the bundle
 */
export async function bundle(entry: string, outfile: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [path(entry)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minify: true,
    metafile: true,
    logLevel: 'error',
    plugins: [
      {
        name: 'slim-undici',
        setup({ onResolve }) {
          onResolve({ filter: /^undici$/ }, ({ importer }) => ({
            path: path(`src/fetch/undici-${importer.endsWith('proxy-agent.ts') ? 'proxy' : 'slim'}.cjs`),
          }));
        },
      },
    ],
  });
  return Object.keys(metafile.inputs).filter((input) => input.includes('node_modules/'));
}
