import type { ProviderDescriptor, TranscriptSource } from '../provider.ts';
import { claudeEnvironment } from './environment.ts';
import { TOKENS } from './session-login.ts';
import { claudeFiles } from './files.ts';
import { identity, identitySource } from './identity.ts';
import { claudeReader } from './reader.ts';
import { REPORTED_WINDOWS } from './report.ts';
import { texts } from './texts.ts';
import { transcriptRoots } from './transcripts/roots.ts';

export { claudeEnvironment as environment } from './environment.ts';
export { claudeExample as example } from './example.ts';
export { claudeFiles as providerFiles } from './files.ts';
export { claudeReports as reportFormat } from './reports.ts';
export { texts } from './texts.ts';

const transcripts: TranscriptSource = {
  exist: (system) => transcriptRoots(system).some((root) => system.fs.existsSync(root)),
  load: async () => (await import('./transcripts/reader.ts')).transcriptReader,
};

/** Claude subscriptions, with the login of Claude Code. */
export const provider: ProviderDescriptor = /* @__PURE__ */ describe();

// A call that is marked as pure: a bundle of the hot path leaves out a constant that it does not use.
function describe(): ProviderDescriptor {
  return {
    ...claudeFiles,
    texts,
    // The endpoint was seen to allow about 28 requests an hour.
    budget: { spacingMs: 60_000, perHour: 24 },
    baseUrl: 'https://api.anthropic.com',
    baseUrlVariable: 'USAGELINE_API_BASE_URL',
    directoryVariable: claudeEnvironment.directory,
    variables: claudeEnvironment.others,
    keyVariables: TOKENS,
    reader: claudeReader,
    reportedWindows: REPORTED_WINDOWS,
    transcripts,
    loginFiles: (system) => claudeFiles.credentialFiles(system),
    identity,
    identitySource,
    keychainModified: async (system) => (await import('./keychain.ts')).keychainModified(system),
    connect: async () => (await import('./connect.ts')).claude,
    sources: {
      'claude-cli': {
        budget: { spacingMs: 300_000, perHour: 24 },
        texts: { requestLimit: 'one in five minutes and 24 an hour' },
        // More than the program's own deadline, so that it decides.
        leastTimeoutMs: 12_000,
        connect: async () => (await import('./cli-source.ts')).claudeProgram,
      },
    },
  };
}
