import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { errno } from '../errno.ts';
import type { System } from '../system.ts';
import { trustIn } from '../trust.ts';
import { runner } from './call.ts';
import { startEndpoint } from './endpoint.ts';
import type { Endpoint } from './endpoint.ts';
import { COLUMNS, INDENT, narrator } from './narrator.ts';
import { play } from './script.ts';
import { createStage } from './stage.ts';
import type { Stage } from './stage.ts';

export interface DemoOptions {
  /** The program to show: the built entry. */
  readonly entry: string;
  readonly color: boolean;
  /** Where the temporary home and cache go. */
  readonly parent?: string;
  /** Where the endpoint listens. */
  readonly host?: string;
}

export type DemoOutcome =
  /** Played to the end; so many things did not come out as told. */
  | { readonly kind: 'played'; readonly failures: number }
  /** It could not begin: why, in words. */
  | { readonly kind: 'impossible'; readonly reason: string };

/** Sets everything up, plays the script and leaves nothing behind, however it ends. */
export async function runDemo(system: System, options: DemoOptions): Promise<DemoOutcome> {
  const parent = resolve(options.parent ?? tmpdir());
  // The stage is written by its path, and removed with all that is in it.
  if (trustIn(system, parent, { own: 0 }).kind !== 'trusted') {
    return impossible(`another user can change what is in ${parent} (TMPDIR names another directory)`);
  }
  let endpoint: Endpoint;
  try {
    endpoint = await startEndpoint(system.now(), options.host);
  } catch (error) {
    return impossible(`no port on this machine for the endpoint of the demo: ${errno(error)}`);
  }
  let stage: Stage;
  try {
    stage = createStage(system, parent, {
      USAGELINE_API_BASE_URL: endpoint.url,
      // Its output is set in.
      COLUMNS: String(COLUMNS - INDENT.length),
      ...(options.color ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }),
    });
  } catch (error) {
    await endpoint.close();
    return impossible(`no directory can be made in ${parent}: ${errno(error)}`);
  }

  const stop = stopOnSignals(stage);
  const told = narrator(system, options.color);
  try {
    told.say(OPENING);
    const run = runner(options.entry, stage.env, stage.root);
    await play({ endpoint, stage, run, narrator: told, isStopped: () => stop.signal() !== null });
  } finally {
    await endpoint.close();
    // A scene that was interrupted can leave a refresh in the background.
    if (!stage.remove() || stop.signal() !== null) await stage.removeForGood();
    stop.end();
  }
  return { kind: 'played', failures: told.failures() };
}

const OPENING =
  'The real program, on an endpoint of its own on this machine. Nothing of yours is touched: home, ' +
  'cache and login are made up, and gone at the end.';

function impossible(reason: string): DemoOutcome {
  return { kind: 'impossible', reason };
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * The first signal lets the scene that is being played end (a refresh in the background would make its
 * directory anew if that were removed under it); the second does not wait. Then the signal does what it
 * would have done.
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
