import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { removeAtTheEnd, removeTree } from '../support/remove.ts';

/*
 * The layouts that version managers and package managers give Node and a package on disk, and what an upgrade
 * changes, with a real Node and the built package.
 */

const root = new URL('../../', import.meta.url).pathname;

/** Node and the program as a manager has installed them. */
export interface Layout {
  readonly node: string;
  readonly script: string;
  /** Directories of PATH besides those of the system. */
  readonly path: readonly string[];
  /** Does what the manager does when Node or the package is upgraded. */
  upgrade(): void;
  /** The same directories after the upgrade. */
  readonly pathAfter?: readonly string[];
}

let master: string | null = null;

/** One copy of Node on the file system of the tests, so that layouts can hard-link it. */
function nodeCopy(): string {
  if (master === null) {
    const directory = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'usageline-node-'));
    removeAtTheEnd(directory);
    master = join(directory, 'node');
    fs.copyFileSync(process.execPath, master, fs.constants.COPYFILE_FICLONE);
  }
  return master;
}

export function putNode(path: string): string {
  fs.mkdirSync(dirname(path), { recursive: true });
  fs.linkSync(nodeCopy(), path);
  return path;
}

export function putPackage(directory: string): string {
  for (const name of ['dist', 'shell', 'bin']) {
    fs.cpSync(join(root, name), join(directory, name), { recursive: true });
  }
  return join(directory, 'dist', 'hot.cjs');
}

function link(target: string, path: string): void {
  fs.mkdirSync(dirname(path), { recursive: true });
  fs.rmSync(path, { force: true });
  fs.symlinkSync(target, path);
}

/** A directory per version that contains Node and the package, and that an upgrade renames. */
function versioned(before: string, after: string, bin: string, package_: string): Layout {
  return {
    node: putNode(join(before, bin)),
    script: putPackage(join(before, package_)),
    path: [],
    upgrade: () => fs.renameSync(before, after),
  };
}

const PACKAGE = 'lib/node_modules/usageline';

export const LAYOUTS: Readonly<Record<string, (home: string) => Layout>> = {
  nvm: (home) => {
    const versions = join(home, '.nvm/versions/node');
    const before = join(versions, 'v22.1.0');
    return {
      ...versioned(before, join(versions, 'v24.2.0'), 'bin/node', PACKAGE),
      path: [join(before, 'bin')],
    };
  },
  'nvm, and the package is on PATH only': (home) => {
    const versions = join(home, '.nvm/versions/node');
    const elsewhere = join(home, 'elsewhere');
    return {
      ...versioned(join(versions, 'v22.1.0'), join(versions, 'gone'), 'bin/node', PACKAGE),
      upgrade: () => {
        removeTree(versions);
        putNode(join(elsewhere, 'bin/node'));
        link(putPackage(join(elsewhere, PACKAGE)), join(elsewhere, 'bin/usageline'));
      },
      pathAfter: [join(elsewhere, 'bin')],
    };
  },
  fnm: (home) => {
    const fnm = join(home, '.local/share/fnm');
    const of = (version: string) => join(fnm, 'node-versions', version, 'installation');
    const layout = versioned(
      join(fnm, 'node-versions/v22.1.0'),
      join(fnm, 'node-versions/v24.2.0'),
      'installation/bin/node',
      `installation/${PACKAGE}`,
    );
    link(of('v22.1.0'), join(fnm, 'aliases/default'));
    link(of('v22.1.0'), join(home, '.local/state/fnm_multishells/1_2'));
    return {
      ...layout,
      path: [join(home, '.local/state/fnm_multishells/1_2/bin')],
      upgrade: () => {
        layout.upgrade();
        link(of('v24.2.0'), join(fnm, 'aliases/default'));
        removeTree(join(home, '.local/state'));
      },
    };
  },
  Volta: (home) => {
    const volta = join(home, '.volta');
    const before = join(volta, 'tools/image/node/22.1.0');
    return {
      node: putNode(join(before, 'bin/node')),
      script: putPackage(join(volta, 'tools/image/packages/usageline', PACKAGE)),
      path: [],
      upgrade: () => fs.renameSync(before, join(volta, 'tools/image/node/24.2.0')),
    };
  },
  asdf: (home) => {
    const installs = join(home, '.asdf/installs/nodejs');
    return versioned(join(installs, '22.1.0'), join(installs, '24.2.0'), 'bin/node', PACKAGE);
  },
  Homebrew: (home) => {
    const brew = join(home, 'homebrew');
    const cellar = join(brew, 'Cellar/node');
    const use = (version: string) => {
      link(join(cellar, version), join(brew, 'opt/node'));
      link(join(cellar, version, 'bin/node'), join(brew, 'bin/node'));
    };
    const node = putNode(join(cellar, '22.1.0/bin/node'));
    use('22.1.0');
    return {
      node,
      script: putPackage(join(brew, PACKAGE)),
      path: [join(brew, 'bin')],
      upgrade: () => {
        fs.renameSync(join(cellar, '22.1.0'), join(cellar, '24.2.0'));
        use('24.2.0');
      },
    };
  },
  pnpm: (home) => {
    const modules = join(home, 'pnpm/global/5/node_modules');
    const of = (version: string) => join(modules, '.pnpm', `usageline@${version}/node_modules/usageline`);
    const script = putPackage(of('0.1.0'));
    link(of('0.1.0'), join(modules, 'usageline'));
    return {
      node: putNode(join(home, 'bin/node')),
      script,
      path: [],
      upgrade: () => {
        fs.renameSync(join(modules, '.pnpm/usageline@0.1.0'), join(modules, '.pnpm/usageline@0.2.0'));
        link(of('0.2.0'), join(modules, 'usageline'));
      },
    };
  },
  npx: (home) => {
    const cache = join(home, '.npm/_npx/0123abcd/node_modules');
    const global = join(home, 'prefix');
    return {
      node: putNode(join(home, 'bin/node')),
      script: putPackage(join(cache, 'usageline')),
      path: [join(cache, '.bin')],
      upgrade: () => {
        removeTree(join(home, '.npm'));
        link(putPackage(join(global, PACKAGE)), join(global, 'bin/usageline'));
      },
      pathAfter: [join(global, 'bin')],
    };
  },
  'a distribution, and another Node on PATH': (home) => {
    const node = putNode(join(home, 'one/node'));
    return {
      node,
      script: putPackage(join(home, 'package/usageline')),
      path: [],
      upgrade: () => {
        fs.rmSync(node);
        putNode(join(home, 'two/node'));
      },
      pathAfter: [join(home, 'two')],
    };
  },
};
