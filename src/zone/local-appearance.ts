import type { System } from '../platform/system.ts';
import type { Looks } from '../render/appearance.ts';
import { localZone } from './local.ts';

/** A configured appearance with the requested format, if any, and the time zone of the process. */
export function localAppearance(system: System, looks: Looks, format: string | null | undefined): Looks {
  return { ...looks, format: format ?? looks.format, zone: localZone(system) };
}
