import { valueAt } from '../../usage/json-path.ts';
import type { OwnProvider } from '../../usage/own-provider.ts';
import type { Arrival } from '../client.ts';
import type { ProviderDescriptor } from '../provider.ts';
import type { Body, Call } from '../kit/call.ts';
import { defineProvider } from '../kit/define.ts';
import type { ProviderDefinition } from '../kit/define.ts';
import { planOf } from '../kit/fields.ts';
import { dataOf, hasUsage, pathsOf, readData } from './data.ts';
import { hashOf, identityOf, keyLogin, markOf } from './key.ts';
import type { KeyLogin } from './key.ts';
import { creditsOf, measureOf } from './numbers.ts';
import { textsOf } from './texts.ts';

/*
 * A provider of the user's own: the configuration says what the folders of other providers say in code. Of a response the
 * numbers and times at the configured paths are stored, and nothing else: the rest can be anything, secrets included.
 */

const budget = { spacingMs: 60_000, perHour: 24 };

const known = new WeakMap<OwnProvider, ProviderDescriptor>();

/** The provider that the configuration describes. */
export function ownProvider(own: OwnProvider): ProviderDescriptor {
  let provider = known.get(own);
  if (provider === undefined) {
    provider = defineProvider(definitionOf(own, null));
    known.set(own, provider);
  }
  return provider;
}

/** What `usageline provider test` is given of each response. */
export interface Observer {
  /** The whole object. */
  onBody(body: Body): void;
  /** What came, also where it is no object. */
  onArrival(arrival: Arrival): void;
}

/** The same provider, for `usageline provider test`: its texts do not advise to run that. */
export function observedProvider(own: OwnProvider, observer: Observer): ProviderDescriptor {
  return defineProvider(definitionOf(own, observer));
}

function definitionOf(own: OwnProvider, observer: Observer | null): ProviderDefinition<KeyLogin> {
  const { key, plan, credits } = own;
  const paths = pathsOf(own);
  const description = hashOf(JSON.stringify(own));
  return {
    id: own.id,
    texts: textsOf(own, budget, observer !== null),
    budget,
    baseUrl: new URL(own.url).origin,
    directory: null,
    keyVariables: [],
    otherVariables: key.kind === 'variable' ? [key.name] : [],
    files: () => [],
    loginChangesUnseen: key.kind !== 'variable',
    // With the description: numbers that were read by another one are not current.
    mark: (system) => markOf(system, key, description),
    login: (system) => keyLogin(system, key, description),
    identity: (system) => identityOf(system, own),
    async ask(login, call) {
      const answer = await request(own, login, call, observer);
      if (!answer.ok) return answer;
      const data = dataOf(answer.value, paths, call.askedAt);
      return { ok: true, value: { data, plan: plan === null ? null : planOf(valueAt(answer.value, plan)) } };
    },
    hasUsage: (body) => hasUsage(body, paths),
    windows(data) {
      const { values, askedAt } = readData(data);
      return own.windows.flatMap((window) => measureOf(window, values, askedAt) ?? []);
    },
    credits: (data) => (credits === null ? null : creditsOf(credits, readData(data).values)),
  };
}

/** Sends the one request. The key goes to the configured URL's server, or to that of the base URL in its place. */
function request(
  { url, body, headers }: OwnProvider,
  { key }: KeyLogin,
  call: Call,
  observer: Observer | null,
): ReturnType<Call['get']> {
  const { pathname, search } = new URL(url);
  const path = `${pathname}${search}`;
  const options = {
    headers: {
      authorization: null,
      ...Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, value.replaceAll('{key}', () => key)]),
      ),
    },
    ...(observer && {
      onArrival: (arrival: Arrival) => observer.onArrival(arrival),
      failureIn: (answer: Body) => {
        observer.onBody(answer);
        return null;
      },
    }),
  };
  return body === null ? call.get(path, options) : call.post(path, body, options);
}
