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
import {
  accountKey,
  countsAsSame,
  identityOf,
  loginWrittenAt,
  matchAccount,
  matchLogin,
} from './identity.ts';
import type { Paths } from './paths.ts';
import { isCurrent } from './overlay.ts';

/** How often a report is written: many sessions can write at the same time, and each write replaces the others. */
const MAX_WRITES = 4;

/** The reports that were written, and the entry that was read for it. */
export interface StoredReport extends Sources {
  /** Fingerprints of the two files at that time. */
  readonly fingerprints: string;
}

/** What became of a report. */
export interface ReportOutcome {
  /** Null when nothing was written. */
  readonly stored: StoredReport | null;
  /** When the session received its numbers, epoch ms. */
  readonly reportedAt: number;
  /** The session belongs to another login, so its numbers are shown on its own line only. */
  readonly foreign: boolean;
}

/**
 * Stores a session's report in `statusline.json` when it has something new, or when the credentials were rewritten. A
 * report that cannot be stored does not count, because it would be new again at every call.
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
  let outcome: ReportOutcome | null = null;
  for (let count = 0; count < MAX_WRITES; count += 1) {
    // No other process has written at the same time.
    if (outcome?.stored && outcome.stored.fingerprints === fingerprintsOf(system, cache)) return outcome;
    const now = system.now();
    const onDisk = readSessionReports(system, cache.reports, now, lengths);
    const same = onDisk.credentials === fingerprint && onDisk !== NO_SESSION_REPORTS;
    const present = same
      ? onDisk
      : underLogin(onDisk, loginOf({ system, provider }, fingerprint, onDisk, signedIn));
    const reports = present.unstored === unstored ? present : { ...present, unstored };
    const entry = fileFingerprint(system, cache.entry);
    const stored = readEntry(system, cache.entry, provider.reader);
    const current = stored.kind === 'entry' ? currentOf(stored.entry, { fingerprint, now, signedIn }) : null;
    const endpointNumber = (window: string) =>
      current?.data ? current.reader.numberOf(current.data, window, current.cachedAt) : null;
    const canAsk = canAskEndpoint(
      settings,
      readBackoffOf(system, { cache, fallback }, now),
      now,
      fingerprint,
    );
    const next = countReport(reports, report, endpointNumber, { now, canAsk }, lengths);
    const at: number = outcome?.reportedAt ?? reportedAt(reports.sessions.get(report.session), report, now);
    if (next.reports === onDisk) return outcome ?? { stored: null, reportedAt: at, foreign: next.foreign };
    const written = write(system, cache, serializeSessionReports(next.reports, lengths));
    if (written === null) return { stored: null, reportedAt: now, foreign: next.foreign };
    const storedReport = { stored, reports: next.reports, fingerprints: `${entry} ${written}` };
    outcome = { stored: storedReport, reportedAt: at, foreign: next.foreign };
  }
  return outcome ?? { stored: null, reportedAt: system.now(), foreign: false };
}

/** The stored entry if it is of the present login; else null. */
function currentOf(
  entry: Entry,
  { fingerprint, now, signedIn }: { fingerprint: string | null; now: number; signedIn: () => Identity },
): Entry | null {
  return isCurrent(entry, { fingerprint, now, account: () => matchAccount(entry, signedIn) }) ? entry : null;
}

function hasNumbers({ windows, spend }: Report): boolean {
  return spend !== null || Object.values(windows).some((number) => number !== null);
}

/** @param stored the reports on disk; without any, they match every login */
function loginOf(
  { system, provider }: Pick<ResolveDeps, 'system' | 'provider'>,
  fingerprint: string | null,
  stored: SessionReports,
  signedIn: () => Identity,
): Login {
  const written = loginWrittenAt(system, provider);
  const writtenAt = written === null ? null : Math.min(written, system.now());
  const match =
    stored === NO_SESSION_REPORTS ? 'same' : matchLogin({ system, provider }, stored, fingerprint, signedIn);
  return { fingerprint, account: accountKey(signedIn()), same: countsAsSame(match), writtenAt };
}

/** Whether the two files are still as they were when a report was stored. */
export function isUnchanged(
  system: System,
  { cache }: Pick<Paths, 'cache'>,
  { fingerprints }: StoredReport,
): boolean {
  return cache !== null && fingerprintsOf(system, cache) === fingerprints;
}

function fingerprintsOf(system: System, { entry, reports }: AccountDirectory): string {
  return `${fileFingerprint(system, entry)} ${fileFingerprint(system, reports)}`;
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
