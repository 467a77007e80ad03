import fs from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { provider } from '../../../src/fetch/antigravity/index.ts';
import { fakeSystem } from '../../support/system.ts';

/** Runs a program in place of `agy`, in a home directory in which `agy` is in use. */
async function runOf(directory: string, script: string) {
  const { root } = fakeSystem();
  fs.mkdirSync(join(root, '.gemini/antigravity-cli'), { recursive: true });
  fs.mkdirSync(join(root, directory), { recursive: true });
  fs.writeFileSync(join(root, directory, 'agy'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const env = { HOME: root, PATH: `${join(root, 'bin')}:/usr/bin:/bin`, DISPLAY: ':0', WAYLAND_DISPLAY: 'w' };
  const system = { ...fakeSystem({ home: () => root }), env };
  const session = await (await provider.connect()).authenticate(system);
  if (!session.ok) throw new Error(session.failure.code);
  const outcome = await session.value.send({ baseUrl: provider.baseUrl, timeoutMs: 20_000, userAgent: 'x' });
  return { root, outcome };
}

const answer = `echo '{"command":{"data":{"groups":[]}}}'`;

it('is run without updating itself, and without a way to a browser or a person', async () => {
  const { root, outcome } = await runOf(
    'bin',
    `{
      echo "$AGY_CLI_DISABLE_AUTO_UPDATE $BROWSER" "\${DISPLAY-none}" "\${WAYLAND_DISPLAY-none}"
      [ ! -c /dev/fd/0 ] && echo "no device, $(wc -c) bytes"
      pwd
    } > "$HOME/seen"; ${answer}`,
  );
  expect(outcome.ok).toBe(true);
  expect(fs.readFileSync(join(root, 'seen'), 'utf8')).toBe('true true none none\nno device, 0 bytes\n/\n');
});

it('is found where its installer puts it, though PATH lacks that', async () => {
  const { outcome } = await runOf('.local/bin', answer);
  expect(outcome).toMatchObject({ ok: true, value: { data: { groups: [] } } });
});
