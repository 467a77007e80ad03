import { SEPARATOR } from '../paths.ts';
import type { System } from '../system.ts';

/** Everything that is ever written into an account's directory. */
const OURS =
  /^(usage\.json|usage\.lock|statusline\.json|keychain\.json|identity\.json|transcripts\.(json|bin|new)|ready(-[0-9a-f]{8})?|refresh\.mutex|(attempt|background)\.\d+|\.new\.\d+|[a-z]+\.(json|lock|bin|new)\.\d+)$/;
const ACCOUNT = /^claude(-[0-9a-f]{8})?$/;

/**
 * Removes the cache, whose root somebody may have put anywhere: by the names of what is ours, and directories only
 * when nothing else is in them.
 */
export function removeCache({ fs }: System, root: string): void {
  for (const name of namesIn(fs, root)) {
    const path = `${root}${SEPARATOR}${name}`;
    if (name === 'CACHEDIR.TAG') removeTag(fs, path);
    else if (name === 'accounts') removeAll(fs, path);
    else if (ACCOUNT.test(name)) {
      for (const file of namesIn(fs, path)) if (OURS.test(file)) removeAll(fs, `${path}${SEPARATOR}${file}`);
      removeEmpty(fs, path);
    }
  }
  removeEmpty(fs, root);
}

/** Other programs write such a file too. */
function removeTag(fs: System['fs'], path: string): void {
  try {
    if (fs.readFileSync(path, 'utf8').includes('usageline')) fs.unlinkSync(path);
  } catch {
    // Then it is none of ours.
  }
}

function removeAll(fs: System['fs'], path: string): void {
  try {
    fs.rmSync(path, { recursive: true, force: true });
  } catch {
    // A refresh that runs writes there just now.
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
