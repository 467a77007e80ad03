import fs from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { healthOf } from '../../src/init/health.ts';
import type { Installed } from '../../src/init/installed.ts';
import { fakeSystem } from '../support/system.ts';
import type { FakeSystem } from '../support/system.ts';
import { itAsRoot } from '../support/user.ts';

const OTHER = 54_322;

/** A runner that creates a file when it is executed, in a directory of its own, and a record that names it. */
function aRunner(system: FakeSystem): { directory: string; isStarted: () => boolean; installed: Installed } {
  const directory = join(system.root, 'shared');
  const [path, marker] = [join(directory, 'usageline-run'), join(system.root, 'started')];
  fs.mkdirSync(directory);
  fs.writeFileSync(path, `#!/bin/sh\nnode='/gone/node' script='/gone/hot.cjs'\ntouch '${marker}'\n`);
  const common = { created: true, command: null };
  return {
    directory,
    isStarted: () => fs.existsSync(marker),
    installed: {
      files: [
        { ...common, target: 'zsh', kind: 'block', path: join(system.root, '.zshrc'), users: null },
        { ...common, target: 'sh', kind: 'whole', path, users: ['sh', 'zsh'] },
      ],
      directories: [],
    },
  };
}

it('the runner of the user is executed to see what it would start', () => {
  const system = fakeSystem();
  const { installed, isStarted } = aRunner(system);
  expect(healthOf(system, installed).flat().join('\n')).toContain(
    '/gone/node and /gone/hot.cjs are not found',
  );
  expect(isStarted()).toBe(true);
});

it('a runner in a directory that other users can write is not executed', () => {
  const system = fakeSystem();
  const { directory, installed, isStarted } = aRunner(system);
  fs.chmodSync(directory, 0o777);
  expect(healthOf(system, installed).flat().join('\n')).toContain(
    `usageline-run is not started: ${directory} can be written by everyone`,
  );
  expect(isStarted()).toBe(false);
});

itAsRoot('starts no runner of another user, for root', () => {
  const system = fakeSystem();
  const { directory, installed, isStarted } = aRunner(system);
  fs.chownSync(join(directory, 'usageline-run'), OTHER, OTHER);
  expect(healthOf(system, installed).flat().join('\n')).toContain(`it belongs to user ${OTHER}`);
  fs.chownSync(directory, OTHER, OTHER);
  expect(healthOf(system, installed).flat().join('\n')).toContain(`${directory} belongs to user ${OTHER}`);
  expect(isStarted()).toBe(false);
});
