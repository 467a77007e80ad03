import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { uninstallAll } from '../../src/commands/init-changes.ts';
import { installTarget, uninstallTarget } from '../../src/commands/init-changes.ts';
import type { CommandResult } from '../../src/commands/command.ts';
import { installedPath } from '../../src/init/installed.ts';
import { dataHome } from '../../src/init/runtime.ts';
import type { Install } from '../../src/init/target.ts';
import { TARGETS } from '../../src/init/targets/index.ts';
import { fakeSystem } from '../support/system.ts';
import type { FakeSystem } from '../support/system.ts';
import { isRoot } from '../support/user.ts';
import { aRuntime } from './runtime.ts';

/** An ordinary user: modes do not restrict root. */
const USER = 54_321;

/** Runs as an ordinary user, also if root runs the tests. */
function asOrdinaryUser<T>(act: () => T): T {
  if (!isRoot) return act();
  process.setegid?.(USER);
  process.seteuid?.(USER);
  try {
    return act();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}

const PATHS = [
  '.config',
  '.config/starship.toml',
  '.claude',
  '.claude/settings.json',
  '.claude/settings.json.before-usageline',
  '.claude/settings.json.usageline-new',
  '.local',
  '.local/bin',
  '.local/share',
  '.local/share/usageline',
  '.local/share/usageline/installed.json',
  '.local/share/usageline/installed.json.usageline-new',
  '.local/share/usageline/usageline-run',
  '.zshrc',
  '.zshrc.before-usageline',
];

const STATES: Record<string, (path: string) => void> = {
  'a file': (path) => fs.writeFileSync(path, 'text of the user'),
  'a closed file': (path) => fs.writeFileSync(path, 'text of the user', { mode: 0 }),
  'an empty directory': (path) => fs.mkdirSync(path),
  'a closed directory': (path) => fs.mkdirSync(path, { mode: 0 }),
  'a directory that cannot be written': (path) => fs.mkdirSync(path, { mode: 0o555 }),
  'a directory with something in it': (path) => fs.mkdirSync(join(path, 'entry'), { recursive: true }),
  'a link to itself': (path) => fs.symlinkSync(path, path),
  'a link to nowhere': (path) => fs.symlinkSync('/nonexistent/mine', path),
  'a link into a file': (path) => fs.symlinkSync('/etc/passwd/mine', path),
  'a link to a device': (path) => fs.symlinkSync('/dev/full', path),
  'a FIFO': (path) => void execFileSync('mkfifo', [path]),
};

type Action = [name: string, act: (system: FakeSystem) => CommandResult];

const ACTIONS: Action[] = (['zsh', 'starship', 'claude'] as const).flatMap((target): Action[] => {
  const job = (action: 'install' | 'uninstall', system: FakeSystem) => ({
    target,
    how: TARGETS[target].install as Install,
    action,
    file: null,
    yes: true,
    dryRun: false,
    notes: installedPath(dataHome({ env: system.env, home: system.root })),
  });
  const runtime = (system: FakeSystem) => aRuntime({ home: system.root, exists: fs.existsSync });
  const all: Action = [
    '--uninstall',
    (system) => uninstallAll(system, runtime(system), job('uninstall', system), ['claude']),
  ];
  return [
    [`${target} --install`, (system) => installTarget(system, runtime(system), job('install', system))],
    [`${target} --uninstall`, (system) => uninstallTarget(system, runtime(system), job('uninstall', system))],
    // Only once, after the last change.
    ...(target === 'claude' ? [all] : []),
  ];
});

/** The home directory of an ordinary user. Output is dropped, and `fsync` does nothing. */
function aHome(): FakeSystem {
  const system = fakeSystem({ uid: isRoot ? USER : (process.getuid?.() as number) });
  if (isRoot) fs.chownSync(system.root, USER, USER);
  const writeSync = ((fd: number, ...rest: [never]) =>
    fd === 1 ? (rest[0] as string).length : fs.writeSync(fd, ...rest)) as typeof fs.writeSync;
  return Object.assign(system, { fs: { ...fs, writeSync, fsyncSync: () => {} } });
}

describe('init handles every path in every state', () => {
  const cases = PATHS.flatMap((file) => Object.keys(STATES).map((state) => ({ file, state })));
  it.each(cases)('$file is $state', ({ file, state }) => {
    for (const before of ['nothing', 'installed']) {
      const system = aHome();
      const path = join(system.root, file);
      asOrdinaryUser(() => {
        if (before === 'installed')
          for (const [name, act] of ACTIONS) if (name.endsWith('-install')) act(system);
        fs.rmSync(path, { recursive: true, force: true });
        fs.mkdirSync(dirname(path), { recursive: true });
        STATES[state]?.(path);
        const inodeOf = (at: string) => fs.lstatSync(at, { throwIfNoEntry: false })?.ino;
        const inode = inodeOf(path);
        for (const [name, act] of ACTIONS) {
          const what = `${name}, ${before}`;
          const { exitCode, stdout, stderr } = act(system);
          expect([0, 1], what).toContain(exitCode);
          expect(stdout + stderr, what).not.toBe('');
          if (exitCode === 0) expect(stderr, what).toBe('');
          else expect(stderr, what).toMatch(/^usageline: .*\/.*: .+\n$/s);
        }
        // The user's file stays, unless it has usageline's name or is an empty directory.
        if (!file.includes('usageline') && /link|FIFO|something/.test(state))
          expect(inodeOf(path)).toBe(inode);
      });
      // A directory without permissions could not be removed after the tests.
      if (fs.lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) fs.chmodSync(path, 0o755);
    }
  });
});
