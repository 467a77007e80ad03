import type { FailureText, ProviderTexts, RequestBudget } from '../../usage/provider-facts.ts';
import type { OwnProvider } from '../../usage/own-provider.ts';
import { idsOf, nameOf } from '../kit/measures.ts';
import { programTexts } from '../kit/texts.ts';

/**
 * The texts of a provider of the user's own.
 *
 * @param isTest they are for `provider test`, which shows already what they otherwise advise to look at
 */
export function textsOf(own: OwnProvider, budget: RequestBudget, isTest: boolean): ProviderTexts {
  const { id, name } = own;
  const test = `usageline provider test ${id}`;
  const advice = isTest ? adviceOn(own) : `${adviceOn(own)} \`${test}\` shows what happens.`;
  const key = (happened: string, short = 'no key'): FailureText => ({ short, happened, advice });
  const texts = programTexts({
    name,
    vendor: name,
    client: name,
    signInCommand: test,
    budget,
    mainWindows: mainWindowsOf(own),
    failures: {
      no_credentials: key(`No key of ${name} was found`),
      keychain_error: key(`The command did not print the key of ${name}`),
      credentials_invalid: key(`The key of ${name} has characters that no key has`, 'bad key'),
      unauthorized: key(`${name} did not accept the key (401)`, 'bad key'),
      forbidden: key(`${name} does not let this key read usage (403)`, 'bad key'),
      bad_response: {
        advice: isTest
          ? `Check url, method, body and header of the provider ${id} in the configuration.`
          : `\`${test}\` shows what came.`,
      },
    },
  });
  return { ...texts, renewLogin: adviceOn(own) };
}

function adviceOn({ id, key }: OwnProvider): string {
  switch (key.kind) {
    case 'variable':
      return `Set ${key.name} to a valid key.`;
    case 'command':
      return `Check key_command of the provider ${id} in the configuration.`;
    case 'none':
      return `Check the provider ${id} in the configuration: it has no key.`;
  }
}

/** The limits on everything, else all; the longest comes last. */
function mainWindowsOf({ windows }: OwnProvider): Record<string, string> {
  const whole = windows.filter(({ part }) => part === null);
  const main = whole.length > 0 ? whole : windows;
  const seconds = ({ length }: (typeof main)[number]) => (length === 'month' ? 30 * 86_400 : length);
  const sorted = [...main].sort((one, other) => seconds(one) - seconds(other));
  return Object.fromEntries(
    sorted.flatMap(({ length, part, label }) => {
      const [id] = idsOf([{ used: null, resetsAt: null, length, part }]);
      const shape = nameOf(length);
      const text = [label ?? shape?.label, part].filter((it) => it != null).join(' ');
      return id === undefined ? [] : [[id, text] as const];
    }),
  );
}
