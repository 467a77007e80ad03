import type { System } from '../platform/system.ts';
import type { Appearance } from '../render/appearance.ts';
import { localZone } from '../zone/local.ts';

/** A configured appearance with the requested format, if any, and the time zone of the process. */
export function localAppearance(
  system: System,
  appearance: Appearance,
  format: string | null | undefined,
): Appearance {
  return { ...appearance, format: format ?? appearance.format, zone: localZone(system) };
}
