import fs from 'node:fs';
import { HOOK_VARIABLES } from '../../src/commands/hook-files.ts';
import type { ProgramLocation } from '../../src/init/runtime.ts';
import type { Runtime } from '../../src/init/runtime.ts';

const root = new URL('../../', import.meta.url).pathname;

/** A location of Node and of the program without alternatives. */
export function aLocation(node: string, script: string): ProgramLocation {
  return { node, script, root, otherNodes: [], otherScripts: [], command: null, temporaryReason: null };
}

/** A runtime whose paths contain every character that a host could misinterpret. */
export function aRuntime(changes: Partial<Runtime> = {}): Runtime {
  const packagePath = (...path: readonly string[]) => `${root}${path.join('/')}`;
  return {
    env: {},
    platform: 'linux',
    home: '/home/ada',
    program: aLocation(`/opt/it's node/bin/node`, '/opt/50% "more" $HOME/#1/dist/hot.cjs'),
    launcher: null,
    user: 'ada',
    packagePath,
    packageText: (...path) => fs.readFileSync(packagePath(...path), 'utf8'),
    hookVariables: HOOK_VARIABLES,
    hookPaths: (shell) => ({
      prerendered: `/home/ada/.cache/usageline/claude/ready/${shell}`,
      credentials: ['/a', '/b'],
      config: '/c',
    }),
    exists: () => false,
    readText: () => null,
    zshDirectory: () => null,
    hasCommand: () => false,
    completions: (shell) => `# completions for ${shell}\n`,
    ...changes,
  };
}
