import type { AccountDirectory } from '../cache/directory.ts';
import { namesIn } from '../cache/list.ts';
import { isLinesName } from '../cache/names.ts';
import { mayWriteIn, readOwnFile } from '../cache/own-files.ts';
import { SEPARATOR } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';
import { watchedIn } from './format.ts';
import { listVariants, writePrerendered } from './write.ts';
import { prerenderedFile } from './variant.ts';
import type { Variant } from './variant.ts';

/**
 * Removes the prerendered lines that show numbers of these accounts, in every directory of lines. Shells check only logins
 * and time, so the lines would be printed until their end.
 *
 * @param homes the directories that can have lines
 * @param accounts the directories whose numbers are gone
 * @param except a directory of lines that this process writes anew
 */
export function forgetLines(
  system: System,
  homes: readonly AccountDirectory[],
  accounts: readonly AccountDirectory[],
  except: string | null,
): void {
  const gone = new Set(accounts.map(({ path }) => path));
  const entries = new Set(accounts.map(({ entry }) => entry));
  for (const home of homes) {
    if (!mayWriteIn(system, home.path)) continue;
    for (const name of namesIn(system.fs, home.path).filter(isLinesName)) {
      const directory = { ...home, prerendered: `${home.path}${SEPARATOR}${name}` };
      if (directory.prerendered === except || !mayWriteIn(system, directory.prerendered)) continue;
      for (const variant of listVariants(system, directory)) {
        if (gone.has(home.path) || watchedBy(system, directory, variant).some((it) => entries.has(it)))
          writePrerendered(system, directory, variant, null, '');
      }
    }
  }
}

function watchedBy(system: System, directory: AccountDirectory, variant: Variant): string[] {
  const read = readOwnFile(system, prerenderedFile(directory, variant));
  return read.kind === 'file' ? watchedIn(read.text) : [];
}
