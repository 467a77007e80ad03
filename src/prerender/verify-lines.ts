import { namesIn } from '../cache/list.ts';
import { isLinesName, isTemporaryName } from '../cache/names.ts';
import { readClosedFile } from '../cache/own-files.ts';
import { examine, findingAt } from '../cache/verify.ts';
import type { Finding, Judged } from '../cache/verify.ts';
import { SEPARATOR } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';
import { version } from '../platform/version.ts';
import { ageOf, HOUR, MINUTE } from '../usage/time.ts';
import { FILE_TAG, formatIn, MAX_FILE_BYTES } from './format.ts';
import { isVariantFileName, parseVariantFileName } from './variant.ts';

const USED: Judged = { verdict: 'used', reason: null };
const ignored = (reason: string): Judged => ({ verdict: 'ignored', reason });
const litter = (reason: string): Judged => ({ verdict: 'litter', reason });

/** What begins every version of the format. */
const ANY_TAG = 'usageline-ready ';
/** A file that belongs to a prerendered line: its later texts, or one of those for the launcher. */
const PART = /^(.+)\.(later|\d{1,2})$/;
const REFERENCE = /^(?:(?:since|till|login)\.[a-z0-9]+|home\.[A-Z][A-Z0-9_]*)$/;
const MARKER = /^\.asked\.\d+$/;

/** Checks the prerendered lines in an account's directory. Follows no link and removes nothing. */
export function verifyLines(system: System, account: string): Finding[] {
  return namesIn(system.fs, account)
    .filter(isLinesName)
    .flatMap((lines) => {
      const directory = `${account}${SEPARATOR}${lines}`;
      const stat = examine(system, directory);
      if (typeof stat === 'string') return [{ path: directory, ...ignored(stat) }];
      if (!stat.isDirectory()) return [{ path: directory, ...ignored('no directory') }];
      const names = namesIn(system.fs, directory, Number.POSITIVE_INFINITY).sort();
      const known = new Set(names);
      return names.map((name) => {
        const path = `${directory}${SEPARATOR}${name}`;
        return findingAt(path, judge(system, path, name, known));
      });
    });
}

function judge(system: System, path: string, name: string, names: ReadonlySet<string>): Judged {
  const stat = examine(system, path);
  if (typeof stat === 'string') return ignored(stat);
  if (REFERENCE.test(name)) return USED;
  if (stat.isDirectory()) return ignored('a directory');
  const age = ageOf(stat.ctimeMs, system.now());
  if (MARKER.test(name))
    return age > MINUTE ? litter('a mark of the launcher that is older than a minute') : USED;
  if (isTemporaryName(name))
    return age > HOUR ? litter('a temporary file that a killed process has left') : USED;
  if (!stat.isFile())
    return ignored(stat.isSymbolicLink() ? 'a link, which is not followed' : 'no regular file');
  const [, whole] = PART.exec(name) ?? [];
  if (whole !== undefined && isVariantFileName(whole)) {
    // The parts are written one after the other, and without the line no reader finds them.
    return names.has(whole) || age < HOUR ? USED : litter('part of a prerendered line that is not there');
  }
  return judgeLine(system, path, name);
}

function judgeLine(system: System, path: string, name: string): Judged {
  let text: string | null;
  try {
    text = readClosedFile(system, path, MAX_FILE_BYTES);
  } catch {
    text = null;
  }
  if (
    parseVariantFileName(name, (text !== null && formatIn(text)) || '') === null &&
    !isVariantOfOldVersion(text)
  )
    return ignored('not a name of usageline');
  if (text === null) return { verdict: 'miss', reason: 'too large, or other users can write it' };
  if (!text.startsWith(`${FILE_TAG} `))
    return text.startsWith(ANY_TAG)
      ? litter('in the format of another version')
      : ignored('no prerendered line');
  const [, made] = /\n# (\S+) [^\n]*\n$/.exec(text) ?? [];
  if (made === version) return USED;
  return { verdict: 'miss', reason: 'made by another version of the program' };
}

/** A line of a version with other names of variants: its text says that it is one. */
function isVariantOfOldVersion(text: string | null): boolean {
  return text !== null && text.startsWith(ANY_TAG) && !text.startsWith(`${FILE_TAG} `);
}
