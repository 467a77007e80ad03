import { SEPARATOR } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';
import { isAccountName } from './directory.ts';
import { mayWriteIn, readOwnFile, removeOwnFile, removeOwnTree } from './own-files.ts';

/** Everything that is ever written into an account's directory. */
const OURS =
  /^(usage\.json|usage\.lock|statusline\.json|after\.json|keychain\.json|identity\.json|transcripts\.(json|bin|new)|ready(-[0-9a-f]{8})?|refresh\.mutex|(attempt|background)\.\d+|\.new\.\d+(\.\d+)?|[a-z]+\.(json|lock|bin|new)\.\d+)$/;

/**
 * Removes the cache, whose root somebody may have put anywhere: by the names of what is ours, and directories only
 * when nothing else is in them. Nothing is removed where other users could exchange the directory meanwhile.
 *
 * @param provider the id of the provider, with which the names of its directories begin
 */
export function removeCache(system: System, root: string, provider: string): void {
  if (!mayWriteIn(system, root)) return;
  const { fs } = system;
  for (const name of namesIn(fs, root)) {
    const path = `${root}${SEPARATOR}${name}`;
    if (name === 'CACHEDIR.TAG') removeTag(system, path);
    else if (name === 'accounts') removeAll(system, path);
    else if (isAccountName(name, provider)) {
      for (const file of namesIn(fs, path))
        if (OURS.test(file)) removeAll(system, `${path}${SEPARATOR}${file}`);
      removeEmpty(fs, path);
    }
  }
  removeEmpty(fs, root);
}

/** Other programs write such a file too. */
function removeTag(system: System, path: string): void {
  try {
    const read = readOwnFile(system, path);
    if (read.kind === 'file' && read.text.includes('usageline')) removeOwnFile(system, path);
  } catch {
    // A file that cannot be read is not removed: it may belong to another program.
  }
}

function removeAll(system: System, path: string): void {
  try {
    removeOwnTree(system, path);
  } catch {
    // A refresh that runs writes there just now, or other users can.
  }
}

function removeEmpty(fs: System['fs'], path: string): void {
  try {
    fs.rmdirSync(path);
  } catch {
    // Something else is in it.
  }
}

function namesIn(fs: System['fs'], directory: string): string[] {
  try {
    return fs.readdirSync(directory);
  } catch {
    return [];
  }
}
