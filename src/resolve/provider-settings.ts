import type { Settings } from '../config/settings.ts';
import type { ProviderFacts } from '../usage/provider-facts.ts';

/**
 * The settings for one provider. Its numbers are fresh for as long as the budget allows no other request: before that, every
 * call would find them stale and could do nothing about it. Its question has the time that it needs.
 *
 * @param timeoutMs the deadline that a caller wants in any case, ms; null: the configured one
 */
export function providerSettings(
  settings: Settings,
  { budget, leastTimeoutMs = 0 }: ProviderFacts,
  timeoutMs: number | null = null,
): Settings {
  return {
    ...settings,
    cacheDurationMs: Math.max(settings.cacheDurationMs, budget.spacingMs),
    timeoutMs: timeoutMs ?? Math.max(settings.timeoutMs, leastTimeoutMs),
  };
}
