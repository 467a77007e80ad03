import { reportFormat } from '../fetch/registry.ts';
import type { System } from '../platform/system.ts';
import type { Report } from '../usage/report.ts';
import { readStdinNow } from './stdin.ts';
import type { Input } from './stdin.ts';

/** What a session sent to its status line command. */
export interface StatuslineInput {
  readonly input: Input;
  /** Null for anything but the object of a session. */
  readonly report: Report | null;
}

/** Reads standard input and parses it. */
export async function readStatuslineInput(system: System): Promise<StatuslineInput> {
  const input = readStdinNow(system) ?? (await (await import('./stdin-stream.ts')).readStdinStream());
  return { input, report: reportFormat?.parse(input.text, system.now()) ?? null };
}
