import fs from 'node:fs';
import type { ProgramLocation } from '../../src/init/runtime.ts';
import type { Runtime } from '../../src/init/runtime.ts';

const root = new URL('../../', import.meta.url).pathname;

/** A place of Node and of the program without others beside it. */
export function aPlace(node: string, script: string): ProgramLocation {
  return { node, script, root, otherNodes: [], otherScripts: [], command: null, temporaryReason: null };
}

/** Somebody whose paths have everything in them that a path can have and a host might trip over. */
export function aRuntime(changes: Partial<Runtime> = {}): Runtime {
  const packagePath = (...path: readonly string[]) => `${root}${path.join('/')}`;
  return {
    env: {},
    platform: 'linux',
    home: '/home/ada',
    program: aPlace(`/opt/it's node/bin/node`, '/opt/50% "more" $HOME/#1/dist/hot.cjs'),
    launcher: null,
    user: 'ada',
    packagePath,
    packageText: (...path) => fs.readFileSync(packagePath(...path), 'utf8'),
    hookPaths: (shell) => ({
      prerendered: `/home/ada/.cache/usageline/claude/ready/${shell}`,
      credentials: ['/a', '/b'],
      config: '/c',
    }),
    exists: () => false,
    ...changes,
  };
}
