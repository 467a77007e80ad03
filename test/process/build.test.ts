import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { clockMovedBy } from '../support/clock.ts';
import { removeAtTheEnd } from '../support/remove.ts';
import { describeWith } from '../support/tools.ts';

const root = new URL('../../', import.meta.url).pathname;

/** Files that the build and `npm pack` read, besides the packages. */
const SOURCES = [
  'LICENSE',
  'README.md',
  'bin',
  'build',
  'config.schema.json',
  'package.json',
  'shell',
  'src',
  'tsconfig.json',
];

/** The packages whose code is bundled. The notices have one heading for each. */
function bundledPackages(): string[] {
  const notices = fs.readFileSync(join(root, 'dist/THIRD_PARTY_NOTICES.txt'), 'utf8');
  return [...notices.matchAll(/^(\S+) \d+\.\d+\.\d+ \(.+\)$/gm)].map(([, name = '']) => name);
}

/** Copies the checkout to another directory, with packages of its own. */
function checkout(...path: string[]): string {
  const scratch = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'usageline-build-'));
  removeAtTheEnd(scratch);
  const directory = join(scratch, ...path);
  for (const name of SOURCES) fs.cpSync(join(root, name), join(directory, name), { recursive: true });
  for (const name of bundledPackages()) {
    const from = join('node_modules', name);
    fs.cpSync(join(root, from), join(directory, from), { recursive: true });
  }
  fs.symlinkSync(join(root, 'node_modules/esbuild'), join(directory, 'node_modules/esbuild'));
  return directory;
}

interface Circumstances {
  readonly umask: string;
  /** The working directory, relative to the checkout. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Builds a checkout and packs it. */
function build(directory: string, { umask, cwd, env }: Circumstances) {
  const home = join(directory, 'home');
  const options = {
    cwd: join(directory, cwd),
    env: { PATH: process.env.PATH ?? '', HOME: home, ...env },
    encoding: 'utf8' as const,
  };
  const command = `umask ${umask}; exec "$0" "$1/build/build.mjs"`;
  execFileSync('sh', ['-c', command, process.execPath, directory], options);
  const pack = [
    'pack',
    '--json',
    '--ignore-scripts',
    '--no-update-notifier',
    '--pack-destination',
    directory,
  ];
  const [{ filename }] = JSON.parse(execFileSync('npm', pack, { ...options, cwd: directory }));
  return { dist: filesOf(join(directory, 'dist')), tarball: fs.readFileSync(join(directory, filename)) };
}

/** Permissions and content of every file, by its name. */
function filesOf(directory: string): Map<string, { mode: string; content: Buffer }> {
  const names = fs.readdirSync(directory).toSorted();
  return new Map(
    names.map((name) => {
      const path = join(directory, name);
      const mode = (fs.statSync(path).mode & 0o777).toString(8);
      return [name, { mode, content: fs.readFileSync(path) }];
    }),
  );
}

describeWith('faketime', 'the build', () => {
  it('produces the same bytes from the same source in every directory, at every time, under every umask, zone and locale', () => {
    const one = build(checkout('one'), { umask: '022', cwd: '.', env: { TZ: 'UTC', LC_ALL: 'C' } });
    const other = build(checkout('a longer path', 'to another'), {
      umask: '077',
      cwd: '..',
      env: { TZ: 'Pacific/Auckland', LC_ALL: 'tr_TR.UTF-8', ...clockMovedBy('+400d') },
    });
    expect([...other.dist.keys()]).toEqual([...one.dist.keys()]);
    const different = [...one.dist].filter(([name, { mode, content }]) => {
      const there = other.dist.get(name);
      return there?.mode !== mode || !there.content.equals(content);
    });
    expect(different.map(([name]) => name)).toEqual([]);
    expect(other.tarball.equals(one.tarball), 'the packed tarballs are the same').toBe(true);
  });
});
