import { namesIn } from '../cache/list.ts';
import { POINTERS_NAME, TAG_NAME, UPKEEP_NAME } from '../cache/names.ts';
import { removeOwnFile } from '../cache/own-files.ts';
import { verifyAccount, verifyRoot } from '../cache/verify.ts';
import type { Finding, Verdict } from '../cache/verify.ts';
import { loadConfig } from '../config/load.ts';
import { provider as mainProvider } from '../fetch/registry.ts';
import { errno } from '../platform/errno.ts';
import { printable } from '../platform/stdio.ts';
import type { System } from '../platform/system.ts';
import { verifyLines } from '../prerender/verify-lines.ts';
import { pathsOf } from '../resolve/paths.ts';
import { isoTime } from '../usage/time.ts';
import { choicesOf } from './cache-accounts.ts';
import { placesIn, usableCache } from './cache-places.ts';
import { result } from './command.ts';
import type { Command, CommandResult } from './command.ts';

interface VerifyOptions {
  readonly json: boolean;
}

/** `usageline cache verify`: what a reader makes of each file, without what was left behind. */
export const verify: Command<VerifyOptions> = {
  name: 'verify',
  synonyms: ['fsck', 'prune', 'gc', 'repair'],
  about: 'check every file of the cache, and remove what killed processes and old versions have left',
  options: [{ flag: '--json', about: 'print one JSON object for programs', sets: { json: true } }],
  defaults: { json: false },
  help: `
Examples:
  usageline cache verify
  usageline cache verify --json
Of each file it says what a reader makes of it: used; a miss (it counts as
absent, and is made again); ignored (left alone: of another program, user or
version); litter (left behind by usageline, and removed). Links are not
followed.
`,
  run: cacheVerify,
};

/** A finding, and for litter whether it is gone. */
interface Verified extends Finding {
  readonly removed: boolean;
}

async function cacheVerify(system: System, { json }: VerifyOptions): Promise<CommandResult> {
  const paths = pathsOf(system, mainProvider);
  const cache = usableCache(system, paths);
  if ('exitCode' in cache) return cache;
  const { root } = cache;
  const config = await loadConfig(system);
  const known = await choicesOf(system, config);
  const places = await placesIn(system, config, root, null, new Set(known.keys()));
  const findings = [
    ...verifyRoot(system, root),
    ...places.flatMap(({ provider, directory }) => [
      ...verifyAccount(system, directory, provider),
      ...verifyLines(system, directory.path),
    ]),
  ].map((finding) => withoutLitter(system, finding));
  const accounts = new Set(places.map(({ directory }) => directory.path.slice(root.length + 1)));
  const others = otherNames(system, root, accounts);
  if (json) {
    const files = findings.map(({ path, verdict, reason, removed }) => ({ path, verdict, reason, removed }));
    const head = { schema: 'usageline/cache-verify/v1', generated_at: isoTime(system.now()), root };
    return result(`${JSON.stringify({ ...head, accounts: places.length, files, unexamined: others })}\n`);
  }
  return result(textOf(findings, places.length, others));
}

/** Removes what is litter. What has changed since it was examined is removed all the same: no reader takes the name. */
function withoutLitter(system: System, { path, verdict, reason }: Finding): Verified {
  if (verdict !== 'litter') return { path, verdict, reason, removed: false };
  try {
    removeOwnFile(system, path);
    return { path, verdict, reason, removed: true };
  } catch (error) {
    return { path, verdict, reason: `${reason}; cannot be removed: ${errno(error)}`, removed: false };
  }
}

/** The names in the root that were not looked at: of other programs, links, or directories that other users can change. */
function otherNames(system: System, root: string, accounts: ReadonlySet<string>): string[] {
  const own = new Set([TAG_NAME, UPKEEP_NAME, POINTERS_NAME]);
  return namesIn(system.fs, root)
    .filter((name) => !own.has(name) && !accounts.has(name))
    .sort();
}

/** The largest number of files that are listed. */
const MAX_LISTED = 100;

const WORDS: Readonly<Record<Verdict, string>> = {
  used: 'used',
  miss: 'a miss',
  ignored: 'ignored',
  litter: 'litter',
};

function textOf(findings: readonly Verified[], accounts: number, others: readonly string[]): string {
  const reported = findings.filter(({ verdict }) => verdict !== 'used');
  const listed = reported.slice(0, MAX_LISTED).map(({ path, verdict, reason, removed }) => {
    const end = removed ? ', removed' : '';
    return `${printable(path)}: ${WORDS[verdict]}${reason === null ? '' : `: ${reason}`}${end}\n`;
  });
  const more = reported.length - listed.length;
  const count = (verdict: Verdict) => findings.filter((it) => it.verdict === verdict).length;
  const removed = findings.filter((it) => it.removed).length;
  return [
    ...listed,
    more > 0 ? `and ${more} more, which --json lists\n` : '',
    `${findings.length} files of ${accounts} ${accounts === 1 ? 'account' : 'accounts'}: ${count('used')} used, ${count('miss')} a miss, ${count('ignored')} ignored, ${count('litter')} litter, of which ${removed} removed\n`,
    others.length === 0 ? '' : `${others.length} other names in the root, not examined\n`,
  ].join('');
}
