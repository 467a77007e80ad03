import type { Arrival } from '../fetch/client.ts';
import { builtInIds, ownProviders, usualAccount } from '../accounts/find.ts';
import { nameUsage } from '../accounts/resolve-all.ts';
import { appearanceFor } from '../config/config.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { readTextFile, reasonText } from '../platform/files.ts';
import { printable } from '../platform/stdio.ts';
import type { System } from '../platform/system.ts';
import { clockTime } from '../render/clock.ts';
import { renderLine } from '../render/line.ts';
import { longMessage } from '../render/messages.ts';
import { countdown, percentText, windowAmountText } from '../render/values.ts';
import { resolve } from '../resolve/resolve.ts';
import type { Window } from '../usage/model.ts';
import { didYouMean } from '../usage/nearest.ts';
import type { OwnProvider } from '../usage/own-provider.ts';
import { quoteInput } from '../usage/text.ts';
import { isObject } from '../usage/values.ts';
import { localZone } from '../zone/local.ts';
import { policyOf } from './callers.ts';
import { result } from './command.ts';
import type { CommandResult } from './command.ts';
import type { ProviderTestOptions } from './provider.ts';
import { endpointOf, exitCodeOfFailure, resolveDeps, warningText } from './resolving.ts';

type Body = Readonly<Record<string, unknown>>;

/** `usageline provider test`: asks a provider of the user's own once, and says what each of its paths finds. */
export async function providerTest(system: System, options: ProviderTestOptions): Promise<CommandResult> {
  const config = await loadConfig(system);
  const own = ownProviders(config).find(({ id }) => id === options.id);
  if (own === undefined)
    return result('', { exitCode: 2, stderr: warningText(config, notFound(config, options.id)) });
  if (options.body !== null) return testBody(system, config, own, options.body);

  const { observedProvider } = await import('../fetch/own/index.ts');
  let body: Body | null = null;
  let came: Arrival | null = null;
  const provider = observedProvider(own, {
    onBody: (it) => {
      body = it;
    },
    onArrival: (it) => {
      came = it;
    },
  });
  const account = usualAccount(system, provider);
  const { scansAll: _, ...policy } = { ...policyOf('refresh'), force: true, retriesLogin: true };
  const { usage, warning } = await resolve(resolveDeps(system, config, options, provider), {
    ...policy,
    ...endpointOf(config, account),
  });
  const stderr = warningText(config, warning);
  if (body === null) {
    const { error } = usage;
    const text =
      error === null
        ? 'Another process has sent the request. Try again in a minute, or give a response with --body.'
        : `${longMessage(error, usage.texts)}${whenNext(system, error.retryAt)}`;
    const { arrivalText } = await import('../fetch/own/inspect.ts');
    const response = came === null ? '' : `response  ${arrivalText(came)}\n`;
    return result(`${place(own)}\n${response}${text}\n`, {
      exitCode: error === null ? 4 : exitCodeOfFailure(error),
      stderr,
    });
  }
  const appearance = appearanceFor(config, 'plain');
  const line = renderLine(nameUsage(usage, account, false), { color: false, appearance });
  const failed =
    usage.error === null
      ? ''
      : `${longMessage(usage.error, usage.texts)}${whenNext(system, usage.error.retryAt)}\n`;
  const report = await reportOf(system, own, body, usage.windows);
  return result(`${place(own)}\n${report.text}\n${failed}line  ${line}\n`, {
    exitCode: usage.error !== null ? exitCodeOfFailure(usage.error) : report.ok ? 0 : 2,
    stderr,
    followUp: { kind: 'prerender', wanted: null },
  });
}

/** Without a request: what the paths find in a file. */
async function testBody(
  system: System,
  config: Config,
  own: OwnProvider,
  path: string,
): Promise<CommandResult> {
  const stderr = warningText(config);
  const file = readTextFile(system.fs, path, 'follow');
  const problem = (text: string) =>
    result('', { exitCode: 2, stderr: `${stderr}usageline: --body is '${quoteInput(path)}', ${text}\n` });
  if (file.kind === 'absent') return problem('but there is no such file; accepted: the path of a file');
  if (file.kind === 'not_utf8') return problem('which is not UTF-8; accepted: a file with a JSON object');
  if (file.kind === 'unreadable')
    return problem(`which cannot be read (${reasonText(file.reason)}); accepted: a file with a JSON object`);
  const body = objectIn(file.text);
  if (body === null) return problem('which is no JSON object; accepted: a file with a JSON object');
  const { failureOf, windowsIn } = await import('../fetch/own/inspect.ts');
  const report = await reportOf(system, own, body, windowsIn(own, body, system.now()));
  const failure = failureOf(own, body);
  const { observedProvider } = await import('../fetch/own/index.ts');
  const { texts } = observedProvider(own, { onBody() {}, onArrival() {} });
  const failed =
    failure === null
      ? ''
      : `This response counts as a failure: ${longMessage({ ...failure, retryAt: null }, texts)}\n`;
  return result(`${report.text}${failed}`, { exitCode: report.ok ? 0 : 2, stderr });
}

function objectIn(text: string): Body | null {
  try {
    // The error is not kept: its message quotes the text.
    const value: unknown = JSON.parse(text.trim());
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Why there is no such provider to test. */
function notFound(config: Config, id: string): string {
  const ids = ownProviders(config).map((own) => own.id);
  const list =
    ids.length > 0 ? ids.join(', ') : 'none, since the configuration has no [[provider]] that can be used';
  const known = builtInIds().includes(id) ? ', which is built in' : '';
  return `the provider is '${quoteInput(id)}'${known}; accepted: ${list}${didYouMean(id, ids)}`;
}

/** The request, without its query, which can contain a secret. */
function place({ url, body }: OwnProvider): string {
  const { origin, pathname } = new URL(url);
  return printable(`${body === null ? 'GET' : 'POST'} ${origin}${pathname}`);
}

function whenNext(system: System, retryAt: number | null): string {
  const now = system.now();
  return retryAt === null || retryAt <= now
    ? ''
    : ` The next request is possible in ${countdown(retryAt - now)}.`;
}

/** What each path finds and what that means, as text; and whether every path finds what it should. */
async function reportOf(
  system: System,
  own: OwnProvider,
  body: Body,
  windows: readonly Window[],
): Promise<{ readonly text: string; readonly ok: boolean }> {
  const { inspect, keysOf } = await import('../fetch/own/inspect.ts');
  const inspected = inspect(own, body, system.now());
  const width = Math.max(...inspected.flatMap(({ findings }) => findings.map(({ key }) => key.length)));
  const lines = [`response  an object with ${keysOf(body)}`];
  for (const { title, findings, window } of inspected) {
    lines.push(title);
    for (const { key, path, found } of findings) lines.push(`  ${key.padEnd(width)}  ${path} -> ${found}`);
    const shown = windows.find(({ id }) => id === window);
    if (window !== null) lines.push(`  ${'means'.padEnd(width)}  ${meaningOf(system, shown)}`);
  }
  const ok = inspected.every(({ findings }) => findings.every((finding) => finding.ok));
  return { text: lines.map((line) => `${printable(line)}\n`).join(''), ok };
}

/** A window in words. */
function meaningOf(system: System, window: Window | undefined): string {
  if (window === undefined) return 'no window, since no number is known';
  const { usedPercent, resetsAt, label } = window;
  const now = system.now();
  const amount = windowAmountText(window, ' of ');
  const clock =
    resetsAt === null ? null : clockTime(resetsAt, now, { clock: '24h', zone: localZone(system) });
  return [
    `${label}: ${usedPercent === null ? 'reset since then' : `${percentText(usedPercent)} used`}`,
    amount,
    resetsAt === null
      ? 'no reset'
      : resetsAt <= now
        ? 'its reset has passed'
        : `resets in ${countdown(resetsAt - now)}${clock === null ? '' : ` (${clock})`}`,
  ]
    .filter((text) => text !== null)
    .join(', ');
}
