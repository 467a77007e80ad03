import { readBackoff } from '../cache/backoff.ts';
import { readClaims } from '../cache/claims.ts';
import { readCounts } from '../cache/counts.ts';
import type { AccountDirectory } from '../cache/directory.ts';
import { readEntry } from '../cache/entry.ts';
import { namesIn } from '../cache/list.ts';
import { isLinesName } from '../cache/names.ts';
import { sizeOfAccount } from '../cache/sizes.ts';
import { loadConfig } from '../config/load.ts';
import { provider as mainProvider } from '../fetch/registry.ts';
import { throughSource } from '../fetch/source.ts';
import { SEPARATOR } from '../platform/paths.ts';
import { printable } from '../platform/stdio.ts';
import type { System } from '../platform/system.ts';
import { listVariants } from '../prerender/write.ts';
import { age, countdown } from '../render/values.ts';
import { judgeBudget } from '../resolve/budget.ts';
import { isBlocking, nextTry } from '../resolve/decide.ts';
import { pathsOf } from '../resolve/paths.ts';
import { HOUR, isoTime } from '../usage/time.ts';
import { choicesOf } from './cache-accounts.ts';
import { placesIn, usableCache } from './cache-places.ts';
import type { Place } from './cache-places.ts';
import { result } from './command.ts';
import type { Command, CommandResult } from './command.ts';
import { warningText } from './resolving.ts';

interface StatsOptions {
  readonly json: boolean;
}

/** `usageline cache stats`: what the cache holds and has saved. */
export const stats: Command<StatsOptions> = {
  name: 'stats',
  synonyms: ['statistics', 'size'],
  about: 'what is stored for each account, and how many requests were made and saved',
  options: [{ flag: '--json', about: 'print one JSON object for programs', sets: { json: true } }],
  defaults: { json: false },
  help: `
Examples:
  usageline cache stats
  usageline cache stats --json
Counted are refreshes: calls that found no current numbers and asked for new
ones. Hits are not counted: a call that prints current numbers writes nothing.
`,
  run: cacheStats,
};

/** What is known of one account. Times in epoch ms; null: not known, or none. */
interface Row {
  readonly provider: string;
  /** Null where no login leads to the directory any more. */
  readonly account: string | null;
  readonly directory: string;
  /** 1 where `usage.json` can be used. */
  readonly entries: number;
  /** Prerendered lines. */
  readonly lines: number;
  readonly bytes: number;
  /** False where there are too many files to measure, so that `bytes` is too small. */
  readonly complete: boolean;
  readonly misses: number | null;
  readonly made: number | null;
  readonly answered: number | null;
  readonly saved: number | null;
  readonly lastHour: number;
  readonly since: number | null;
  readonly lastUse: number;
  readonly lastFetch: number | null;
  readonly nextTry: number | null;
}

async function cacheStats(system: System, { json }: StatsOptions): Promise<CommandResult> {
  const paths = pathsOf(system, mainProvider);
  const cache = usableCache(system, paths);
  if ('exitCode' in cache) return cache;
  const config = await loadConfig(system);
  const { root } = cache;
  const names = await choicesOf(system, config);
  const places = await placesIn(system, config, root, null, new Set(names.keys()));
  const rows = places.flatMap(({ provider, directory }) => {
    const place = { provider: throughSource(provider, config.source), directory };
    return rowOf(system, place, names) ?? [];
  });
  const stderr = json ? '' : warningText(config, paths.warning);
  const text = json
    ? jsonOf(system, root, config.cacheBytes, rows)
    : tableOf(system, root, config.cacheBytes, rows);
  return result(text, { stderr });
}

function rowOf(
  system: System,
  { provider, directory }: Place,
  names: ReadonlyMap<string, string>,
): Row | null {
  const size = sizeOfAccount(system, directory.path, { left: Number.POSITIVE_INFINITY });
  if (size === null) return null;
  const now = system.now();
  const read = readEntry(system, directory.entry, provider.reader);
  const entry = read.kind === 'entry' ? read.entry : null;
  const counts = readCounts(system, directory);
  const ends = counts?.ends;
  const backoff = readBackoff(system, directory.backoff, now);
  // The credentials that the backoff was written with: those of an account without a login cannot be compared.
  const fingerprint = backoff?.credentials ?? null;
  const attempts = readClaims(system, directory.path, 'attempt');
  const budget = judgeBudget({ backoff, attempts }, now, fingerprint, provider.budget);
  const next = nextTry(backoff !== null && isBlocking(backoff, now, fingerprint) ? backoff : null, budget);
  const name = directory.path.slice(directory.root.length + 1);
  return {
    provider: provider.id,
    account: names.get(name) ?? null,
    directory: name,
    entries: entry === null ? 0 : 1,
    lines: linesIn(system, directory),
    bytes: size.bytes,
    complete: size.complete,
    misses: ends ? Object.values(ends).reduce((sum, count) => sum + count, 0) : null,
    made: ends ? ends.answered + ends.failed : null,
    answered: ends ? ends.answered : null,
    saved: ends ? ends.shared + ends.refused : null,
    lastHour: (backoff?.requests ?? []).filter((at) => now - at < HOUR).length,
    since: counts?.since ?? null,
    lastUse: size.usedAt,
    lastFetch: entry !== null && entry.data !== null ? entry.cachedAt : null,
    nextTry: next !== null && next > now ? next : null,
  };
}

function jsonOf(system: System, root: string, limit: number, rows: readonly Row[]): string {
  return `${JSON.stringify({
    schema: 'usageline/cache-stats/v1',
    generated_at: isoTime(system.now()),
    root,
    bytes: sum(rows),
    limit_bytes: limit,
    accounts: rows.map((row) => ({
      provider: row.provider,
      account: row.account,
      directory: row.directory,
      entries: row.entries,
      lines: row.lines,
      bytes: row.bytes,
      bytes_complete: row.complete,
      hits: null,
      misses: row.misses,
      requests: { made: row.made, answered: row.answered, saved: row.saved, last_hour: row.lastHour },
      counted_since: timeOf(row.since),
      last_use: timeOf(row.lastUse),
      last_fetch: timeOf(row.lastFetch),
      next_try: timeOf(row.nextTry),
    })),
  })}\n`;
}

/** The largest number of accounts in the table: those that were used last. */
const MAX_ROWS = 20;

function tableOf(system: System, root: string, limit: number, rows: readonly Row[]): string {
  const now = system.now();
  const recent = [...rows].sort((one, other) => other.lastUse - one.lastUse);
  const shown = recent.slice(0, MAX_ROWS);
  const head = [
    'account',
    'entries',
    'lines',
    'size',
    'misses',
    'requests',
    'saved',
    'last fetch',
    'next try',
  ];
  const cells = shown.map((row) => [
    row.account === null ? `${row.directory} (no login)` : row.account,
    `${row.entries}`,
    `${row.lines}`,
    `${row.complete ? '' : '>'}${sizeText(row.bytes)}`,
    countText(row.misses),
    countText(row.made),
    countText(row.saved),
    row.lastFetch === null ? '-' : age(Math.max(0, now - row.lastFetch)),
    row.nextTry === null ? 'at once' : `in ${countdown(row.nextTry - now)}`,
  ]);
  const widths = head.map((title, at) => Math.max(title.length, ...cells.map((row) => row[at]!.length)));
  const lines = [head, ...cells].map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at]!))
      .join('  ')
      .trimEnd(),
  );
  const more = recent.length - shown.length;
  return [
    ...(rows.length > 0 ? lines : ['no account']),
    ...(more > 0 ? [`and ${more} more, which --json lists`] : []),
    `${sizeText(sum(rows))} of ${sizeText(limit)} in ${printable(root)}`,
    'Hits are not counted: a call that prints current numbers writes nothing.',
    '',
  ].join('\n');
}

function timeOf(at: number | null): string | null {
  return at === null ? null : isoTime(at);
}

function countText(count: number | null): string {
  return count === null ? '-' : `${count}`;
}

function sum(rows: readonly Row[]): number {
  return rows.reduce((total, { bytes }) => total + bytes, 0);
}

/** A size for people: `812 B`, `14 kB`, `3.2 MB`. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_500) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1).replace(/\.0$/, '')} MB`;
}

/** The number of prerendered lines, in each of the directories that an account can have for them. */
function linesIn(system: System, directory: AccountDirectory): number {
  return namesIn(system.fs, directory.path)
    .filter(isLinesName)
    .flatMap((name) => listVariants(system, { prerendered: `${directory.path}${SEPARATOR}${name}` })).length;
}
