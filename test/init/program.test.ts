import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { locateProgram } from '../../src/init/program.ts';
import type { ProgramLocation } from '../../src/init/runtime.ts';
import { fakeSystem } from '../support/system.ts';

/** A file system below a directory whose name does not seem temporary: paths are as on a real machine. */
function locate(
  execPath: string,
  directory: string,
  { path = [] as string[], links = {} as Record<string, string>, platform = 'linux' as NodeJS.Platform } = {},
): ProgramLocation {
  const realpathSync = (name: string) => {
    const link = Object.keys(links).find((from) => name === from || name.startsWith(`${from}/`));
    const real = link === undefined ? name : links[link] + name.slice(link.length);
    if (real !== execPath && !real.startsWith(dirname(directory))) throw new Error('ENOENT');
    return real;
  };
  const existsSync = (name: string) => name in links;
  const system = fakeSystem({ env: { PATH: path.join(':') }, platform });
  return locateProgram({ ...system, fs: { ...fs, realpathSync, existsSync } as never }, execPath, directory);
}

const PACKAGE = '/usr/lib/node_modules/usageline';

describe('the path of Node', () => {
  it.each<[string, string, Record<string, string>, string[], string]>([
    ['of a distribution', '/usr/bin/node', {}, ['/usr/bin'], '/usr/bin/node'],
    [
      'of Homebrew, by the link that outlives an upgrade',
      '/opt/homebrew/Cellar/node/22.1.0/bin/node',
      { '/opt/homebrew/opt/node': '/opt/homebrew/Cellar/node/22.1.0' },
      ['/opt/homebrew/bin'],
      '/opt/homebrew/opt/node/bin/node',
    ],
    [
      'of a version of Homebrew that is on no PATH',
      '/usr/local/Cellar/node@22/22.9.0_1/bin/node',
      { '/usr/local/opt/node@22': '/usr/local/Cellar/node@22/22.9.0_1' },
      [],
      '/usr/local/opt/node@22/bin/node',
    ],
    [
      "of fnm's default, not the link of one shell",
      '/home/ada/.local/share/fnm/node-versions/v22.1.0/installation/bin/node',
      {
        '/home/ada/.local/share/fnm/aliases/default':
          '/home/ada/.local/share/fnm/node-versions/v22.1.0/installation',
        '/home/ada/.local/state/fnm_multishells/1_2':
          '/home/ada/.local/share/fnm/node-versions/v22.1.0/installation',
      },
      ['/home/ada/.local/state/fnm_multishells/1_2/bin'],
      '/home/ada/.local/share/fnm/aliases/default/bin/node',
    ],
    [
      'of fnm, where the default is another version',
      '/home/ada/.local/share/fnm/node-versions/v22.1.0/installation/bin/node',
      {
        '/home/ada/.local/state/fnm_multishells/1_2':
          '/home/ada/.local/share/fnm/node-versions/v22.1.0/installation',
      },
      ['/home/ada/.local/state/fnm_multishells/1_2/bin'],
      '/home/ada/.local/share/fnm/node-versions/v22.1.0/installation/bin/node',
    ],
    [
      'of nvm, which has no link',
      '/home/ada/.nvm/versions/node/v22.1.0/bin/node',
      {},
      ['/home/ada/.nvm/versions/node/v22.1.0/bin'],
      '/home/ada/.nvm/versions/node/v22.1.0/bin/node',
    ],
    [
      'of an archive, by the link on PATH',
      '/opt/node-v22.1.0-linux-x64/bin/node',
      { '/usr/local/bin/node': '/opt/node-v22.1.0-linux-x64/bin/node' },
      ['/usr/bin', '/usr/local/bin'],
      '/usr/local/bin/node',
    ],
    [
      'of a project, not by a link in its node_modules',
      '/project/node_modules/node/bin/node',
      { '/project/node_modules/.bin/node': '/project/node_modules/node/bin/node' },
      ['/project/node_modules/.bin'],
      '/project/node_modules/node/bin/node',
    ],
    [
      'of a machine, not by a link in a temporary directory',
      '/opt/node/bin/node',
      { '/tmp/x/node': '/opt/node/bin/node' },
      ['/tmp/x', 'relative', ''],
      '/opt/node/bin/node',
    ],
  ])('is that %s', (_, execPath, links, path, node) => {
    expect(locate(execPath, `${PACKAGE}/dist`, { links, path }).node).toBe(node);
  });

  it.each([
    ['/home/ada/.volta/tools/image/node/22.1.0/bin/node', '/home/ada/.volta/bin/node'],
    ['/home/ada/.asdf/installs/nodejs/22.1.0/bin/node', '/home/ada/.asdf/shims/node'],
    ['/home/ada/.local/share/mise/installs/node/22.1.0/bin/node', '/home/ada/.local/share/mise/shims/node'],
  ])('has the shim and other versions as alternatives to %s', (execPath, shim) => {
    const [before, after] = execPath.split('22.1.0');
    expect(locate(execPath, `${PACKAGE}/dist`).otherNodes).toEqual([
      shim,
      { before, version: '', after },
      execPath,
    ]);
  });
});

describe('the path of the program', () => {
  it.each([
    [
      'pnpm',
      '/home/ada/pnpm/global/5/node_modules/.pnpm/usageline@0.1.0/node_modules/usageline',
      '/home/ada/pnpm/global/5/node_modules/usageline',
    ],
    [
      'Homebrew',
      '/opt/homebrew/Cellar/usageline/0.1.0/libexec/lib/node_modules/usageline',
      '/opt/homebrew/opt/usageline/libexec/lib/node_modules/usageline',
    ],
  ])('is the link of %s that survives an upgrade, if one exists', (_, root, link) => {
    const linked = locate('/usr/bin/node', `${root}/dist`, { links: { [link]: root } });
    expect(linked).toMatchObject({ root: link, script: `${link}/dist/hot.cjs` });
    expect(locate('/usr/bin/node', `${root}/dist`)).toMatchObject({ root, script: `${root}/dist/hot.cjs` });
  });

  it('has the package below other versions of Node as an alternative', () => {
    const version = '/home/ada/.nvm/versions/node/v22.1.0';
    const { otherScripts } = locate(`${version}/bin/node`, `${version}${PACKAGE.slice(4)}/dist`);
    expect(otherScripts).toEqual([
      {
        before: '/home/ada/.nvm/versions/node/',
        version: 'v',
        after: '/lib/node_modules/usageline/dist/hot.cjs',
      },
    ]);
  });

  it('has the command in PATH as an alternative, unless it belongs to a project', () => {
    const links = { '/project/node_modules/.bin/usageline': '', '/usr/bin/usageline': '' };
    const path = ['/project/node_modules/.bin', '/usr/bin'];
    expect(locate('/usr/bin/node', `${PACKAGE}/dist`, { links, path }).command).toBe('/usr/bin/usageline');
    expect(locate('/usr/bin/node', `${PACKAGE}/dist`).command).toBeNull();
  });

  it.each([
    ['/home/ada/.npm/_npx/0123abcd/node_modules/usageline', "it is in npx's cache, which npm empties"],
    [
      '/home/ada/.cache/pnpm/dlx/abc/def/node_modules/usageline',
      'it is in the cache of pnpm dlx, which pnpm empties',
    ],
    [
      '/home/ada/.local/share/pnpm/store/tmp/dlx-123/node_modules/usageline',
      'it is in the cache of pnpm dlx, which pnpm empties',
    ],
    ['/tmp/x/node_modules/usageline', 'it is in a temporary directory'],
    ['/private/var/folders/x/usageline', 'it is in a temporary directory'],
    ['/home/tmp/usageline', null],
    ['/home/ada/dlx', null],
    [PACKAGE, null],
  ])('%s is recognized as temporary, or not', (root, reason) => {
    expect(locate('/usr/bin/node', join(root, 'dist')).temporaryReason).toBe(reason);
  });

  it('is not changed on Windows', () => {
    const location = locate('C:\\node.exe', 'C:\\npm\\usageline\\dist', { platform: 'win32' });
    expect(location).toMatchObject({
      node: 'C:\\node.exe',
      otherNodes: [],
      otherScripts: [],
      temporaryReason: null,
    });
  });
});
