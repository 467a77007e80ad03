import type {
  ProviderDescriptor,
  ProviderEnvironment,
  ProviderExample,
  ReportFormat,
} from '../../../src/fetch/provider.ts';
import type { ProviderTexts } from '../../../src/usage/provider-facts.ts';
import { fileFingerprint } from '../../../src/platform/fingerprint.ts';
import { identity, VARIABLE } from './login.ts';
import { providerFiles } from './files.ts';
import { reader } from './reader.ts';

/*
 * A provider that does not exist. It differs from the first one wherever a provider can: names, files, variable, header,
 * path and shape of a response, windows, budget, and no source besides its endpoint. test/process/second-provider.test.ts
 * puts this folder in the place of the first one and builds the program.
 */

export { providerFiles } from './files.ts';

export const texts: ProviderTexts = {
  name: 'Tally',
  vendor: 'Tally Works',
  client: 'tallyman',
  signInCommand: 'tally login',
  renewLogin: 'run `tally login`',
  identityFile: 'token.json',
  requestLimit: 'two a minute and 90 an hour',
  mainWindows: { hourly: '1h', monthly: '30d' },
  planNames: { t2: 'Team' },
  failures: { forbidden: { advice: 'Ask the owner of the team.' } },
};

export const provider: ProviderDescriptor = /* @__PURE__ */ describe();

function describe(): ProviderDescriptor {
  return {
    ...providerFiles,
    texts,
    budget: { spacingMs: 30_000, perHour: 90 },
    baseUrl: 'https://quota.tally.test',
    baseUrlVariable: 'USAGELINE_API_BASE_URL',
    directoryVariable: VARIABLE,
    variables: [],
    reader,
    reportedWindows: null,
    transcripts: null,
    loginFiles: (system) => providerFiles.credentialFiles(system),
    identity,
    identitySource: (system) => ({
      fingerprint: providerFiles
        .credentialFiles(system)
        .map((path) => fileFingerprint(system, path))
        .join(' '),
      bytes: 0,
    }),
    keychainModified: async () => null,
    connect: async () => (await import('./connect.ts')).tally,
  };
}

export const environment: ProviderEnvironment = { directory: VARIABLE, others: [] };

/** Its client has no status line. */
export const reportFormat: ReportFormat | null = null;

export const example: ProviderExample = {
  labels: ['1h', '30d'],
  login: (_system, home) => ({ path: `${home}/.tally/token.json`, text: '{"key":"EXAMPLE-NOT-A-KEY"}' }),
  environment: () => ({}),
  isUsageRequest: (path) => path === '/v2/quota',
  body: (start, answered) => ({
    quotas: [{ kind: 'hour', used: 10 + answered, of: 100, until: start / 1000 + 3600 }],
  }),
  refusal: {},
};
