import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import { readClaims } from '../../src/cache/claims.ts';
import { parseEntry } from '../support/claude.ts';
import { parseBackoff } from '../../src/cache/backoff.ts';
import { HOUR, SECOND } from '../../src/usage/time.ts';
import { fixture, json } from '../support/endpoint.ts';
import type { Endpoint } from '../support/endpoint.ts';
import { TOKEN, until } from '../support/program.ts';
import type { Machine, Run } from '../support/program.ts';
import { removeTree } from '../support/remove.ts';
import { fakeSystem } from '../support/system.ts';
import { describeWith } from '../support/tools.ts';
import {
  as,
  asNobody,
  chattr,
  describeAsRoot,
  fill,
  giveAway,
  mountedOnItself,
  mountTmpfs,
} from './disk-mounts.ts';
import { alike, CONTENTS, DIRECTORY, LINK, NO_FILES, plant } from './disk-strange.ts';
import { fault, goodDataKept, know, KNOWN, lockWords, processesOf, recordRows, runWith } from './harness.ts';
import type { Observed } from './harness.ts';
import { aMachineWith, copyOfTheProgram } from './process-copy.ts';

recordRows('disk');

const copy = copyOfTheProgram();

/** The response of these machines' endpoint. */
const FRESH = '5h 22% 4h37m · 7d 33% 4d3h';
const UNWRITABLE = 'cache not writable';
const WAIT = ['--wait', '--timeout', '10'];
/** Every call ends within its deadline, also on a busy machine. */
const WITHIN = 10_000;

type World = Awaited<ReturnType<typeof aMachineWith>>;

/** A machine with numbers of twelve minutes ago. */
async function knowing(prepare: (world: World) => void | Promise<void> = () => {}): Promise<World> {
  const world = await aMachineWith(copy);
  know(world.machine);
  await prepare(world);
  return world;
}

const noted = ({ endpoint }: { endpoint: Endpoint }, run: Run, files: string): Observed => ({
  run,
  requests: endpoint.requests.length,
  files,
});

/** One waiting call. */
async function waited(world: World, files: (machine: Machine) => string, env = {}): Promise<Observed> {
  const run = await world.machine.run(WAIT, env);
  return noted(world, run, files(world.machine));
}

/** Five prompts in a row. */
async function fiveLines(
  world: World,
  files: (machine: Machine) => string,
  run = () => world.machine.run(),
): Promise<Observed> {
  const runs: Run[] = [];
  for (let count = 0; count < 5; count += 1) runs.push(await run());
  expect(new Set(runs.map(({ stdout }) => stdout)).size).toBe(1);
  // A worker that one of them started sends its request before it is gone.
  await until(() => processesOf(world.machine).length === 0);
  return noted(world, runs[0] as Run, files(world.machine));
}

function newData(machine: Machine): string {
  expect(machine.read('usage.json').data.five_hour.utilization).toBe(22);
  return 'new data';
}

function nothingIn(path: string): string {
  expect(fs.existsSync(path) ? fs.readdirSync(path) : []).toEqual([]);
  return 'none';
}

const names = (machine: Machine) => fs.readdirSync(machine.cache).sort();

describeAsRoot('disks that are full or read-only', () => {
  const full = () =>
    knowing(({ machine }) => {
      mountTmpfs(machine.cache, 'size=64k');
      know(machine);
      fill(machine.cache);
    });
  const noInodes = () =>
    knowing(({ machine }) => {
      mountTmpfs(machine.cache, 'nr_inodes=5');
      know(machine);
      for (let count = 0; count < 3; count += 1) fs.writeFileSync(join(machine.cache, `other.${count}`), '');
      expect(() => fs.writeFileSync(join(machine.cache, 'other.4'), '')).toThrow('ENOSPC');
    });
  const readOnly = () => knowing(({ machine }) => mountedOnItself(machine.cache)());

  const worlds: [string, () => Promise<World>][] = [
    ['full disk', full],
    ['no inode left', noInodes],
    ['read-only file system', readOnly],
  ];
  worlds.forEach(([name, world], index) => {
    const id = (number: number) => `disk-0${2 * index + number}`;
    fault(
      id(1),
      `${name}, a waiting call`,
      { prints: `${FRESH} · ${UNWRITABLE}`, requests: 1, within: WITHIN },
      async () => waited(await world(), goodDataKept),
    );
    fault(
      id(2),
      `${name}, five prompts`,
      { prints: `${KNOWN} · ${UNWRITABLE}`, requests: 0, within: WITHIN },
      async () => fiveLines(await world(), goodDataKept),
    );
  });

  fault(
    'disk-07',
    'room for one page of an entry of several',
    { prints: /^5h 22% 4h37m · cache not writable$/m, requests: 1, within: WITHIN },
    async () => {
      const five_hour = fixture('2026-04-18-max.json').five_hour;
      const world = await aMachineWith(copy, json({ five_hour, filler: 'x'.repeat(20_000) }));
      mountTmpfs(world.machine.cache, 'size=64k');
      know(world.machine);
      // A page each for the attempt, the lock and its temporary file, and one for the start of the entry.
      fill(world.machine.cache, 4 * 4096);
      return waited(world, goodDataKept);
    },
  );
  fault(
    'disk-08',
    'remounted read-only while the request is under way',
    { prints: `${FRESH} · ${UNWRITABLE}`, requests: 1, within: WITHIN },
    async () => {
      const world = await knowing();
      const { answer } = world.endpoint;
      const remount = mountedOnItself(world.machine.cache);
      world.endpoint.answer = (request, response) => {
        remount();
        answer(request, response);
      };
      return waited(world, goodDataKept);
    },
  );
  fault(
    'disk-09',
    'full disk, with XDG_RUNTIME_DIR: two waiting calls',
    { prints: KNOWN, requests: 1, within: WITHIN },
    async () => {
      const world = await full();
      world.machine.env.XDG_RUNTIME_DIR = world.machine.home;
      expect((await world.machine.run(WAIT)).stdout).toBe(`${FRESH} · ${UNWRITABLE}\n`);
      return waited(
        world,
        (machine) => `${goodDataKept(machine)}, the request noted in the runtime directory`,
      );
    },
  );
  fault(
    'disk-10',
    'full disk that has room again',
    { prints: FRESH, requests: 1, within: WITHIN },
    async () => {
      const world = await full();
      expect((await world.machine.run()).stdout).toBe(`${KNOWN} · ${UNWRITABLE}\n`);
      fs.unlinkSync(join(world.machine.cache, 'filler'));
      return waited(world, newData);
    },
  );

  describeWith('chattr', 'files that may not be changed', () => {
    fault(
      'disk-11',
      'usage.json is immutable',
      { prints: `${FRESH} · ${UNWRITABLE}`, requests: 1, within: WITHIN },
      async () => {
        const world = await knowing();
        expect(chattr('i', join(world.machine.cache, 'usage.json'))).toBe(true);
        const first = await waited(world, goodDataKept);
        // The request is on record although the entry is not.
        expect((await world.machine.run(WAIT)).stdout).toBe(`${KNOWN}\n`);
        return noted(world, first.run, first.files);
      },
    );
    fault(
      'disk-12',
      'the directory is immutable, five prompts',
      { prints: `${KNOWN} · ${UNWRITABLE}`, requests: 0, within: WITHIN },
      async () => {
        const world = await knowing();
        expect(chattr('i', world.machine.cache)).toBe(true);
        return fiveLines(world, goodDataKept);
      },
    );
    fault(
      'disk-13',
      'the directory is append-only',
      { prints: new RegExp(`^${FRESH} · ${UNWRITABLE}$`, 'm'), requests: 1, within: WITHIN },
      async () => {
        const world = await knowing();
        expect(chattr('a', world.machine.cache)).toBe(true);
        return waited(world, goodDataKept);
      },
    );
  });
});

describe('limits on file sizes', () => {
  const limited = async (blocks: number): Promise<Observed> => {
    const world = await knowing();
    const command = ['sh', '-c', `ulimit -f ${blocks} && exec "$@"`, 'sh', ...copy, ...WAIT];
    return noted(world, await runWith(command, world.machine.env), goodDataKept(world.machine));
  };
  fault(
    'disk-14',
    'no file may have any content (ulimit -f 0)',
    { prints: `${FRESH} · ${UNWRITABLE}`, requests: 1, within: WITHIN },
    () => limited(0),
  );
  fault(
    'disk-15',
    'a file may have one block (ulimit -f 1): too little for the entry',
    { prints: `${FRESH} · ${UNWRITABLE}`, requests: 1, within: WITHIN },
    () => limited(1),
  );
});

describeAsRoot('a user without permission', () => {
  /** A machine of a user other than root, who runs the program. */
  const asOtherUser = async (prepare: (machine: Machine) => void, known = true) => {
    const world = await aMachineWith(copy);
    if (known) know(world.machine);
    giveAway(world.machine.home);
    prepare(world.machine);
    const run = (args: readonly string[] = [], env: Record<string, string> = {}) =>
      runWith(asNobody([...copy, ...args]), { ...world.machine.env, ...env });
    return { ...world, run };
  };
  const file = ({ cache }: Machine, name: string) => join(cache, name);
  /** Makes a file readable for root only. */
  const lock = (path: string, mode: number) => {
    fs.chownSync(path, 0, 0);
    fs.chmodSync(path, mode);
  };

  fault(
    'disk-16',
    'usage.json may not be read',
    { prints: `… · cache not readable`, requests: 1, within: WITHIN },
    async () => {
      const world = await asOtherUser((machine) => lock(file(machine, 'usage.json'), 0o600));
      const run = await world.run();
      await until(() => world.machine.read('usage.json').data.five_hour.utilization === 22, 20_000);
      return noted(world, run, `${newData(world.machine)}: the refresh behind it replaced the file`);
    },
  );
  fault(
    'disk-17',
    'the cache directory may not be written, five prompts',
    { prints: `${KNOWN} · ${UNWRITABLE}`, requests: 0, within: WITHIN },
    async () => {
      const world = await asOtherUser((machine) => fs.chmodSync(machine.cache, 0o500));
      return fiveLines(world, goodDataKept, () => world.run());
    },
  );
  fault(
    'disk-18',
    'the cache directory may not be written, a waiting call',
    { prints: `${FRESH} · ${UNWRITABLE}`, requests: 1, within: WITHIN },
    async () => {
      const world = await asOtherUser((machine) => fs.chmodSync(machine.cache, 0o500));
      return noted(world, await world.run(WAIT), goodDataKept(world.machine));
    },
  );
  fault(
    'disk-19',
    'the same with XDG_RUNTIME_DIR, two calls',
    { prints: KNOWN, requests: 1, within: WITHIN },
    async () => {
      const world = await asOtherUser((machine) => fs.chmodSync(machine.cache, 0o500));
      const env = { XDG_RUNTIME_DIR: world.machine.home };
      expect((await world.run(WAIT, env)).stdout).toBe(`${FRESH} · ${UNWRITABLE}\n`);
      return noted(world, await world.run(WAIT, env), goodDataKept(world.machine));
    },
  );
  fault(
    'disk-20',
    'the cache directory may not be entered, five prompts',
    { prints: /^(… · )?cache not (readable|writable)$/m, requests: 0, within: WITHIN },
    async () => {
      const world = await asOtherUser((machine) => fs.chmodSync(machine.cache, 0o000));
      return fiveLines(world, goodDataKept, () => world.run());
    },
  );
  fault(
    'disk-21',
    'usage.lock may not be read: it is replaced',
    { prints: FRESH, requests: 1, within: WITHIN },
    async () => {
      const world = await asOtherUser((machine) => {
        fs.writeFileSync(file(machine, 'usage.lock'), '{"blocked_until":1}');
        lock(file(machine, 'usage.lock'), 0o600);
      });
      return noted(world, await world.run(WAIT), `${newData(world.machine)}, ${lockWords(world.machine)}`);
    },
  );
  fault(
    'disk-22',
    'the credentials may not be read',
    { prints: `${KNOWN} · sign in`, requests: 0, within: WITHIN },
    async () => {
      const world = await asOtherUser((machine) => lock(machine.credentials, 0o600));
      const run = await world.run(WAIT);
      return noted(world, run, `${goodDataKept(world.machine)}, ${lockWords(world.machine)}`);
    },
  );
  fault(
    'disk-23',
    "Claude Code's directory may not be entered",
    { prints: `${KNOWN} · sign in`, requests: 0, within: WITHIN },
    async () => {
      const world = await asOtherUser((machine) => lock(join(machine.home, '.claude'), 0o700));
      const run = await world.run(WAIT);
      return noted(world, run, `${goodDataKept(world.machine)}, ${lockWords(world.machine)}`);
    },
  );
  fault(
    'disk-24',
    'HOME may not be written and there is no cache yet, five prompts',
    { prints: UNWRITABLE, requests: 0, within: WITHIN },
    async () => {
      const world = await asOtherUser((machine) => fs.chmodSync(machine.home, 0o500), false);
      return fiveLines(
        world,
        ({ home }) => nothingIn(join(home, '.cache')),
        () => world.run(),
      );
    },
  );
  fault(
    'disk-25',
    'HOME may not be written and there is no cache yet, a waiting call',
    { prints: `${FRESH} · ${UNWRITABLE}`, requests: 1, within: WITHIN },
    async () => {
      const world = await asOtherUser((machine) => fs.chmodSync(machine.home, 0o500), false);
      const run = await world.run(WAIT);
      return noted(world, run, nothingIn(join(world.machine.home, '.cache')));
    },
  );
  const homes: [string, string, Record<string, string>, number?][] = [
    ['disk-26', 'HOME does not exist', { HOME: '/nonexistent' }],
    ['disk-27', 'HOME is empty, and the user has none', { HOME: '' }],
    ['disk-28', 'HOME is empty, and the user has no name', { HOME: '' }, 54_321],
  ];
  for (const [id, description, env, user] of homes) {
    fault(
      id,
      `${description}, five prompts`,
      { prints: UNWRITABLE, requests: 0, within: WITHIN },
      async () => {
        const world = await asOtherUser(() => {}, false);
        const command = user ? as(user, copy) : asNobody(copy);
        return fiveLines(
          world,
          () => 'none',
          () => runWith(command, { ...world.machine.env, ...env }),
        );
      },
    );
  }
  fault(
    'disk-29',
    'no directory for files, but a token in the environment: a waiting call',
    { prints: `${FRESH} · ${UNWRITABLE}`, requests: 1, within: WITHIN },
    async () => {
      const world = await asOtherUser(() => {}, false);
      const env = { ...world.machine.env, HOME: '', CLAUDE_CODE_OAUTH_TOKEN: TOKEN };
      return noted(world, await runWith(as(54_321, [...copy, ...WAIT]), env), 'none');
    },
  );
});

describe('cache roots', () => {
  const root = (world: World, name: string) => join(world.machine.home, name);
  const rooted = async (
    make: (path: string) => void,
    observe: (world: World, path: string) => Promise<Observed>,
  ): Promise<Observed> => {
    const world = await aMachineWith(copy);
    const path = root(world, 'root');
    make(path);
    world.machine.env.USAGELINE_CACHE_DIR = path;
    return observe(world, path);
  };
  const unusable: [string, string, (path: string) => void][] = [
    ['disk-30', 'the cache root is a file', (path) => fs.writeFileSync(path, 'foreign')],
    ['disk-31', 'the cache root is a link to nowhere', (path) => fs.symlinkSync('/nowhere/at/all', path)],
    ['disk-32', 'the cache root is a link to itself', (path) => fs.symlinkSync(path, path)],
    [
      'disk-33',
      "the account's directory is a file",
      (path) => {
        fs.mkdirSync(path, { mode: 0o700 });
        fs.writeFileSync(join(path, 'claude'), 'foreign');
      },
    ],
  ];
  for (const [id, description, make] of unusable) {
    fault(
      id,
      `${description}: five prompts, then a waiting call`,
      { prints: `${FRESH} · ${UNWRITABLE}`, requests: 1, within: WITHIN },
      () =>
        rooted(make, async (world, path) => {
          const before = fs.lstatSync(path).ino;
          const lines = await fiveLines(world, () => '');
          expect(lines).toMatchObject({
            requests: 0,
            run: { stdout: `${UNWRITABLE}\n`, code: 0, stderr: '' },
          });
          return waited(world, () => {
            expect(fs.lstatSync(path).ino).toBe(before);
            return 'none';
          });
        }),
    );
  }
  fault(
    'disk-34',
    'the cache root is a link to a directory',
    { prints: FRESH, requests: 1, within: WITHIN },
    () =>
      rooted(
        (path) => {
          fs.mkdirSync(`${path}.real`, { mode: 0o700 });
          fs.symlinkSync(`${path}.real`, path);
        },
        async (world, path) => {
          await world.machine.run(WAIT);
          return waited(
            world,
            () => `in ${fs.readdirSync(`${path}.real/claude`).length} files behind the link`,
          );
        },
      ),
  );
  fault(
    'disk-35',
    'the cache root is missing, some levels up',
    { prints: FRESH, requests: 1, within: WITHIN },
    () =>
      rooted(
        () => {},
        async (world, path) => {
          world.machine.env.USAGELINE_CACHE_DIR = join(path, 'a', 'b');
          const observed = await waited(world, () => 'made, 0700 and 0600');
          const modes = ['', 'a', 'a/b', 'a/b/claude', 'a/b/claude/usage.json'].map(
            (name) => fs.statSync(join(path, name)).mode & 0o777,
          );
          expect(modes).toEqual([0o700, 0o700, 0o700, 0o700, 0o600]);
          return observed;
        },
      ),
  );
  fault(
    'disk-36',
    'a path with spaces, quotes, line ends, dollars and other special characters',
    { prints: FRESH, requests: 1, within: WITHIN },
    async () => {
      const world = await aMachineWith(copy);
      const odd = root(world, 'a "b" \'c\' $(d) `e` \\ * ? %s \n ü 🙂 -');
      world.machine.env.USAGELINE_CACHE_DIR = odd;
      await world.machine.run(WAIT);
      return waited(world, () => `there: ${fs.readdirSync(join(odd, 'claude')).includes('usage.json')}`);
    },
  );
  fault(
    'disk-37',
    'a path of bytes that are not UTF-8',
    { prints: `${FRESH} · ${UNWRITABLE}`, requests: 1, within: WITHIN },
    async () => {
      const world = await aMachineWith(copy);
      const script = `USAGELINE_CACHE_DIR=$(printf '${world.machine.home}/x\\377y') exec "$@"`;
      const command = ['sh', '-c', script, 'sh', ...copy];
      const lines = await fiveLines(
        world,
        () => '',
        () => runWith(command, world.machine.env),
      );
      expect(lines).toMatchObject({ requests: 0, run: { stdout: `${UNWRITABLE}\n`, code: 0, stderr: '' } });
      const run = await runWith([...command, ...WAIT], world.machine.env);
      expect(fs.readdirSync(world.machine.home)).toEqual(['.claude']);
      return noted(world, run, 'none, and no other directory');
    },
  );
  fault(
    'disk-38',
    'no usable root, with XDG_RUNTIME_DIR: two waiting calls',
    { prints: /^paused (1m|<1m)$/m, requests: 1, within: WITHIN },
    () =>
      rooted(
        (path) => fs.writeFileSync(path, 'foreign'),
        async (world) => {
          const env = { XDG_RUNTIME_DIR: world.machine.home };
          expect((await world.machine.run(WAIT, env)).stdout).toBe(`${FRESH} · ${UNWRITABLE}\n`);
          return waited(world, () => 'the request noted in the runtime directory', env);
        },
      ),
  );
  fault(
    'disk-39',
    'no usable root, and XDG_RUNTIME_DIR is a file',
    { prints: `${FRESH} · ${UNWRITABLE}`, requests: 1, within: WITHIN },
    () =>
      rooted(
        (path) => fs.writeFileSync(path, 'foreign'),
        (world, path) => waited(world, () => 'none', { XDG_RUNTIME_DIR: path }),
      ),
  );
});

describe('the ground moves while the request is under way', () => {
  const meanwhile = async (
    happens: (machine: Machine) => void,
    files: (machine: Machine) => string,
  ): Promise<Observed> => {
    const world = await knowing();
    const { answer } = world.endpoint;
    world.endpoint.answer = (request, response) => {
      happens(world.machine);
      answer(request, response);
    };
    const observed = await waited(world, files);
    world.endpoint.answer = answer;
    return { ...observed, requests: world.endpoint.requests.length };
  };
  fault(
    'disk-40',
    'the cache directory is removed',
    { prints: `${FRESH} · ${UNWRITABLE}`, requests: 1, within: WITHIN },
    () =>
      meanwhile(
        ({ cache }) => removeTree(cache),
        ({ cache }) => nothingIn(cache),
      ),
  );
  fault(
    'disk-41',
    'HOME is removed',
    { prints: `${FRESH} · ${UNWRITABLE}`, requests: 1, within: WITHIN },
    () =>
      meanwhile(
        ({ home }) => removeTree(home),
        ({ home }) => nothingIn(home),
      ),
  );
  fault(
    'disk-42',
    'the cache directory becomes a file',
    { prints: `${FRESH} · ${UNWRITABLE}`, requests: 1, within: WITHIN },
    () =>
      meanwhile(
        ({ cache }) => {
          removeTree(cache);
          fs.writeFileSync(cache, 'foreign');
        },
        ({ cache }) => fs.readFileSync(cache, 'utf8'),
      ),
  );
  fault(
    'disk-43',
    'the cache directory is removed and created again',
    { prints: FRESH, requests: 1, within: WITHIN },
    () =>
      meanwhile(({ cache }) => {
        removeTree(cache);
        fs.mkdirSync(cache, { mode: 0o700 });
      }, newData),
  );
  fault(
    'disk-44',
    'usage.json becomes a directory',
    { prints: `${FRESH} · ${UNWRITABLE}`, requests: 1, within: WITHIN },
    () =>
      meanwhile(
        ({ cache }) => {
          fs.unlinkSync(join(cache, 'usage.json'));
          fs.mkdirSync(join(cache, 'usage.json'));
        },
        ({ cache }) => nothingIn(join(cache, 'usage.json')),
      ),
  );
});

describe('files cut off, foreign, or no files at all', () => {
  /** The valid content of each file. */
  const now = () => Date.now();
  const valid: Record<string, () => string> = {
    'usage.json': () =>
      `{"schema_version":1,"cached_at":"${new Date(now()).toISOString()}","data":{"five_hour":{"utilization":99,"resets_at":null}},"error":null}`,
    'usage.lock': () =>
      `{"blocked_until":${Math.ceil(now() / 1000) + 3000},"error":"rate_limited","failures":1,"written_at":${Math.floor(now() / 1000)},"requests":[${Math.floor(now() / 1000)}]}`,
    'attempt.1': () => `{"at":${now()},"until":${now() + 2000},"credentials":null}`,
    'background.1': () => `{"at":${now()},"until":${now() + 10_000},"credentials":null}`,
    'refresh.mutex': () => '',
  };
  type Kinds = typeof CONTENTS;
  const each = (name: string, kinds: Kinds, run: (world: World, path: string) => Promise<Observed>) =>
    alike(kinds, async (strange) => {
      const world = await knowing();
      const path = join(world.machine.cache, name);
      await plant(strange, path, valid[name]?.());
      return run(world, path);
    });
  const isRegular = (path: string) => expect(fs.lstatSync(path).isFile()).toBe(true);
  const words = (kinds: Kinds) => Object.keys(kinds).join(', ');
  const others = { ...NO_FILES, 'a link to a valid one': LINK };
  const lasting = 60_000;

  const misses: Kinds = {
    ...CONTENTS,
    ...others,
    'a byte order mark before it': (path, text) => fs.writeFileSync(path, `\uFEFF${text}`),
    'another version': (path, text) => fs.writeFileSync(path, text.replace(':1,', ':2,')),
  };
  fault(
    'disk-45',
    `instead of usage.json there is ${words(misses)}`,
    { prints: FRESH, requests: 1, within: WITHIN },
    () =>
      each('usage.json', misses, async (world, path) => {
        await world.machine.run(WAIT);
        isRegular(path);
        return waited(world, newData);
      }),
    lasting,
  );
  fault(
    'disk-46',
    'the same, and the endpoint fails: no file is removed',
    { prints: /^server error$/m, requests: 1, within: WITHIN },
    () =>
      each('usage.json', misses, async (world, path) => {
        world.endpoint.answer = json({}, 500);
        const { ino } = fs.lstatSync(path);
        const observed = await waited(world, lockWords);
        expect(fs.lstatSync(path).ino).toBe(ino);
        return observed;
      }),
    lasting,
  );
  fault(
    'disk-47',
    'instead of usage.json there is a directory; two waiting calls',
    { prints: /^paused (1m|<1m)$/m, requests: 1, within: WITHIN },
    () =>
      each('usage.json', { directory: DIRECTORY }, async (world, path) => {
        expect((await world.machine.run(WAIT)).stdout).toBe(`${FRESH} · ${UNWRITABLE}\n`);
        return waited(world, () => `still there: ${fs.readdirSync(path).join()}`);
      }),
  );
  fault(
    'disk-48',
    `instead of usage.lock there is ${words(CONTENTS)}; no request for 30 s`,
    { prints: FRESH, requests: 1, within: WITHIN },
    () =>
      each('usage.lock', CONTENTS, async (world, path) => {
        expect((await world.machine.run(WAIT)).stdout).toBe(`${KNOWN}\n`);
        expect(world.endpoint.requests).toHaveLength(0);
        const then = (Date.now() - 31 * SECOND) / 1000;
        fs.utimesSync(path, then, then);
        return waited(world, (machine) => `${newData(machine)}, ${lockWords(machine)}`);
      }),
    lasting,
  );
  fault(
    'disk-49',
    `instead of usage.lock there is ${words(others)}; it is replaced`,
    { prints: FRESH, requests: 1, within: WITHIN },
    () =>
      each('usage.lock', others, async (world, path) => {
        const observed = await waited(world, (machine) => `${newData(machine)}, ${lockWords(machine)}`);
        isRegular(path);
        return observed;
      }),
    lasting,
  );
  fault(
    'disk-50',
    'instead of usage.lock there is a directory; five prompts, then a waiting call',
    { prints: FRESH, requests: 1, within: WITHIN },
    () =>
      each('usage.lock', { directory: DIRECTORY }, async (world) => {
        const lines = await fiveLines(world, () => '');
        expect(lines).toMatchObject({ requests: 0, run: { stdout: `${KNOWN}\n` } });
        return waited(world, newData);
      }),
  );
  const { 'random bytes': random, 'UTF-16': utf16, ...torn } = CONTENTS;
  const numbersOnly = {
    ...others,
    'a directory': DIRECTORY,
    'random bytes': random,
    'UTF-16': utf16,
  } as Kinds;
  fault(
    'disk-51',
    `instead of attempt.1 there is ${words(torn)}; counts as an attempt of this moment`,
    { prints: KNOWN, requests: 0, within: WITHIN },
    () => each('attempt.1', torn, (world) => waited(world, goodDataKept)),
    lasting,
  );
  fault(
    'disk-52',
    `instead of attempt.1 there is ${words(numbersOnly)}`,
    { prints: FRESH, requests: 1, within: WITHIN },
    () =>
      each('attempt.1', numbersOnly, (world) =>
        waited(world, (machine) => {
          const system = fakeSystem();
          expect(readClaims(system, machine.cache, 'attempt')[0]?.number).toBe(2);
          return `${newData(machine)}, attempt.2`;
        }),
      ),
    lasting,
  );
  fault(
    'disk-53',
    `instead of background.1 there is ${words(torn)}; counts as a start of this moment`,
    { prints: KNOWN, requests: 0, within: WITHIN },
    () => each('background.1', torn, (world) => fiveLines(world, goodDataKept)),
    lasting,
  );
  fault(
    'disk-54',
    `instead of background.1 there is ${words(numbersOnly)}; one process is started`,
    { prints: KNOWN, requests: 1, within: WITHIN },
    () =>
      each('background.1', numbersOnly, async (world) => {
        const run = await world.machine.run();
        await until(() => world.machine.read('usage.json').data.five_hour.utilization === 22, 20_000);
        return noted(world, run, newData(world.machine));
      }),
    lasting,
  );
  const mutexes: Kinds = { nothing: CONTENTS.nothing as Kinds[string], ...others };
  fault(
    'disk-55',
    `instead of refresh.mutex there is ${words(mutexes)}; cleared`,
    { prints: FRESH, requests: 1, within: WITHIN },
    () =>
      each('refresh.mutex', mutexes, (world, path) =>
        waited(world, (machine) => {
          expect(fs.lstatSync(path, { throwIfNoEntry: false })).toBe(undefined);
          return newData(machine);
        }),
      ),
    lasting,
  );
  fault(
    'disk-56',
    'refresh.mutex is stale and not empty: busy once, then cleared',
    { prints: FRESH, requests: 1, within: WITHIN },
    () =>
      each('refresh.mutex', { directory: DIRECTORY }, async (world, path) => {
        const then = (Date.now() - 6 * SECOND) / 1000;
        fs.utimesSync(path, then, then);
        expect((await world.machine.run(WAIT)).stdout).toBe(`${KNOWN}\n`);
        return waited(world, newData);
      }),
  );
  fault(
    'disk-57',
    `instead of .claude.json there is ${words({ ...misses, 'a directory': DIRECTORY })}; the account is unknown`,
    { prints: FRESH, requests: 1, within: WITHIN },
    () =>
      alike({ ...misses, 'a directory': DIRECTORY }, async (strange) => {
        const world = await knowing();
        await plant(
          strange,
          join(world.machine.home, '.claude.json'),
          '{"oauthAccount":{"accountUuid":"x"}}',
        );
        return waited(world, newData);
      }),
    lasting,
  );
  const unsigned = { ...CONTENTS, ...NO_FILES, 'a directory': DIRECTORY };
  fault(
    'disk-58',
    `instead of .credentials.json there is ${words(unsigned)}`,
    { prints: `${KNOWN} · sign in`, requests: 0, within: WITHIN },
    () =>
      alike(unsigned, async (strange) => {
        const world = await knowing();
        const { credentials } = world.machine;
        await plant(strange, credentials, fs.readFileSync(credentials, 'utf8'));
        return waited(world, (machine) => `${goodDataKept(machine)}, ${lockWords(machine)}`);
      }),
    lasting,
  );
  fault(
    'disk-59',
    'the credentials are a link (dotfile managers)',
    { prints: FRESH, requests: 1, within: WITHIN },
    async () => {
      const world = await knowing();
      const { credentials } = world.machine;
      await plant(LINK, credentials, fs.readFileSync(credentials, 'utf8'));
      return waited(world, newData);
    },
  );
});

describe('every prefix', () => {
  const SAMPLES = 25;
  const sample = (text: string) =>
    Array.from({ length: SAMPLES }, (_, index) => Math.floor((index * text.length) / SAMPLES));
  const cut = (world: World, name: string, length: number, text: string) =>
    fs.writeFileSync(join(world.machine.cache, name), text.slice(0, length));

  fault(
    'disk-60',
    'every prefix of a usage.json',
    { prints: 'no data', requests: 0, within: WITHIN },
    async () => {
      const world = await aMachineWith(copy);
      await world.machine.run(WAIT);
      const text = fs.readFileSync(join(world.machine.cache, 'usage.json'), 'utf8').trimEnd();
      expect(parseEntry(text)).not.toBe(null);
      for (let length = 0; length < text.length; length += 1)
        expect(parseEntry(text.slice(0, length))).toBe(null);
      const runs: Run[] = [];
      for (const length of sample(text)) {
        cut(world, 'usage.json', length, text);
        runs.push(await world.machine.run(['--cached']));
      }
      expect(new Set(runs.map(({ stdout, stderr }) => stdout + stderr))).toEqual(new Set(['no data\n']));
      const requests = world.endpoint.requests.length - 1;
      return { run: runs[0] as Run, requests, files: `a miss each of ${text.length} times` };
    },
  );
  fault(
    'disk-61',
    'every prefix of a usage.lock',
    { prints: KNOWN, requests: 0, within: WITHIN },
    async () => {
      const world = await knowing();
      const now = Date.now();
      const text = `{"blocked_until":${Math.ceil(now / 1000) + 300},"error":"server_error","failures":1,"written_at":${Math.floor(now / 1000)},"requests":[]}`;
      for (let length = 0; length < text.length; length += 1) {
        // Blocked for half a minute after the file was changed, and no longer.
        expect(parseBackoff(text.slice(0, length), now, now)?.blockedUntil).toBe(now + 30 * SECOND);
      }
      const runs: Run[] = [];
      for (const length of sample(text)) {
        cut(world, 'usage.lock', length, text);
        runs.push(await world.machine.run(WAIT));
      }
      expect(new Set(runs.map(({ stdout, stderr }) => stdout + stderr))).toEqual(new Set([`${KNOWN}\n`]));
      return noted(world, runs[0] as Run, `a foreign lock each of ${text.length} times`);
    },
  );
});

describe('what else lies in the directory', () => {
  fault(
    'disk-62',
    'foreign files, a young temporary file and one of two hours ago',
    { prints: FRESH, requests: 1, within: WITHIN },
    async () => {
      const world = await knowing();
      const { cache } = world.machine;
      const foreign = ['notes.txt', 'usage.json.bak', 'usage.jsonx', 'attempt.x', 'attempt.01', '.hidden'];
      for (const name of [...foreign, 'usage.json.111', 'usage.json.222', 'usage.lock.333']) {
        fs.writeFileSync(join(cache, name), 'foreign');
      }
      fs.mkdirSync(join(cache, 'usage.json.444'));
      for (const name of [...foreign, 'usage.json.111', 'usage.lock.333', 'usage.json.444']) {
        const then = (Date.now() - 2 * HOUR) / 1000;
        fs.utimesSync(join(cache, name), then, then);
      }
      return waited(world, (machine) => {
        const left = names(machine).filter(
          (name) => !['usage.json', 'usage.lock', 'counts.json', 'attempt.1', 'ready'].includes(name),
        );
        expect(left).toEqual([...foreign, 'usage.json.222', 'usage.json.444'].sort());
        for (const name of foreign) expect(fs.readFileSync(join(cache, name), 'utf8')).toBe('foreign');
        return 'the foreign ones and the young one are left';
      });
    },
  );
  fault(
    'disk-63',
    "temporary files that are links to another user's file",
    { prints: FRESH, requests: 1, within: WITHIN },
    async () => {
      const world = await knowing();
      const { cache, home } = world.machine;
      const victim = join(home, 'victim');
      fs.writeFileSync(victim, 'foreign');
      const old = (Date.now() - 2 * HOUR) / 1000;
      for (const name of ['usage.json.1', 'usage.lock.2']) {
        fs.symlinkSync(victim, join(cache, name));
        fs.lutimesSync(join(cache, name), old, old);
      }
      return waited(world, (machine) => {
        expect(fs.readFileSync(victim, 'utf8')).toBe('foreign');
        expect(names(machine)).toEqual(['attempt.1', 'counts.json', 'ready', 'usage.json', 'usage.lock']);
        return 'the links are gone, the file is as it was';
      });
    },
  );
  fault(
    'disk-64',
    "links to another user's file under every name that a temporary file could get",
    { prints: FRESH, requests: 1, within: WITHIN },
    async () => {
      const world = await knowing();
      const { cache, home } = world.machine;
      const victim = join(home, 'victim');
      fs.writeFileSync(victim, 'foreign');
      // The names depend on the process id, which is known before the program starts.
      const held = ['sh', '-c', 'read go; exec "$@"', 'sh', ...copy, ...WAIT];
      const run = await runWith(held, world.machine.env, ['pipe', 'pipe', 'pipe'], (child) => {
        for (const name of temporaryNames(cache, Number(child.pid))) fs.symlinkSync(victim, name);
        child.stdin?.end('go\n');
      });
      expect(fs.readFileSync(victim, 'utf8')).toBe('foreign');
      expect(fs.lstatSync(join(cache, 'usage.json')).isFile()).toBe(true);
      return noted(world, run, `${newData(world.machine)}; the other file is as it was`);
    },
  );
});

/**
 * The names that `write-file-atomic` would give the first temporary files of a process, from any bundle of the
 * program.
 */
function temporaryNames(cache: string, pid: number): string[] {
  const parts = join(dirname(copy[1]), '..', 'dist');
  return fs.readdirSync(parts).flatMap((part) =>
    [1, 2, 3, 4].flatMap((count) => {
      const hash = createHash('sha1').update(join(parts, part)).update(String(pid)).update('0');
      const digits = hash.update(String(count)).digest().readUInt32BE(0);
      return ['usage.json', 'usage.lock'].map((name) => join(cache, `${name}.${digits}`));
    }),
  );
}
