import { readBinaryFile } from '../platform/files.ts';
import { NODE_ZONE } from './zone.ts';
import type { System } from '../platform/system.ts';
import { parsePosixZone } from './posix.ts';
import type { Zone, ZoneRules } from './zone.ts';
import { parseZoneFile } from './zoneinfo.ts';

/** Names of UTC. Many machines run in it, and need no other lookup. */
const UTC_NAME = /^(Etc\/)?(UTC|UCT|GMT|Universal|Zulu|Greenwich|GMT[+-]?0)$/;
/** `Europe/Berlin`, `Etc/GMT+5`. For other forms, Node silently takes the machine's own zone. */
const NAME = /^[A-Za-z][A-Za-z_+-]*(\/[A-Za-z_+-]+)*\d{0,2}$/;
const MAX_NAME_LENGTH = 100;

const UNKNOWN: Zone = { offsetAt: () => null };

/** The zone of the process, determined lazily: most lines have no clock time. */
export function localZone(system: System): Zone {
  let zone: Zone | null = null;
  const found = () => (zone ??= find(system));
  return { offsetAt: (at) => found().offsetAt(at) };
}

function find(system: System): Zone {
  const name = zoneName(system.env);
  if (name === null) return NODE_ZONE;
  const rules = explicitRules(system, name);
  if (rules !== null) return zoneOf(rules);
  if (name.startsWith('/') || name.length > MAX_NAME_LENGTH) return UNKNOWN;
  if (UTC_NAME.test(name) || (NAME.test(name) && isAheadOrBehind())) return NODE_ZONE;
  // Node is at UTC: either this zone is, or Node does not know the name.
  const file = databaseRules(system, name);
  if (file !== null) return zoneOf(file);
  return isUtcByIntl(name) ? NODE_ZONE : UNKNOWN;
}

/** The value of `TZ`; null if it is unset or empty. */
export function zoneName({ TZ }: System['env']): string | null {
  return TZ?.replace(/^:/, '') || null;
}

/**
 * The rules that `TZ` spells out, or that are in the file which it names by path; null for a name, and for other
 * texts.
 */
export function explicitRules(system: System, name: string): ZoneRules | null {
  return name.startsWith('/') ? readZoneRules(system, name) : parsePosixZone(name);
}

/** The rules for a name in the machine's time zone database; null if it has none. */
export function databaseRules(system: System, name: string): ZoneRules | null {
  return readZoneRules(system, `${system.env.TZDIR || '/usr/share/zoneinfo'}/${name}`);
}

/** The rules in a file of the time zone database; null if it cannot be read or has another format. */
export function readZoneRules({ fs }: System, path: string): ZoneRules | null {
  const bytes = readBinaryFile(fs, path);
  return bytes && parseZoneFile(bytes);
}

function zoneOf(rules: ZoneRules): Zone {
  return { offsetAt: (at) => rules(at).offsetMs };
}

/** Noon UTC in winter and in summer: a zone that differs from UTC does so at one of them. */
const NOONS = [Date.UTC(2026, 0, 15, 12), Date.UTC(2026, 6, 15, 12)];

function isAheadOrBehind(): boolean {
  return NOONS.some((at) => NODE_ZONE.offsetAt(at) !== 0);
}

/** The last resort, because loading `Intl` takes half a start of Node. */
function isUtcByIntl(timeZone: string): boolean {
  try {
    const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    const format = new Intl.DateTimeFormat('en-US', { timeZone, ...clock });
    return NOONS.every((at) => format.format(at) === '12:00');
  } catch {
    return false;
  }
}
