import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { LATE, PATIENCE } from '../../support/patience.ts';
import { keychainModified, readKeychain } from '../../../src/fetch/claude/keychain.ts';
import { credentialsText, put } from '../../support/fetch-credentials.ts';
import { fakeSystem } from '../../support/system.ts';
import type { System } from '../../../src/platform/system.ts';

/** A keychain tool that records its arguments and then runs the script. */
function withTool(script: string, more: Partial<System> & { env?: Record<string, string> } = {}) {
  const { root } = fakeSystem();
  const tool = put(
    join(root, 'security'),
    `#!/bin/sh\nprintf '%s\\n' "$@" > '${root}/args'\n${script}\n`,
    0o700,
  );
  const system = fakeSystem({ platform: 'darwin', securityCommand: tool, ...more });
  return { system, root, args: () => readFileSync(join(root, 'args'), 'utf8').trim().split('\n') };
}
const printing = (text: string) => `cat <<'END'\n${text}\nEND`;
const found = (value: string) => ({ kind: 'found', value });
const failed = (reason: string) => ({ kind: 'failed', reason: expect.stringContaining(reason) });

/** How many pipes keep this process alive. */
const pipes = () => process.getActiveResourcesInfo().filter((name) => name === 'PipeWrap').length;

describe('reading', () => {
  test('queries the item of Claude Code and this user', async () => {
    const { system, args } = withTool(printing(credentialsText()));
    expect(await readKeychain(system)).toEqual(found(credentialsText()));
    expect(args()).toEqual(['find-generic-password', '-a', 'ada', '-w', '-s', 'Claude Code-credentials']);
  });

  test('queries the item of the configuration directory', async () => {
    const { system, args } = withTool('exit 44', { env: { CLAUDE_CONFIG_DIR: '/c' } });
    await readKeychain(system);
    const hash = createHash('sha256').update('/c').digest('hex').slice(0, 8);
    expect(args().at(-1)).toBe(`Claude Code-credentials-${hash}`);
  });

  test('omits the user where there is none', async () => {
    const { system, args } = withTool('exit 44', { userName: () => null });
    await readKeychain(system);
    expect(args()).toEqual(['find-generic-password', '-w', '-s', 'Claude Code-credentials']);
  });

  const text = credentialsText({ subscriptionType: 'mäx' });
  const hex = Buffer.from(text).toString('hex');
  test.each<[string, string, unknown]>([
    ['hex digits', printing(hex), found(text)],
    ['upper case hex digits', printing(hex.toUpperCase()), found(text)],
    ['hex digits that are no text', printing('fffe'), found('fffe')],
    ['an odd number of hex digits', printing('abc'), found('abc')],
    ['nothing', 'exit 0', found('')],
    ['no JSON', printing('secret'), found('secret')],
    ['a list', printing('[]'), found('[]')],
    ['an empty object', printing('{}'), found('{}')],
    ['only mcpOAuth', printing('{"mcpOAuth":{"a":1}}'), found('{"mcpOAuth":{"a":1}}')],
    ['that there is none', 'exit 44', { kind: 'absent' }],
    ['another error', 'echo secret; exit 36', failed('failed (36)')],
    ['its end by a signal', 'kill -TERM $$', failed('failed (killed)')],
    ['more than can be', 'head -c 1100000 /dev/zero', failed('too large')],
    ['more than can be, for ever', 'cat /dev/zero', failed('too large')],
  ])('of %s', async (_, script, answer) => {
    expect(await readKeychain(withTool(script).system)).toEqual(answer);
  });

  test('a tool that does not exist is a failure', async () => {
    expect(await readKeychain(fakeSystem({ platform: 'darwin' }))).toEqual(failed('cannot be run'));
  });

  test('a tool that the system refuses to start is a failure', async () => {
    // E2BIG: Node throws.
    const { system } = withTool('exit 44', { env: { TOO_LONG: 'x'.repeat(4_000_000) } });
    expect(await readKeychain(system)).toEqual(failed('cannot be run'));
    expect(await keychainModified(system)).toBeNull();
  });

  test.each([
    ['waits for ever', 'sleep 20'],
    ['leaves a child with its output', 'sleep 20 & exit 0'],
    ['ignores being asked to end', 'trap "" TERM; sleep 20 & wait'],
  ])('a tool that %s is a failure after 1.5 s', async (_, script) => {
    const start = performance.now();
    expect(await readKeychain(withTool(script).system)).toEqual(failed('in time'));
    expect(performance.now() - start).toBeGreaterThan(1400);
    expect(performance.now() - start).toBeLessThan(1500 + LATE);
  });

  test('a tool that takes too long is killed', async () => {
    const before = pipes();
    const { system, root } = withTool(
      `echo $$ > "$(dirname "$0")/pid"; trap "" TERM; sleep 600 & wait; sleep 600`,
    );
    await readKeychain(system);
    await vi.waitFor(() => expect(pipes()).toBe(before), { timeout: PATIENCE });
    const pid = Number(readFileSync(join(root, 'pid'), 'utf8'));
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), { timeout: PATIENCE });
  });

  test('the tool has no standard input and the environment of the system', async () => {
    const { system } = withTool('read -r line && exit 1; echo "$MARK"', {
      env: { MARK: 'seen', PATH: '/usr/bin:/bin' },
    });
    expect(await readKeychain(system)).toEqual(found('seen'));
  });
});

const attributes = (mdat: string) =>
  printing(`keychain: "/Users/ada/Library/Keychains/login.keychain-db"
version: 512
class: "genp"
attributes:
    0x00000007 <blob>="Claude Code-credentials"
    "acct"<blob>="ada"
    "cdat"<timedate>=0x32303235303130313030303030305A00  "20250101000000Z\\000"
    ${mdat}
    "svce"<blob>="Claude Code-credentials"`);

describe('the modification date', () => {
  const mdat = '"mdat"<timedate>=0x32303236313132303138323331325A00  "20261120182312Z\\000"';

  test('is found among the attributes, without reading the secret', async () => {
    const { system, args } = withTool(attributes(mdat));
    expect(await keychainModified(system)).toBe('20261120182312Z');
    expect(args()).toEqual(['find-generic-password', '-a', 'ada', '-s', 'Claude Code-credentials']);
  });

  test('is found in a time proportional to the text', async () => {
    const start = performance.now();
    const text = attributes(`$(yes '"mdat"<timedate>=' | head -n 40000 | tr -d '\\n')`);
    const script = text.replace("<<'END'", '<<END');
    expect(await keychainModified(withTool(script).system)).toBeNull();
    expect(performance.now() - start).toBeLessThan(LATE);
  });

  test.each([
    ['an item without one', attributes('"mdat"<timedate>=<NULL>')],
    ['an error', 'exit 1'],
  ])('is not known with %s', async (_, script) => {
    expect(await keychainModified(withTool(script).system)).toBeNull();
  });

  test('is `absent` without an item, which differs from any date', async () => {
    expect(await keychainModified(withTool('exit 44').system)).toBe('absent');
  });

  test('is unknown after 1 s', async () => {
    const start = performance.now();
    expect(await keychainModified(withTool('sleep 20').system)).toBeNull();
    expect(performance.now() - start).toBeLessThan(1000 + LATE);
  });
});
