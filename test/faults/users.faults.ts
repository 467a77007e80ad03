import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { fixture, json } from '../support/endpoint.ts';
import type { Answer } from '../support/endpoint.ts';
import { until } from '../support/program.ts';
import type { Machine, Run } from '../support/program.ts';
import { removeAtTheEnd } from '../support/remove.ts';
import { describeWith } from '../support/tools.ts';
import { as, describeAsRoot } from './disk-mounts.ts';
import { fault, know, processesOf, recordRows, runWith } from './harness.ts';
import type { Observed } from './harness.ts';
import { aMachineWith, copyOfTheProgram } from './process-copy.ts';

/* Several users on one machine: others who can write to the cache's directories, and root in the home of a user. */

recordRows('users');

const copy = copyOfTheProgram();

const USER = 54_321;
const OTHER = 54_322;
const SHARED_GROUP = 54_400;
const FRESH = '5h 22% 4h37m · 7d 33% 4d3h';
const UNWRITABLE = 'cache not writable';
const WAIT = ['--wait', '--timeout', '10'];
const WITHIN = 10_000;
const PRECIOUS = 'years of work\n';

const usage = json(fixture('2026-04-18-max.json'));

/** A user who belongs to a second group as well. */
const inGroup = (user: number, command: readonly string[]) => [
  'setpriv',
  `--reuid=${user}`,
  `--regid=${user}`,
  `--groups=${SHARED_GROUP}`,
  '--',
  ...command,
];

interface Household {
  readonly machine: Machine;
  readonly requests: () => number;
  /** A command that the user runs, or root with the user's home. */
  readonly byUser: (args?: readonly string[], env?: Record<string, string>) => Promise<Run>;
  readonly byRoot: (args?: readonly string[], env?: Record<string, string>) => Promise<Run>;
  /** A file of the user that no command may change. */
  readonly precious: string;
}

/** A machine whose home belongs to a user, with the program for every user. */
async function household(during: () => void = () => {}): Promise<Household> {
  const answer: Answer = (request, response) => {
    during();
    usage(request, response);
  };
  const { endpoint, machine } = await aMachineWith(copy, answer);
  const precious = join(machine.home, '.profile');
  fs.writeFileSync(precious, PRECIOUS, { mode: 0o600 });
  give(machine.home);
  const run =
    (user: readonly string[]) =>
    (args: readonly string[] = [], env: Record<string, string> = {}) =>
      runWith([...user, ...copy, ...args], { ...machine.env, ...env });
  return {
    machine,
    requests: () => endpoint.requests.length,
    byUser: run(inGroup(USER, [])),
    byRoot: run([]),
    precious,
  };
}

/** Gives everything below a path to a user. */
function give(path: string, user = USER): void {
  execFileSync('chown', ['-hR', `${user}:${user}`, path]);
}

/** A directory outside of all homes that root has created with the given mode. */
function aDirectory(mode: number): string {
  const top = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'usageline-shared-'));
  removeAtTheEnd(top);
  fs.chmodSync(top, 0o755);
  const directory = join(top, 'caches');
  fs.mkdirSync(directory);
  fs.chownSync(directory, 0, SHARED_GROUP);
  fs.chmodSync(directory, mode);
  return directory;
}

/** Runs a script as another user, who is in the shared group. The test ignores errors of the script. */
function byOther(script: string, ...args: string[]): void {
  spawnSync('setpriv', [...inGroup(OTHER, ['sh', '-c', script, 'sh', ...args])].slice(1));
}

/** Paths below a directory, links not followed. */
function* below(directory: string): Generator<string> {
  for (const name of fs.readdirSync(directory)) {
    const path = join(directory, name);
    yield path;
    if (fs.lstatSync(path).isDirectory()) yield* below(path);
  }
}

/** Fails when anything below the home is not the user's. */
function allTheUsers({ home }: Machine): string {
  const others = [...below(home)].filter((path) => fs.lstatSync(path).uid !== USER);
  expect(others).toEqual([]);
  return 'all of the home is the user’s';
}

function untouched(path: string): string {
  expect(fs.readFileSync(path, 'utf8')).toBe(PRECIOUS);
  return 'the other file untouched';
}

/** Creates links to a file under every name that a request could write next. */
const EXCHANGE = `
cd "$1" && mv usageline aside && mkdir -p usageline/claude/ready && chmod -R 777 usageline
cd usageline/claude && for n in 1 2 3; do ln -s "$2" attempt.$n; done
for name in usage.json usage.lock statusline.json .new.0 CACHEDIR.TAG; do ln -s "$2" $name; done
exit 0`;

describeAsRoot('other users in the directory above the cache', () => {
  const exchanged = async (mode: number): Promise<Observed> => {
    const caches = aDirectory(mode);
    const { machine, byUser, requests, precious } = await household(() =>
      byOther(EXCHANGE, caches, precious),
    );
    const root = join(caches, 'usageline');
    fs.mkdirSync(join(root, 'claude'), { recursive: true, mode: 0o700 });
    give(root);
    const run = await byUser(WAIT, { XDG_CACHE_HOME: caches });
    const files = `${untouched(precious)}, ${allTheUsers(machine)}`;
    expect(fs.existsSync(join(caches, 'aside'))).toBe(true);
    expect(fs.readdirSync(join(caches, 'aside', 'claude'))).toEqual([]);
    return { run, requests: requests(), files };
  };
  fault(
    'users-01',
    'everyone can write it, and another user exchanges the cache for links during a request',
    { prints: `${FRESH} · ${UNWRITABLE}`, requests: 1, within: WITHIN },
    () => exchanged(0o777),
  );
  fault(
    'users-02',
    'the same where a group can write it',
    { prints: `${FRESH} · ${UNWRITABLE}`, requests: 1, within: WITHIN },
    () => exchanged(0o2775),
  );
  fault(
    'users-03',
    'everyone can write it, five prompts',
    { prints: UNWRITABLE, requests: 0, within: WITHIN },
    async () => {
      const caches = aDirectory(0o777);
      const { byUser, requests } = await household();
      const runs: Run[] = [];
      for (let count = 0; count < 5; count += 1) runs.push(await byUser([], { XDG_CACHE_HOME: caches }));
      expect(new Set(runs.map(({ stdout }) => stdout)).size).toBe(1);
      expect(fs.readdirSync(caches)).toEqual([]);
      return { run: runs[0] as Run, requests: requests(), files: 'none' };
    },
  );
  fault(
    'users-04',
    'everyone can write it, with the sticky bit: no other user can exchange anything',
    { prints: FRESH, requests: 1, within: WITHIN },
    async () => {
      const caches = aDirectory(0o1777);
      const { byUser, requests, precious } = await household(() => byOther(EXCHANGE, caches, precious));
      const env = { XDG_CACHE_HOME: caches };
      await byUser(WAIT, env);
      const run = await byUser([], env);
      const { uid, mode } = fs.statSync(join(caches, 'usageline', 'claude', 'usage.json'));
      expect([uid, mode & 0o777]).toEqual([USER, 0o600]);
      return { run, requests: requests(), files: `${untouched(precious)}, cached` };
    },
  );
  fault(
    'users-05',
    'the user’s own group can write it, and has no other member (umask 002)',
    { prints: FRESH, requests: 1, within: WITHIN },
    async () => {
      const { machine, byUser, requests } = await household();
      const caches = join(machine.home, '.cache');
      fs.mkdirSync(caches);
      give(caches);
      fs.chmodSync(caches, 0o775);
      await byUser(WAIT);
      return { run: await byUser(), requests: requests(), files: allTheUsers(machine) };
    },
  );
  fault(
    'users-06',
    'another user’s link to the home of the user is there first',
    { prints: `${FRESH} · ${UNWRITABLE}`, requests: 1, within: WITHIN },
    async () => {
      const caches = aDirectory(0o1777);
      const { machine, byUser, requests } = await household();
      byOther('ln -s "$1" "$2/usageline"', machine.home, caches);
      const before = fs.readdirSync(machine.home);
      const run = await byUser(WAIT, { XDG_CACHE_HOME: caches });
      expect(fs.readdirSync(machine.home)).toEqual(before);
      return { run, requests: requests(), files: 'nothing in the home, no CACHEDIR.TAG' };
    },
  );
  fault(
    'users-07',
    'everyone can write the cache, and another user has put a line there: it is not read',
    { prints: UNWRITABLE, requests: 0, within: WITHIN },
    async () => {
      const { machine, byUser, requests } = await household();
      await byUser(WAIT);
      await byUser();
      const ready = join(machine.cache, 'ready', 'plain');
      fs.writeFileSync(ready, fs.readFileSync(ready, 'utf8').replaceAll('5h 22%', '5h 99%'));
      expect((await byUser()).stdout).toContain('99%');
      fs.chmodSync(join(machine.cache, '..'), 0o777);
      const run = await byUser();
      return { run, requests: requests() - 1, files: 'unchanged' };
    },
  );
  fault(
    'users-08',
    'everyone can write the cache, and where it names an account lie 1.9 GB of another user',
    { prints: UNWRITABLE, requests: 0, within: 5000 },
    async () => {
      const { machine, byUser, requests } = await household();
      const account = join(machine.home, 'work');
      fs.mkdirSync(account);
      give(account);
      const root = join(machine.home, '.cache', 'usageline');
      fs.mkdirSync(join(root, 'accounts'), { recursive: true });
      give(join(machine.home, '.cache'));
      for (const path of [machine.home, join(machine.home, '.cache')]) fs.chmodSync(path, 0o755);
      for (const path of [root, join(root, 'accounts')]) fs.chmodSync(path, 0o777);
      const named = join(root, 'accounts', encodeURIComponent(account));
      byOther('truncate -s 1900M "$1"', named);
      expect(fs.statSync(named)).toMatchObject({ uid: OTHER, size: 1900 * 1024 * 1024 });
      const run = await byUser([], { CLAUDE_CONFIG_DIR: account });
      return { run, requests: requests(), files: 'not read' };
    },
  );
});

describeAsRoot('root with the home of a user', () => {
  fault(
    'users-09',
    'the first call ever, which asks: nothing is made',
    { prints: `${FRESH} · ${UNWRITABLE}`, requests: 1, within: WITHIN },
    async () => {
      const { machine, byRoot, byUser, requests } = await household();
      const before = [...below(machine.home)];
      const run = await byRoot(WAIT);
      const asked = requests();
      expect([...below(machine.home)]).toEqual(before);
      for (const args of [
        [],
        ['refresh'],
        ['show'],
        ['statusline'],
        ['ready', 'zsh'],
        ['cache', 'clear'],
        ['tokens'],
      ])
        await byRoot(args);
      expect([...below(machine.home)]).toEqual(before);
      await byUser(WAIT);
      expect((await byUser()).stdout).toBe(`${FRESH}\n`);
      return { run, requests: asked, files: allTheUsers(machine) };
    },
  );
  fault(
    'users-10',
    'a prompt and the hooks’ own calls in a cache without prerendered lines',
    { prints: '5h 42%', requests: 0, within: WITHIN },
    async () => {
      const { machine, byRoot, byUser, requests } = await household();
      know(machine, 60_000 + 1000);
      give(join(machine.home, '.cache'));
      const before = [...below(machine.home)];
      const run = await byRoot();
      await byRoot(['ready', 'zsh']);
      await byRoot(['ready', 'zsh', '--refresh']);
      expect([...below(machine.home)]).toEqual(before);
      await until(() => processesOf(machine).length === 0);
      const asked = requests();
      await byUser();
      expect(fs.statSync(join(machine.cache, 'ready')).uid).toBe(USER);
      return { run, requests: asked, files: allTheUsers(machine) };
    },
  );
  fault(
    'users-11',
    'the user exchanges the cache for links to a file of root during a request',
    { prints: `${FRESH} · ${UNWRITABLE}`, requests: 1, within: WITHIN },
    async () => {
      const secret = join(aDirectory(0o700), 'secret');
      fs.writeFileSync(secret, PRECIOUS, { mode: 0o600 });
      const { machine, byRoot, requests } = await household(() => {
        const user = as(USER, ['sh', '-c', EXCHANGE, 'sh', join(machine.home, '.cache'), secret]);
        execFileSync(user[0] as string, user.slice(1));
      });
      fs.mkdirSync(machine.cache, { recursive: true, mode: 0o700 });
      give(join(machine.home, '.cache'));
      const run = await byRoot(WAIT);
      return { run, requests: requests(), files: `${untouched(secret)}, ${allTheUsers(machine)}` };
    },
  );
  fault(
    'users-12',
    'the user has replaced all files and directories by links to files of root',
    { prints: /22%.*cache not writable$/m, requests: 1, within: WITHIN },
    async () => {
      const directory = aDirectory(0o700);
      const secret = join(directory, 'secret');
      fs.writeFileSync(secret, PRECIOUS, { mode: 0o600 });
      const { machine, byRoot, requests } = await household();
      // A directory of root; the directories above it belong to the user.
      fs.mkdirSync(join(directory, 'usageline'));
      fs.mkdirSync(join(machine.home, '.cache'));
      fs.symlinkSync(directory, join(machine.home, '.cache', 'linked'));
      give(join(machine.home, '.cache'));
      const run = await byRoot(WAIT, { XDG_CACHE_HOME: join(machine.home, '.cache', 'linked') });
      expect(fs.readdirSync(join(directory, 'usageline'))).toEqual([]);
      return { run, requests: requests(), files: untouched(secret) };
    },
  );

  const painted = async (by: 'byRoot' | 'byUser'): Promise<Observed> => {
    const home = await household();
    await home.byUser(WAIT);
    await home.byUser();
    const ready = join(home.machine.cache, 'ready', 'plain');
    const text = fs.readFileSync(ready, 'utf8');
    fs.writeFileSync(ready, text.replaceAll(/ 5h/g, ' \u001B]0;OWNED\u0007\u001B]52;c;aGk=\u0007 5h'));
    return {
      run: await home[by](),
      requests: home.requests(),
      files: 'escape sequences in the prerendered line',
    };
  };
  fault(
    'users-13',
    'the user’s prerendered line has escape sequences for root’s terminal in it',
    { prints: FRESH, requests: 1, within: WITHIN },
    () => painted('byRoot'),
  );
  fault(
    'users-14',
    'the same, for the user: no line of this program has them',
    { prints: FRESH, requests: 1, within: WITHIN },
    () => painted('byUser'),
  );
});

describeAsRoot('other files where the cache is', () => {
  fault(
    'users-15',
    'USAGELINE_CACHE_DIR is a directory with a thesis in it, and a backup leaves out caches',
    { prints: FRESH, requests: 1, within: WITHIN },
    async () => {
      const { machine, byUser, requests } = await household();
      const work = join(machine.home, 'work');
      fs.mkdirSync(work);
      fs.writeFileSync(join(work, 'thesis.tex'), PRECIOUS);
      give(work);
      const run = await byUser(WAIT, { USAGELINE_CACHE_DIR: work });
      const archive = join(machine.home, 'archive.tar');
      execFileSync('tar', ['--exclude-caches', '-cf', archive, '-C', machine.home, 'work']);
      const archived = execFileSync('tar', ['-tf', archive], { encoding: 'utf8' }).split('\n');
      expect(archived).toContain('work/thesis.tex');
      return { run, requests: requests(), files: 'the thesis is in the backup' };
    },
  );
  const NUMBERED = ['attempt.999999999999', 'attempt.9007199254740991', 'background.999999999999'];
  fault(
    'users-16',
    `${NUMBERED.join(', ')} and a directory of such a name are in the cache`,
    { prints: FRESH, requests: 1, within: WITHIN },
    async () => {
      const { machine, byUser, requests } = await household();
      fs.mkdirSync(join(machine.cache, 'attempt.888888888888'), { recursive: true, mode: 0o700 });
      for (const name of NUMBERED) fs.writeFileSync(join(machine.cache, name), '{}');
      give(join(machine.home, '.cache'));
      const run = await byUser(WAIT);
      const names = fs.readdirSync(machine.cache);
      expect(names).toContain('attempt.1');
      return { run, requests: requests(), files: 'attempt.1 is the first' };
    },
  );
  fault(
    'users-17',
    'the same, five prompts: the process behind them is started',
    { prints: FRESH, requests: 1, within: WITHIN },
    async () => {
      const { machine, byUser, requests } = await household();
      fs.mkdirSync(machine.cache, { recursive: true, mode: 0o700 });
      for (const name of NUMBERED) fs.writeFileSync(join(machine.cache, name), '{}');
      give(join(machine.home, '.cache'));
      for (let count = 0; count < 4; count += 1) await byUser();
      await until(() => fs.existsSync(join(machine.cache, 'usage.json')));
      await until(() => processesOf(machine).length === 0);
      return { run: await byUser(), requests: requests(), files: 'background.1 is the first' };
    },
  );
});

describeAsRoot('a disk that keeps whole seconds', () => {
  describeWith('mkfs.ext4', 'for the cache, and the login on another', () => {
    fault(
      'users-18',
      'the launcher prints without the program (ext4 with inodes of 128 bytes)',
      { prints: FRESH, requests: 1, within: WITHIN },
      async () => {
        const { machine, byRoot, requests } = await household();
        give(machine.home, 0);
        const caches = join(machine.home, '.cache');
        const image = join(aDirectory(0o755), 'image');
        fs.writeFileSync(image, '');
        fs.truncateSync(image, 8 * 1024 * 1024);
        execFileSync('mkfs.ext4', ['-q', '-I', '128', image], { stdio: 'ignore' });
        fs.mkdirSync(caches, { mode: 0o700 });
        execFileSync('mount', ['-o', 'loop', image, caches]);
        onTestFinished(() => void spawnSync('umount', ['-l', caches]));
        const login = Math.floor(Date.now() / 1000) - 60 + 0.6;
        fs.utimesSync(machine.credentials, login, login);
        await byRoot(WAIT);
        await byRoot(['ready', 'plain']);
        const ready = join(machine.cache, 'ready');
        const time = (name: string) => fs.statSync(join(ready, name)).mtimeMs;
        expect(time('since.1') % 1000).toBe(0);
        expect(time('since.1')).toBeLessThan(fs.statSync(machine.credentials).mtimeMs);
        expect(time('till.1')).toBeGreaterThan(fs.statSync(machine.credentials).mtimeMs);
        const tools = aDirectory(0o755);
        fs.writeFileSync(join(tools, 'usageline'), '#!/bin/sh\necho the program was asked\n', {
          mode: 0o755,
        });
        const launcher = new URL('../../bin/usageline-prompt', import.meta.url).pathname;
        const run = await runWith(['sh', launcher], { ...machine.env, PATH: `${tools}:${machine.env.PATH}` });
        return { run, requests: requests(), files: 'since and till enclose the login' };
      },
    );
  });
});
