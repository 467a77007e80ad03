import { ensureDirectory } from '../cache/make-directory.ts';
import type { AccountDirectory } from '../cache/directory.ts';
import { readEntry } from '../cache/entry.ts';
import type { Entry } from '../cache/entry.ts';
import { readSessionReports, serializeSessionReports } from '../cache/session-reports.ts';
import { fileFingerprint } from '../platform/fingerprint.ts';
import { replaceFile } from '../cache/replace-file.ts';
import type { Identity } from '../fetch/provider.ts';
import type { System } from '../platform/system.ts';
import { countReport, NO_SESSION_REPORTS, reportedAt, underLogin } from '../usage/session-reports.ts';
import type { Login, SessionReports } from '../usage/session-reports.ts';
import type { Report } from '../usage/report.ts';
import { canAskEndpoint, readBackoffOf } from './read-state.ts';
import type { ResolveDeps, Sources } from './read-state.ts';
import { accountKey, countsAsSame, identityOf, matchAccount, matchLogin } from './identity.ts';
import type { Paths } from './paths.ts';
import { isCurrent } from './overlay.ts';

/** Fifty sessions can write at once, and the last one wins: the others try again, but not for ever. */
const MAX_TURNS = 4;

/** What was written, with what it was made from. */
export interface StoredReport extends Sources {
  /** Traces of the two files as they were then. */
  readonly fingerprints: string;
}

/** What became of a report. */
export interface ReportOutcome {
  /** Null when nothing was written. */
  readonly stored: StoredReport | null;
  /** When the session's numbers were right, epoch ms. */
  readonly reportedAt: number;
  /** The session belongs to another login than the cache: its numbers are for its own line alone. */
  readonly foreign: boolean;
}

/**
 * Takes a session's report into `statusline.json` when it is news, or when the credentials were rewritten. A number
 * that cannot be kept does not count: it would be news at every call, however old it is.
 */
export function storeReport(
  { system, provider, settings }: Pick<ResolveDeps, 'system' | 'provider' | 'settings'>,
  { cache, fallback }: Pick<Paths, 'cache' | 'fallback'>,
  report: Report,
  fingerprint: string | null,
): ReportOutcome {
  const foreign = provider.isForeignSession(system, () => fingerprint);
  if (cache === null || foreign || !hasNumbers(report))
    return { stored: null, reportedAt: system.now(), foreign };
  const unstored = provider.namesOtherLogin(system);
  const lengths = provider.reportedWindows ?? {};
  let identity: Identity | null = null;
  const signedIn = () => (identity ??= identityOf(system, provider, cache));
  let heard: ReportOutcome | null = null;
  for (let turn = 0; turn < MAX_TURNS; turn += 1) {
    // Still as it was written: no other process has written at the same time.
    if (heard?.stored && heard.stored.fingerprints === fingerprintsOf(system, cache)) return heard;
    const now = system.now();
    const onDisk = readSessionReports(system, cache.reports, now, lengths);
    const same = onDisk.credentials === fingerprint && onDisk !== NO_SESSION_REPORTS;
    const kept = same
      ? onDisk
      : underLogin(onDisk, loginOf({ system, provider }, fingerprint, onDisk, signedIn));
    const known = kept.unstored === unstored ? kept : { ...kept, unstored };
    const entry = fileFingerprint(system, cache.entry);
    const stored = readEntry(system, cache.entry, provider.reader);
    const answered = stored.kind === 'entry' ? currentOf(stored.entry, { fingerprint, now, signedIn }) : null;
    const answers = (window: string) =>
      answered?.data ? answered.reader.numberOf(answered.data, window, answered.cachedAt) : null;
    const canAsk = canAskEndpoint(
      settings,
      readBackoffOf(system, { cache, fallback }, now),
      now,
      fingerprint,
    );
    const next = countReport(known, report, answers, { now, canAsk }, lengths);
    const at: number = heard?.reportedAt ?? reportedAt(known.sessions.get(report.session), report, now);
    if (next.reports === onDisk) return heard ?? { stored: null, reportedAt: at, foreign: next.foreign };
    const readings = write(system, cache, serializeSessionReports(next.reports, lengths));
    if (readings === null) return { stored: null, reportedAt: now, foreign: next.foreign };
    const written = { stored, reports: next.reports, fingerprints: `${entry} ${readings}` };
    heard = { stored: written, reportedAt: at, foreign: next.foreign };
  }
  return heard ?? { stored: null, reportedAt: system.now(), foreign: false };
}

/** An answer of the login under which reports are counted; null for another's. */
function currentOf(
  entry: Entry,
  { fingerprint, now, signedIn }: { fingerprint: string | null; now: number; signedIn: () => Identity },
): Entry | null {
  return isCurrent(entry, { fingerprint, now, account: () => matchAccount(entry, signedIn) }) ? entry : null;
}

function hasNumbers({ windows, spend }: Report): boolean {
  return spend !== null || Object.values(windows).some((number) => number !== null);
}

/** @param known the stored readings; when there are none, they match every login */
function loginOf(
  { system, provider }: Pick<ResolveDeps, 'system' | 'provider'>,
  fingerprint: string | null,
  known: SessionReports,
  signedIn: () => Identity,
): Login {
  const written = provider.credentialFiles(system).flatMap((path) => {
    try {
      return system.fs.statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? [];
    } catch {
      return [];
    }
  });
  const writtenAt = written.length > 0 ? Math.min(Math.max(...written), system.now()) : null;
  const match =
    known === NO_SESSION_REPORTS ? 'same' : matchLogin({ system, provider }, known, fingerprint, signedIn);
  return { fingerprint, account: accountKey(signedIn()), same: countsAsSame(match), writtenAt };
}

/** Whether what was kept is still what is on disk. */
export function isUnchanged(
  system: System,
  { cache }: Pick<Paths, 'cache'>,
  { fingerprints }: StoredReport,
): boolean {
  return cache !== null && fingerprintsOf(system, cache) === fingerprints;
}

function fingerprintsOf(system: System, { entry, reports: readings }: AccountDirectory): string {
  return `${fileFingerprint(system, entry)} ${fileFingerprint(system, readings)}`;
}

/** Writes `statusline.json`. @returns the fingerprint of the new file; null when it could not be written */
function write(system: System, cache: AccountDirectory, text: string): string | null {
  let fingerprint: string | null = null;
  const replaced = () =>
    replaceFile(system, cache.reports, text, {
      beforeRename: (temporary) => {
        fingerprint = fileFingerprint(system, temporary);
      },
    }) === null;
  // The directory usually exists.
  if (replaced() || (ensureDirectory(system, cache) === null && replaced())) return fingerprint;
  return null;
}
