import type { ProviderDescriptor } from '../provider.ts';
import { claudeFiles } from './files.ts';
import { identity, identitySource } from './identity.ts';
import { claudeReader } from './reader.ts';
import { REPORTED_WINDOWS } from './report.ts';

export { claudeFiles as providerFiles } from './files.ts';
export { claudeReports as reportFormat } from './reports.ts';

/** Claude subscriptions, signed in to with Claude Code. What is needed for requests is loaded when one is made. */
export const provider: ProviderDescriptor = /* @__PURE__ */ describe();

// A call that is marked as pure: a bundle of the hot path leaves out a constant that it does not use.
function describe(): ProviderDescriptor {
  return {
    ...claudeFiles,
    reader: claudeReader,
    reportedWindows: REPORTED_WINDOWS,
    identity,
    identitySource,
    keychainModified: async (system) => (await import('./keychain.ts')).keychainModified(system),
    connect: async () => (await import('./connect.ts')).claude,
  };
}
