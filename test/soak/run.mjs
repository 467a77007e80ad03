/**
 * `npm run soak`: bundles the soak, since Node 20 does not run TypeScript, and runs it. Where this user may mount, it runs
 * in a mount namespace of its own, in which its disk fills up and becomes read-only.
 * Options: `--minutes <n>`, `--seed <n>`, `--callers <n>`.
 */
import { build } from 'esbuild';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const beside = (name) => fileURLToPath(new URL(name, import.meta.url));

/** The command line prefix for mounts of its own; null where that is not allowed. */
function inNamespace() {
  const flags = process.getuid?.() === 0 ? ['--mount'] : ['--user', '--map-root-user', '--mount'];
  const trial = spawnSync('unshare', [...flags, 'mount', '-t', 'tmpfs', 'none', '/mnt']);
  return trial.status === 0 ? ['unshare', ...flags] : null;
}

const directory = mkdtempSync(join(tmpdir(), 'usageline-soak-bundle-'));
try {
  await build({
    entryPoints: [beside('main.ts'), beside('reader.ts')],
    outdir: directory,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node20.18',
    format: 'cjs',
    logLevel: 'warning',
  });
  const namespace = inNamespace();
  const [file, ...args] = [
    ...(namespace ?? []),
    process.execPath,
    join(directory, 'main.cjs'),
    ...(namespace ? ['--mounts'] : []),
    ...process.argv.slice(2),
  ];
  const child = spawn(file, args, { cwd: beside('../..'), stdio: 'inherit' });
  // The child ends what it has started. It gets a signal from the terminal as well, and a second signal changes
  // nothing.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  const [code] = await once(child, 'exit');
  process.exitCode = code ?? 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
