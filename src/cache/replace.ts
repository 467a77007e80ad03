import { SEPARATOR } from '../paths.ts';
import { SECOND } from '../usage/time.ts';
import type { System } from '../system.ts';

/**
 * Replaces a file that can be made again at any time: by a rename of our own and not by `write-file-atomic`, since
 * such a file needs none of the care (fsync, a checked size) that costs a quarter of a Node start. A reader sees
 * the old text or the new one; after a power failure it may see neither, and takes that for no file.
 *
 * @param mtime ms; null for now
 * @param written told of the new file before it takes the place of the old one
 * @returns whether it was replaced
 */
export function replaceLightly(
  { fs, random }: System,
  path: string,
  text: string,
  mtime: number | null,
  written: (temporary: string) => void = () => {},
): boolean {
  // Not the file's own name and more: that may be as long as a name can be.
  const directory = path.slice(0, path.lastIndexOf(SEPARATOR) + 1);
  const temporary = `${directory}.new.${Math.floor(random() * 1e12)}`;
  try {
    // Exclusively: what stands there under this name, a link for example, is another's.
    fs.writeFileSync(temporary, text, { flag: 'wx', mode: 0o600 });
    if (mtime !== null) fs.utimesSync(temporary, mtime / SECOND, mtime / SECOND);
    written(temporary);
    fs.renameSync(temporary, path);
    return true;
  } catch {
    removeQuietly({ fs }, temporary);
    return false;
  }
}

export function removeQuietly({ fs }: Pick<System, 'fs'>, path: string): void {
  try {
    // Mostly there is none, and to look costs a tenth of an exception.
    if (fs.lstatSync(path, { throwIfNoEntry: false })) fs.unlinkSync(path);
  } catch {
    // Somebody else was quicker.
  }
}
