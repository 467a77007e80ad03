import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import type { Endpoint } from './endpoint.ts';
import type { Login, Stage } from './stage.ts';
import type { Tally } from './tally.ts';

interface AfterTheStorm {
  readonly stage: Stage;
  readonly endpoint: Endpoint;
  readonly tally: Tally;
}

interface UsageObject {
  readonly state?: string;
  readonly error?: { readonly code?: string; readonly retry_at?: string | null } | null;
}

/**
 * After the storm: one call of each login shows fresh numbers, or names the time at which the budget or a backoff grants the next request.
 * Once those records are removed nothing else keeps a call from fresh numbers, whatever the storm has left behind.
 */
export async function healthyCalls({ stage, endpoint, tally }: AfterTheStorm): Promise<void> {
  for (const login of stage.logins) {
    const first = await ask(stage, endpoint.url, login);
    const later = Date.parse(first.error?.retry_at ?? '') > Date.now();
    if (first.state !== 'fresh' && !later)
      tally.violation(
        'after the storm: neither fresh numbers nor the time of the next try',
        JSON.stringify(first),
      );
    if (first.state === 'fresh') continue;
    for (const directory of stage.recordsOf(login)) removeRecords(directory);
    // A request for which the record was removed is no violation.
    endpoint.arrivals.set(login, []);
    const second = await ask(stage, endpoint.url, login);
    if (second.state !== 'fresh')
      tally.violation('after the storm, without a record: no fresh numbers', JSON.stringify(second));
  }
}

function removeRecords(directory: string): void {
  for (const name of fs.existsSync(directory) ? fs.readdirSync(directory) : [])
    if (/^(usage\.lock|attempt\.\d+)$/.test(name)) fs.rmSync(join(directory, name));
}

function ask(stage: Stage, baseUrl: string, login: Login): Promise<UsageObject> {
  return new Promise((resolve) => {
    const args = [stage.program, '--json', '--wait', '--timeout', '30'];
    const child = spawn(process.execPath, args, {
      env: stage.env(baseUrl, login),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (piece) => (text += piece));
    child.on('close', () => {
      try {
        resolve(JSON.parse(text) as UsageObject);
      } catch {
        resolve({});
      }
    });
  });
}
