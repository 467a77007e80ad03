import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = join(dirname(fileURLToPath(import.meta.url)), '..');

/** `native`: the platform's package that contains the program itself, and the program's path in it. */
const PEERS = [
  { name: 'ccstatusline', native: null },
  { name: '@cometix/ccline', native: { name: ccline(), file: 'ccline' } },
  {
    name: 'ccusage',
    native: { name: `@ccusage/ccusage-${process.platform}-${process.arch}`, file: 'bin/ccusage' },
  },
];

function ccline() {
  // The package's own rule: the build for musl wherever glibc is older than 2.35.
  const { glibcVersionRuntime: glibc } = process.report.getReport().header;
  const [major = 0, minor = 0] = (glibc ?? '').split('.').map(Number);
  const musl = process.platform === 'linux' && (major < 2 || (major === 2 && minor < 35));
  return `@cometix/ccline-${process.platform}-${process.arch}${musl ? '-musl' : ''}`;
}

/**
 * Installs the newest version of each peer, and this program, packed and installed in the same way, into one folder.
 * Install scripts of the peers are not run; peers-candidates.mjs does what they would do, where it matters.
 *
 * @returns the folder; `{ version, bin, native }` of each installed peer, by name; notes for the page
 */
export function installPeers() {
  const folder = join(fs.realpathSync(tmpdir()), 'usageline-peers');
  const notes = [];
  fs.mkdirSync(folder, { recursive: true });
  const own = join(folder, 'package.json');
  if (!fs.existsSync(own)) fs.writeFileSync(own, '{ "private": true }\n');
  const [{ filename }] = JSON.parse(
    npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], repository).stdout,
  );
  // The name and version are those of the previous one, so npm would consider it installed.
  fs.rmSync(join(folder, 'node_modules', 'usageline'), { recursive: true, force: true });
  const trouble = install(folder, join(folder, filename));
  if (trouble) throw new Error(`usageline could not be installed: ${trouble}`);

  const peers = {};
  for (const { name, native } of PEERS) {
    const failed = install(folder, `${name}@latest`);
    if (failed && !fs.existsSync(join(folder, 'node_modules', name))) {
      notes.push(`${name} could not be installed: ${failed}`);
      continue;
    }
    if (failed) notes.push(`${name}: the registry did not answer; the installed version is measured`);
    if (native && !nativeOf(folder, native)) installMatching(folder, name, native, notes);
    const { version, bin } = manifest(folder, name);
    const [binName] = Object.keys(bin);
    peers[name] = {
      version,
      bin: join(folder, 'node_modules', '.bin', binName),
      native: nativeOf(folder, native),
    };
  }
  const { version } = manifest(folder, 'usageline');
  peers.usageline = {
    version,
    bin: join(folder, 'node_modules', '.bin', 'usageline'),
    native: join(folder, 'node_modules', 'usageline', 'bin', 'usageline-prompt'),
  };
  return { folder, peers, notes };
}

/** The registry can have the package without its program for this platform: then the newest version that has both. */
function installMatching(folder, name, native, notes) {
  const { version: newest } = manifest(folder, name);
  const { status, stdout } = npm(['view', native.name, 'version'], folder);
  const version = stdout.trim();
  if (status !== 0 || version === '' || install(folder, `${name}@${version}`) || !nativeOf(folder, native))
    notes.push(`${name} ${newest} has no program for this platform in the registry`);
  else
    notes.push(`${name} ${newest} has no program for this platform in the registry: ${version} is measured`);
}

function nativeOf(folder, native) {
  const path = native && join(folder, 'node_modules', native.name, native.file);
  return path && fs.existsSync(path) ? path : null;
}

function manifest(folder, name) {
  return JSON.parse(fs.readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8'));
}

/** A description of the failure, or null. */
function install(folder, what) {
  const quiet = [
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--save-exact',
    '--no-package-lock',
    '--loglevel=error',
  ];
  const { status, stderr } = npm(['install', ...quiet, what], folder);
  return status === 0 ? null : (stderr.trim().split('\n')[0] ?? 'npm failed');
}

function npm(args, cwd) {
  return spawnSync('npm', args, { cwd, encoding: 'utf8', timeout: 300_000 });
}
