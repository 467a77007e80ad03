import { builtInIds, hasLogin, ownProviders, providerOf, usualAccount } from '../accounts/find.ts';
import { loadConfig } from '../config/load.ts';
import type { System } from '../platform/system.ts';
import { result } from './command.ts';
import type { Command, CommandGroup, CommandResult } from './command.ts';
import { DEBUG, TIMEOUT } from './fast-options.ts';
import { withTexts } from './options.ts';
import { warningText } from './resolving.ts';

/** Options of `provider test`. */
export interface ProviderTestOptions {
  /** The id of the provider, not checked yet. */
  readonly id: string;
  /** A file with a response, in place of a request; null: none. */
  readonly body: string | null;
  /** Ms; null: as configured. */
  readonly timeoutMs: number | null;
  readonly debug: boolean;
}

const testCommand: Command<ProviderTestOptions> = {
  name: 'test',
  synonyms: ['try', 'check', 'probe', 'run'],
  about: 'ask a provider of your own once, and print what each path finds; exit 2 if one finds nothing',
  argument: {
    name: 'id',
    required: true,
    accepted: () => 'the id of a [[provider]]',
    sets: (id) => ({ id }),
  },
  options: [
    {
      flag: '--body',
      value: 'file',
      about: 'read the response from a file, without a request',
      accepted: 'the path of a file',
      sets: (body) => (body === '' ? null : { body }),
    },
    ...withTexts<ProviderTestOptions>({ ...TIMEOUT, ...DEBUG }),
  ],
  defaults: { id: '', body: null, timeoutMs: null, debug: false },
  help: `
Examples:
  usageline provider test myai
  usageline provider test myai --body response.json    as often as you like
A request is made within the budget: one a minute and 24 an hour.
Of the response only numbers, times and short keys are printed, never the key.
Exit status: 0 every path was found · 2 one was not · 3 the key · 4 try later
`,
  run: async (system, options) => (await import('./provider-test.ts')).providerTest(system, options),
};

/** `usageline provider`: the providers, and a trial of those in the configuration. */
export const command: CommandGroup = {
  name: 'provider',
  synonyms: ['providers', 'service', 'services'],
  about: 'the providers, and a test of those in the configuration',
  help: `
Examples:
  usageline provider list
  usageline provider test myai
`,
  commands: [
    {
      name: 'list',
      synonyms: ['ls', 'show', 'print'],
      about: 'list the providers that usageline knows, and whether a login of each was found',
      options: [],
      defaults: {},
      help: `
Examples:
  usageline provider list
  usageline accounts         what is known of the accounts with a login
`,
      run: providerList,
    },
    testCommand,
  ],
};

async function providerList(system: System): Promise<CommandResult> {
  const config = await loadConfig(system);
  const rows: string[][] = [['PROVIDER', 'NAME', 'LOGIN', 'FROM']];
  for (const id of builtInIds()) {
    const provider = await providerOf(config, id);
    if (provider === null) continue;
    rows.push([id, provider.texts.name, loginText(hasLogin(usualAccount(system, provider))), 'usageline']);
  }
  for (const { id, name, url } of ownProviders(config)) {
    const provider = await providerOf(config, id);
    const found = provider !== null && hasLogin(usualAccount(system, provider));
    const { origin, pathname } = new URL(url);
    rows.push([id, name, loginText(found), `${origin}${pathname}`]);
  }
  const widths = rows[0]?.map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0))) ?? [];
  const text = rows.map((row) => {
    const cells = row.map((cell, index) => cell.padEnd(widths[index] ?? 0));
    return `${cells.join('  ').trimEnd()}\n`;
  });
  return result(text.join(''), { stderr: warningText(config) });
}

function loginText(found: boolean): string {
  return found ? 'found' : '-';
}
