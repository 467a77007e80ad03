import { join } from 'node:path';
import type { System } from '../platform/system.ts';
import { absoluteDirectory } from './runtime.ts';
import type { Candidate, ProgramLocation } from './runtime.ts';

/*
 * Finds paths of Node and of the program that last: an upgrade by a version manager or a package manager removes the
 * directory of the old version, so a link that survives the upgrade is preferred.
 */

/** Matches links to Node that belong to one shell or one project and disappear with it. */
const TEMPORARY_LINKS = /\/fnm_multishells\/|\/node_modules\/\.bin\/|^\/run\/user\/|\/\.direnv\//;

/**
 * Finds lasting paths of Node and of the program.
 *
 * @param execPath Node itself, without links
 * @param directory the directory of `hot.cjs`, without links
 */
export function locateProgram(
  { env, fs, platform }: Pick<System, 'env' | 'fs' | 'platform'>,
  execPath: string,
  directory: string,
): ProgramLocation {
  const script = join(directory, 'hot.cjs');
  const root = join(directory, '..');
  const plain = { node: execPath, script, root, otherNodes: [], otherScripts: [], command: null };
  if (platform === 'win32') return { ...plain, temporaryReason: null };
  const isSame = (link: string, path: string) => realPath(fs, link) === path;
  const directories = (env.PATH ?? '').split(':').flatMap((name) => absoluteDirectory(name) ?? []);
  const links = [
    ...versionless(execPath),
    // If Node's own path is in PATH, no link is better.
    ...(directories.some((name) => `${name}/node` === execPath) ? [] : directories)
      .map((name) => `${name}/node`)
      .filter((link) => !TEMPORARY_LINKS.test(link) && temporaryReason(link, env) === null),
  ];
  const node = links.find((link) => isSame(link, execPath)) ?? execPath;
  const stableRoot = versionless(root).find((link) => isSame(link, root)) ?? root;
  const stableScript = join(stableRoot, script.slice(root.length));
  return {
    node,
    script: stableScript,
    root: stableRoot,
    otherNodes: [...shims(execPath), ...siblings(execPath), ...versionless(execPath), execPath],
    otherScripts: [...siblings(script), ...(stableScript === script ? [] : [script])],
    command:
      directories
        .map((name) => `${name}/usageline`)
        .find((path) => fs.existsSync(path) && !/\/node_modules\/\.bin\//.test(path)) ?? null,
    temporaryReason: temporaryReason(script, env) ?? temporaryReason(execPath, env),
  };
}

/** The paths of links to the current version: of Homebrew, of fnm's default, of pnpm. */
function versionless(path: string): string[] {
  const links = [
    path.replace(/\/Cellar\/([^/]+)\/[^/]+\//, '/opt/$1/'),
    path.replace(/\/node-versions\/[^/]+\/installation\//, '/aliases/default/'),
    path.replace(/\/node_modules\/\.pnpm\/[^/]+\/node_modules\//, '/node_modules/'),
  ];
  return links.filter((link) => link !== path);
}

/** The shims of Volta, asdf and mise, which select a version of Node. */
function shims(path: string): string[] {
  const shim = [
    path.replace(/\/tools\/image\/node\/.*/, '/bin/node'),
    path.replace(/\/installs\/(nodejs|node)\/.*/, '/shims/node'),
  ];
  return shim.filter((link) => link !== path);
}

/** The same path in the directories of other versions: version managers keep them side by side. */
function siblings(path: string): Candidate[] {
  const parts = /^(.*\/)(v?)\d+\.\d+\.\d+(\/.*)$/.exec(path);
  if (parts === null) return [];
  const [, before = '', version = '', after = ''] = parts;
  return [{ before, version, after }];
}

/** Why files below this path are temporary, as a clause; null if they do not seem to be. */
function temporaryReason(path: string, env: System['env']): string | null {
  if (path.includes('/_npx/')) return "it is in npx's cache, which npm empties";
  if (/\/pnpm\/dlx\/|\/dlx-\d+\//.test(path)) return 'it is in the cache of pnpm dlx, which pnpm empties';
  const temporary = [
    absoluteDirectory(env.TMPDIR),
    '/tmp',
    '/var/tmp',
    '/private/tmp',
    '/private/var/folders',
  ];
  return temporary.some((name) => name !== null && path.startsWith(`${name}/`))
    ? 'it is in a temporary directory'
    : null;
}

function realPath(fs: System['fs'], path: string): string | null {
  try {
    return fs.realpathSync(path);
  } catch {
    return null;
  }
}
