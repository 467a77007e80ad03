import fs from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MINUTE } from '../../src/usage/time.ts';
import { anEndpoint, fixture, json } from '../support/endpoint.ts';
import { Machine, touchNow, until } from '../support/program.ts';

/** A line of a transcript: one answer of a model, so long ago. */
function answered(id: string, ago: number, output: number): string {
  const usage = { input_tokens: 20, output_tokens: output, cache_creation_input_tokens: 0 };
  const message = { id, role: 'assistant', model: 'claude-opus-4-5', usage };
  const timestamp = new Date(Date.now() - ago).toISOString();
  return `${JSON.stringify({ type: 'assistant', requestId: `req_${id}`, timestamp, message })}\n`;
}

async function aMachineWithTranscripts(): Promise<{ machine: Machine; transcript: string }> {
  const endpoint = await anEndpoint(json(fixture('2026-04-18-max.json')));
  const machine = new Machine(endpoint.url);
  const project = join(machine.home, '.claude', 'projects', '-home-ada-work');
  fs.mkdirSync(project, { recursive: true });
  const transcript = join(project, 'session.jsonl');
  fs.writeFileSync(transcript, answered('a', MINUTE, 1000) + answered('b', MINUTE / 2, 980));
  touchNow(transcript);
  return { machine, transcript };
}

it('without a login the line shows how many tokens were used, and that it is an estimate', async () => {
  const { machine, transcript } = await aMachineWithTranscripts();
  fs.unlinkSync(machine.credentials);
  expect((await machine.run(['--wait'])).stdout).toBe('~5h 2k · ~7d 2k · sign in\n');

  // A prompt shows what the last scan found, for a minute; a caller that waits gets what is new at once.
  fs.appendFileSync(transcript, answered('c', 0, 980));
  touchNow(transcript);
  expect((await machine.run()).stdout).toBe('~5h 2k · ~7d 2k · sign in\n');
  const run = await machine.run(['--json']);
  expect(run.code).toBe(0);
  expect(JSON.parse(run.stdout)).toMatchObject({
    state: 'estimate',
    source: 'transcripts',
    windows: [],
    tokens: { five_hour: { total: 3020, input: 60, output: 2960 }, seven_day: { total: 3020 } },
    error: { code: 'no_credentials' },
  });
  expect((await machine.run()).stdout).toBe('~5h 3k · ~7d 3k · sign in\n');
});

/** As if the last scan were so long ago. */
function agePrepared({ cache }: Machine, ms: number): void {
  const path = join(cache, 'transcripts.json');
  const file = JSON.parse(fs.readFileSync(path, 'utf8'));
  fs.writeFileSync(path, JSON.stringify({ ...file, scanned_at: file.scanned_at - ms }));
}

it('a prompt shows an estimate that is older than a minute, and the worker prepares another', async () => {
  const { machine, transcript } = await aMachineWithTranscripts();
  fs.unlinkSync(machine.credentials);
  await machine.run(['--wait']);
  fs.appendFileSync(transcript, answered('c', 0, 980));
  touchNow(transcript);
  agePrepared(machine, 2 * MINUTE);
  const before = fs.readFileSync(join(machine.cache, 'transcripts.json'), 'utf8');
  expect((await machine.run()).stdout).toBe('~5h 2k · ~7d 2k · sign in\n');
  await until(() => fs.readFileSync(join(machine.cache, 'transcripts.json'), 'utf8') !== before);
  expect((await machine.run()).stdout).toBe('~5h 3k · ~7d 3k · sign in\n');
});

it('the first prompt without a login starts the worker, which prepares the estimate', async () => {
  const { machine } = await aMachineWithTranscripts();
  fs.unlinkSync(machine.credentials);
  expect((await machine.run()).stdout).toBe('…\n');
  await until(() => fs.existsSync(join(machine.cache, 'transcripts.json')));
  expect((await machine.run()).stdout).toBe('~5h 2k · ~7d 2k · sign in\n');
});

it('where no process may be started, a line scans by itself, once a minute', async () => {
  const { machine, transcript } = await aMachineWithTranscripts();
  const off = { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' };
  const line = async () => (await machine.run([], off)).stdout;
  expect(await line()).toBe('~5h 2k · ~7d 2k · disabled\n');
  fs.appendFileSync(transcript, answered('c', 0, 980));
  touchNow(transcript);
  expect(await line()).toBe('~5h 2k · ~7d 2k · disabled\n');
  agePrepared(machine, 2 * MINUTE);
  expect(await line()).toBe('~5h 3k · ~7d 3k · disabled\n');
  expect(fs.readdirSync(machine.cache).filter((name) => name.startsWith('background'))).toEqual([]);
});

it('a scan removes the file that only earlier versions have', async () => {
  const { machine } = await aMachineWithTranscripts();
  fs.unlinkSync(machine.credentials);
  await machine.run(['--wait']);
  fs.writeFileSync(join(machine.cache, 'transcripts.new'), '');
  await machine.run(['show', '--cached']);
  expect(fs.existsSync(join(machine.cache, 'transcripts.new'))).toBe(false);
});

it('the uninstaller removes what was counted with the rest of the cache', async () => {
  const { machine, transcript } = await aMachineWithTranscripts();
  fs.unlinkSync(machine.credentials);
  await machine.run(['--wait']);
  fs.appendFileSync(transcript, answered('c', 0, 980));
  touchNow(transcript);
  await machine.run();
  expect(fs.readdirSync(machine.cache)).toEqual(
    expect.arrayContaining(['transcripts.bin', 'transcripts.json']),
  );
  // Earlier versions have a third file, and a killed process leaves a temporary one.
  for (const name of ['transcripts.new', 'transcripts.bin.123']) {
    fs.writeFileSync(join(machine.cache, name), '');
  }
  expect(await machine.run(['init', '--uninstall', '--yes'])).toMatchObject({ stderr: '', code: 0 });
  expect(fs.existsSync(join(machine.home, '.cache', 'usageline'))).toBe(false);
});

it('transcripts are not scanned while there are numbers of the endpoint', async () => {
  const { machine } = await aMachineWithTranscripts();
  expect((await machine.run(['--wait'])).stdout).toBe('5h 22% 4h37m · 7d 33% 4d3h\n');
  expect(fs.existsSync(join(machine.cache, 'transcripts.json'))).toBe(false);
});
