import type { FailureText, ProviderTexts, RequestBudget } from '../../usage/provider-facts.ts';
import { MINUTE } from '../../usage/time.ts';

/** The texts of a provider whose login is that of a program. */
export interface ProgramTexts {
  readonly name: string;
  readonly vendor: string;
  /** The program. */
  readonly client: string;
  /** Its command that signs in. */
  readonly signInCommand: string;
  readonly budget: RequestBudget;
  /** See `ProviderTexts`. */
  readonly mainWindows: ProviderTexts['mainWindows'];
  readonly planNames?: ProviderTexts['planNames'];
  readonly failures?: ProviderTexts['failures'];
}

/** The texts of a provider whose login is that of a program. */
export function programTexts({
  budget,
  planNames = {},
  failures = {},
  ...texts
}: ProgramTexts): ProviderTexts {
  return {
    ...texts,
    renewLogin: `run \`${texts.signInCommand}\``,
    identityFile: 'the login',
    requestLimit: requestLimit(budget),
    planNames,
    failures,
  };
}

/** The texts of a provider whose login is a key in a variable. */
export function keyTexts({
  variable,
  ...texts
}: Omit<ProgramTexts, 'client' | 'signInCommand'> & {
  /** The variable that people are to set. */
  readonly variable: string;
}): ProviderTexts {
  const { name, vendor } = texts;
  const advice = `Set ${variable} to a valid key.`;
  const key = (happened: string): FailureText => ({ short: 'no key', happened, advice });
  return {
    ...programTexts({ ...texts, client: name, signInCommand: variable }),
    renewLogin: `set ${variable} to a new key`,
    failures: {
      no_credentials: key(`No key of ${name} was found`),
      credentials_invalid: key(`The key of ${name} has characters that no key has`),
      unauthorized: { ...key(`${vendor} did not accept the key (401)`), short: 'bad key' },
      forbidden: { ...key(`${vendor} does not let this key read usage (403)`), short: 'bad key' },
      ...texts.failures,
    },
  };
}

/** `one a minute and 24 an hour` */
function requestLimit({ spacingMs, perHour }: RequestBudget): string {
  const minutes = Math.round(spacingMs / MINUTE);
  return `${minutes <= 1 ? 'one a minute' : `one in ${minutes} minutes`} and ${perHour} an hour`;
}
