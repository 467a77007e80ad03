import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { errno } from '../platform/errno.ts';
import type { System } from '../platform/system.ts';
import { trustIn } from '../platform/trust.ts';
import { programRunner } from './call.ts';
import { startEndpoint } from './endpoint.ts';
import type { Endpoint } from './endpoint.ts';
import { COLUMNS, INDENT, narrator } from './narrator.ts';
import { PROVIDERS, SECOND_EXAMPLE } from '../fetch/providers.ts';
import { play } from './script.ts';
import type { SecondAccount } from './script.ts';
import { createStage } from './stage.ts';
import type { Stage } from './stage.ts';

/** Options of the demo. */
export interface DemoOptions {
  /** The path of the built entry of the program. */
  readonly entry: string;
  readonly color: boolean;
  /** The directory for the temporary home and cache; the system's temporary directory by default. */
  readonly parent?: string;
  /** The address on which the endpoint listens; loopback by default. */
  readonly host?: string;
}

/** The result of the demo. */
export type DemoOutcome =
  /** Played to the end. `failures` counts the checks that failed. */
  | { readonly kind: 'played'; readonly failures: number }
  /** It could not begin, for this reason, in words. */
  | { readonly kind: 'impossible'; readonly reason: string };

/** Plays the demo in a temporary home with an endpoint of its own, and removes both, however it ends. */
export async function runDemo(system: System, options: DemoOptions): Promise<DemoOutcome> {
  const parent = resolve(options.parent ?? tmpdir());
  // Files are written below this path, and later everything below it is removed.
  if (trustIn(system, parent, { own: 0 }).kind !== 'trusted') {
    return impossible(`another user can change what is in ${parent} (TMPDIR names another directory)`);
  }
  const second = await secondAccount();
  let endpoint: Endpoint;
  try {
    endpoint = await startEndpoint(system.now(), second.example, options.host);
  } catch (error) {
    return impossible(`no port on this machine for the endpoint of the demo: ${errno(error)}`);
  }
  let stage: Stage;
  try {
    stage = createStage(system, parent, {
      USAGELINE_API_BASE_URL: endpoint.url,
      [second.baseUrlVariable]: endpoint.url,
      // The demo indents the program's output.
      COLUMNS: String(COLUMNS - INDENT.length),
      ...(options.color ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }),
    });
  } catch (error) {
    await endpoint.close();
    return impossible(`no directory can be made in ${parent}: ${errno(error)}`);
  }

  const stop = stopOnSignals(stage);
  const narrate = narrator(system, options.color);
  try {
    narrate.paragraph(OPENING);
    const run = programRunner(options.entry, stage.env, stage.root);
    await play({ endpoint, stage, run, narrator: narrate, isStopped: () => stop.signal() !== null, second });
  } finally {
    await endpoint.close();
    // A scene that was interrupted can leave a refresh in the background.
    if (!stage.remove() || stop.signal() !== null) await stage.removeForGood();
    stop.end();
  }
  return { kind: 'played', failures: narrate.failures() };
}

/** The account of another provider, which signs in near the end. */
async function secondAccount(): Promise<SecondAccount> {
  const provider = await PROVIDERS[SECOND_EXAMPLE.id]?.();
  if (provider === undefined) throw new Error(`no provider ${SECOND_EXAMPLE.id}`);
  const { id, baseUrlVariable, texts } = provider;
  return { id, name: texts.name, baseUrlVariable, example: await SECOND_EXAMPLE.load() };
}

const OPENING =
  'The real program, on an endpoint of its own on this machine. Nothing of yours is touched: home, ' +
  'cache and login are made up, and gone at the end.';

function impossible(reason: string): DemoOutcome {
  return { kind: 'impossible', reason };
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Ends the demo on signals. The first signal lets the current scene end, because its worker would create the cache
 * directory again if that were removed too early; the second one removes the files at once. Then the process ends by the
 * same signal.
 */
function stopOnSignals(stage: Stage) {
  let received: NodeJS.Signals | null = null;
  const obey = (signal: NodeJS.Signals) => {
    for (const name of SIGNALS) process.off(name, listen);
    process.kill(process.pid, signal);
  };
  const listen = (signal: NodeJS.Signals) => {
    if (received !== null) {
      stage.remove();
      obey(signal);
    }
    received = signal;
  };
  for (const name of SIGNALS) process.on(name, listen);
  return {
    signal: () => received,
    end: () => {
      if (received !== null) obey(received);
      for (const name of SIGNALS) process.off(name, listen);
    },
  };
}
