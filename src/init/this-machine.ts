import { join } from 'node:path';
import { readTextFile } from '../platform/files.ts';
import { printable } from '../platform/stdio.ts';
import type { System } from '../platform/system.ts';
import { zshDirectory } from './ask-zsh.ts';
import { installedPath, readInstalled } from './installed.ts';
import { locateProgram } from './program.ts';
import { configHome, dataHome, launcherPath } from './runtime.ts';
import type { Runtime } from './runtime.ts';

/** The machine, the user and the program, for snippets. Returns a reason, in words, if no snippet can be made. */
export function thisMachine(
  system: System,
  hooks: Pick<Runtime, 'hookVariables' | 'hookPaths' | 'completions'>,
): Runtime | string {
  const { env, fs, platform } = system;
  const home = system.home();
  if (home === null) return 'there is no home directory: HOME is not set';
  const program = locateProgram(system, process.execPath, import.meta.dirname);
  let asked: { readonly answer: string | null } | null = null;
  const homes = [home, dataHome({ env, home }), configHome({ env, home })];
  for (const path of [...homes, program.node, program.script, program.command ?? '']) {
    if (/\p{Cc}/u.test(path)) return `a path has a control character in it: "${printable(path)}"`;
  }
  return {
    env,
    platform,
    home,
    program,
    launcher: ownLauncher(system, home),
    user: `${system.userName()} ${home}`,
    packagePath: (...path) => join(program.root, ...path),
    packageText: (...path) => fs.readFileSync(join(program.root, ...path), 'utf8'),
    ...hooks,
    exists: (path) => fs.existsSync(path),
    readText: (path) => {
      const read = readTextFile(fs, path, 'follow');
      return read.kind === 'file' ? read.text : null;
    },
    zshDirectory: () => (asked ??= { answer: zshDirectory(system) }).answer,
    hasCommand: (name) =>
      (env.PATH ?? '')
        .split(':')
        .some((directory) => directory !== '' && isCommand(fs, `${directory}/${name}`)),
  };
}

function isCommand(fs: System['fs'], path: string): boolean {
  try {
    fs.accessSync(path, fs.constants.X_OK);
    return fs.statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The path of the launcher; null if only other targets use it, because it would be removed with them. */
function ownLauncher(system: System, home: string): string | null {
  const path = launcherPath({ home });
  if (!system.fs.existsSync(path)) return null;
  const { files } = readInstalled(system, installedPath(dataHome({ env: system.env, home })));
  const record = files.find((file) => file.path === path);
  return record?.users?.includes('sh') === false ? null : path;
}
