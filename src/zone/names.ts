import { readTextFile } from '../platform/files.ts';
import type { System } from '../platform/system.ts';
import { HOUR, MINUTE } from '../usage/time.ts';
import { databaseRules, readZoneRules, explicitRules, zoneName } from './local.ts';
import type { Zone, ZoneNames, ZoneRules } from './zone.ts';

/** Abbreviations of letters only. The others are numbers (`+0545`), and the offset is shown instead. */
const ABBREVIATION = /^[A-Za-z]{3,6}$/;

/**
 * How the zone that `TZ` sets differs from the machine's own; null if `TZ` is unset or the machine's zone is unknown. Reads
 * a few files, so it is too slow for a prompt.
 */
export function zoneNames(system: System, { offsetAt }: Zone): ZoneNames | null {
  const name = zoneName(system.env);
  const machine = machineRules(system);
  if (name === null || machine === null) return null;
  // Node has offsets, but no abbreviations without `Intl`.
  const rules = explicitRules(system, name) ?? databaseRules(system, name);
  return {
    nameAt(at) {
      const offset = offsetAt(at) ?? 0;
      const local = rules?.(at);
      const isName = local?.offsetMs === offset && ABBREVIATION.test(local.name);
      return isName ? local.name : offsetText(offset);
    },
    isMachineTime: (at) => machine(at).offsetMs === offsetAt(at),
  };
}

/** The zone of programs for which `TZ` is unset; null if no file defines it. */
function machineRules(system: System): ZoneRules | null {
  if (system.platform === 'win32') return null;
  const local = readZoneRules(system, '/etc/localtime');
  if (local !== null) return local;
  const named = readTextFile(system.fs, '/etc/timezone', 'follow');
  const rules = named.kind === 'file' ? databaseRules(system, named.text.trim()) : null;
  return rules ?? (() => ({ offsetMs: 0, name: 'UTC' }));
}

/** Writes an offset as `+05:45` or `-03:00`. */
function offsetText(offsetMs: number): string {
  const size = Math.abs(offsetMs);
  const [hours, minutes] = [Math.floor(size / HOUR), Math.floor((size % HOUR) / MINUTE)];
  const digits = [hours, minutes].map((value) => String(value).padStart(2, '0'));
  return `${offsetMs < 0 ? '-' : '+'}${digits.join(':')}`;
}
