import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hash } from '../../../../src/fetch/claude/transcripts/hash.ts';
import { replaceDurably } from '../../../../src/cache/replace-durably.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../../src/usage/time.ts';
import { disk, failing } from '../../../cache/disk.ts';
import { fakeSystem } from '../../../support/system.ts';
import { desk, line, totals } from './desk.ts';
import type { Desk } from './desk.ts';
import { answer, generate } from './generate.mjs';

const NOW = fakeSystem().now();
const AT = NOW - MINUTE;
const one = line({ id: 'one', request: 'r', at: AT, output: 1 });
const ten = line({ id: 'ten', request: 'r', at: AT, output: 10 });
const hundred = line({ id: 'hundred', request: 'r', at: AT, output: 100 });

/** How many files are opened below the projects while something is done. */
function opened(at: Desk, act: () => unknown): number {
  let count = 0;
  const openSync = (path: string, ...rest: [number]) => {
    if (path.startsWith(at.projects)) count += 1;
    return fs.openSync(path, ...rest);
  };
  const before = at.system.fs;
  Object.assign(at.system, { fs: disk({ openSync }) });
  act();
  Object.assign(at.system, { fs: before });
  return count;
}

describe('reading transcripts', () => {
  it('has no result where there are none', () => {
    const at = desk();
    fs.rmdirSync(at.projects);
    expect(at.scan()).toEqual({ estimate: null, complete: true, failure: null });
    expect(fs.existsSync(at.memory)).toBe(false);
  });

  it('has a result of 0 where nothing was written', () => {
    expect(totals(desk().scan())).toEqual([null, 0]);
  });

  it('finds them in directories at any depth', () => {
    const at = desk();
    at.append('a/session.jsonl', one);
    at.append('a/session/subagents/agent-1.jsonl', ten);
    at.append('top.jsonl', hundred);
    expect(totals(at.scan())).toEqual([111, 111]);
  });

  it('counts the last of a message’s lines, over files and over calls', () => {
    const at = desk();
    const streamed = (output: number, after: number) =>
      line({ id: 'm', request: 'r', at: AT + after, output });
    at.append('a/one.jsonl', streamed(3, 0) + streamed(9, 10));
    expect(totals(at.scan())).toEqual([9, 9]);
    at.append('a/one.jsonl', streamed(159, 20));
    expect(totals(at.scan())).toEqual([159, 159]);
    at.append('b/resumed.jsonl', streamed(3, 0) + streamed(9, 10));
    expect(totals(at.scan())).toEqual([159, 159]);
  });

  it('reads an unfinished line again', () => {
    const at = desk();
    at.append('a.jsonl', one + ten.slice(0, 100));
    expect(totals(at.scan())).toEqual([1, 1]);
    at.append('a.jsonl', ten.slice(100));
    expect(totals(at.scan())).toEqual([11, 11]);
  });

  const withAdvice = (output: number, after: number, ...advice: number[]) => {
    const entry: any = answer({ id: 'm', request: 'r', at: AT + after, output });
    const iterations = advice.map((tokens) => ({
      type: 'advisor_message',
      model: 'sage',
      input_tokens: tokens,
    }));
    entry.message.usage.iterations = iterations;
    return `${JSON.stringify(entry)}\n`;
  };

  it('counts the advisor’s calls once, over lines, files and calls', () => {
    const at = desk();
    at.append('a.jsonl', withAdvice(1, 0, 1000) + withAdvice(2, 10, 1000));
    expect(totals(at.scan())).toEqual([1002, 1002]);
    at.append('a.jsonl', withAdvice(3, 20, 1000, 20_000));
    expect(totals(at.scan())).toEqual([21_003, 21_003]);
    at.append('b/resumed.jsonl', withAdvice(2, 10, 1000) + withAdvice(3, 20, 1000, 20_000));
    expect(totals(at.scan())).toEqual([21_003, 21_003]);
    expect(at.scan().estimate?.sevenDay.byModel.sage?.total).toBe(21_000);
    expect(totals(at.scanAfresh())).toEqual([21_003, 21_003]);
  });

  it('counts whole records on a line with parts of others, also while the line grows', () => {
    const at = desk();
    const text = one.slice(0, 200) + ten.trimEnd() + hundred.trimEnd() + one;
    for (let end = 0; end <= text.length; end += 97) {
      at.write('a.jsonl', text.slice(0, end));
      at.scan();
    }
    at.append('a.jsonl', text.slice(text.length - (text.length % 97)));
    expect(totals(at.scan())).toEqual([111, 111]);
    at.append('a.jsonl', '\0'.repeat(512) + line({ id: 'next', at: AT, output: 1000 }));
    expect(totals(at.scan())).toEqual([1111, 1111]);
    expect(totals(at.scanAfresh())).toEqual([1111, 1111]);
  });

  it('opens nothing when nothing has changed', () => {
    const at = desk();
    at.append('a/one.jsonl', one);
    at.append('b/two.jsonl', ten);
    at.system.advance(5 * SECOND);
    expect(opened(at, () => at.scan())).toBe(2);
    expect(opened(at, () => expect(totals(at.scan())).toEqual([11, 11]))).toBe(0);
    at.system.advance(2 * MINUTE);
    expect(opened(at, () => at.scan())).toBe(0);
    at.append('b/two.jsonl', hundred);
    expect(opened(at, () => expect(totals(at.scan())).toEqual([111, 111]))).toBe(1);
  });

  it('reads only what was appended', () => {
    const at = desk();
    at.append('a.jsonl', one.repeat(5000));
    at.scan();
    at.append('a.jsonl', ten);
    let bytes = 0;
    const readSync = (...args: Parameters<typeof fs.readSync>) => {
      const count = fs.readSync(...args);
      bytes += count;
      return count;
    };
    const own = fs.statSync(at.memory).size;
    Object.assign(at.system, { fs: disk({ readSync }) });
    expect(totals(at.scan())).toEqual([11, 11]);
    expect(bytes).toBeLessThan(2 * own + ten.length + 1024);
  });

  it('does not open a file that has not changed for eight days', () => {
    const at = desk();
    at.append('old.jsonl', one);
    at.system.advance(8 * DAY + 1);
    expect(opened(at, () => expect(totals(at.scan())).toEqual([null, 0]))).toBe(0);
  });

  it('notices within a minute that an old one has grown', () => {
    const at = desk();
    at.append('old.jsonl', one);
    at.system.advance(9 * DAY);
    at.scan();
    at.append('old.jsonl', line({ id: 'new', at: at.system.now(), output: 7 }));
    at.system.advance(MINUTE);
    expect(totals(at.scan())).toEqual([7, 7]);
  });

  it.each<[string, (at: Desk) => void]>([
    ['deleted', (at) => at.remove('a/one.jsonl')],
    ['emptied', (at) => at.write('a/one.jsonl', '')],
    ['cut in half', (at) => at.write('a/one.jsonl', one.slice(0, 200))],
    ['moved', (at) => (at.remove('a/one.jsonl'), at.append('b/two.jsonl', one + ten))],
    ['deleted with its folder', (at) => (at.remove('a/one.jsonl'), fs.rmdirSync(at.path('a')))],
    ['no file any more', (at) => (at.remove('a/one.jsonl'), fs.mkdirSync(at.path('a/one.jsonl')))],
  ])('keeps the counts of a transcript that is %s, for as long as they count', (_case, act) => {
    const at = desk();
    at.append('a/one.jsonl', one + ten);
    at.scan();
    act(at);
    expect(totals(at.scan())).toEqual([11, 11]);
    at.system.advance(6 * DAY);
    expect(totals(at.scan())).toEqual([null, 11]);
    at.system.advance(DAY);
    expect(totals(at.scan())?.[1] ?? 0).toBe(0);
  });

  it.each<[string, (at: Desk) => void]>([
    ['another file in its place', (at) => at.write('a.jsonl', ten + hundred, 'another')],
    ['the same file written anew', (at) => at.write('a.jsonl', ten + hundred)],
    ['the same file, longer', (at) => at.write('a.jsonl', hundred + ten + one.repeat(5))],
  ])('reads from the start: %s', (_case, act) => {
    const at = desk();
    at.append('a.jsonl', one + one + one);
    expect(totals(at.scan())?.[1]).toBe(1);
    act(at);
    expect(totals(at.scan())?.[1]).toBe(111);
  });

  it('notices such a change of an old one', () => {
    const at = desk();
    at.append('a.jsonl', one);
    at.system.advance(MINUTE);
    at.append('a.jsonl', ten);
    expect(totals(at.scan())).toEqual([11, 11]);
    at.write('a.jsonl', one + line({ id: 'two', request: 'r', at: AT, output: 80 }));
    expect(totals(at.scan())).toEqual([91, 91]);
  });

  it('notices a change in the same millisecond that keeps the size', () => {
    const at = desk();
    at.append('a.jsonl', one);
    at.scan();
    at.write('a.jsonl', line({ id: 'two', request: 'r', at: AT, output: 8 }));
    expect(totals(at.scan())).toEqual([9, 9]);
  });
});

describe('an entry in the directories of transcripts', () => {
  it('is skipped when it is no transcript, without a wait', async () => {
    const at = desk();
    at.append('a/good.jsonl', one);
    execFileSync('mkfifo', [at.path('a/fifo.jsonl')]);
    fs.mkdirSync(at.path('a/folder.jsonl'));
    fs.writeFileSync(at.path('a/notes.txt'), ten);
    const server = createServer().listen(at.path('a/s.jsonl'));
    await new Promise((resolve) => server.once('listening', resolve));
    fs.symlinkSync(at.path('a'), at.path('a/loop'));
    fs.writeFileSync(join(at.system.root, 'elsewhere.jsonl'), hundred);
    fs.symlinkSync(join(at.system.root, 'elsewhere.jsonl'), at.path('a/link.jsonl'));
    fs.writeFileSync(
      Buffer.concat([Buffer.from(`${at.path('a')}/`), Buffer.from([0xff]), Buffer.from('.jsonl')]),
      ten,
    );
    expect(at.scan()).toMatchObject({ complete: true, failure: null });
    expect(totals(at.scan())).toEqual([1, 1]);
    server.close();
  });

  it('counts once when a root is reached twice, by name or by link', () => {
    const at = desk();
    at.append('a.jsonl', one + line({ at: AT, output: 5 }));
    const link = join(at.system.root, 'link');
    fs.symlinkSync(at.projects, link);
    const roots = [at.projects, link, `${at.projects}/`, join(at.system.root, 'none')];
    expect(totals(at.scan({ roots }))).toEqual([6, 6]);
    expect(opened(at, () => at.scanAfresh(roots))).toBe(1);
  });

  it('is not searched deeper than sessions are nested', () => {
    const at = desk();
    at.append(`${'d/'.repeat(16)}deep.jsonl`, one);
    at.append(`${'d/'.repeat(17)}deeper.jsonl`, ten);
    expect(totals(at.scan())).toEqual([1, 1]);
  });

  it('stays counted when the clock is years behind for a while', () => {
    const at = desk();
    at.append('a/a.jsonl', one);
    at.append('b/b.jsonl', ten);
    expect(totals(at.scan())).toEqual([11, 11]);
    at.system.setNow(Date.UTC(2020, 0, 1));
    at.scan();
    at.system.setNow(NOW + 5 * SECOND);
    expect(totals(at.scan())).toEqual([11, 11]);
  });

  it('does not disturb the others when it is large and cannot be read', () => {
    const at = desk();
    at.append('a/mine.jsonl', one);
    at.append('a/theirs.jsonl', 'x'.repeat(2 * 1024 * 1024));
    const theirs = (path: string) => path.endsWith('theirs.jsonl');
    const openSync = (path: string, ...rest: [number]) =>
      theirs(path) ? failing('EACCES')() : fs.openSync(path, ...rest);
    Object.assign(at.system, { fs: disk({ openSync }) });
    at.scan();
    at.system.advance(5 * SECOND);
    at.append('a/mine.jsonl', ten);
    expect(totals(at.scan())).toEqual([11, 11]);
    at.system.advance(5 * SECOND);
    at.scan();
    const written: string[] = [];
    at.scan({
      write: (path, content) => (written.push(basename(path)), replaceDurably(at.system, path, content)),
    });
    // The file that cannot be read is no reason to write the memory anew.
    expect(written).toEqual(['transcripts.json']);
  });

  it('does not keep the others from being counted when it cannot be read', () => {
    const at = desk();
    at.append('a/one.jsonl', one);
    at.append('b/two.jsonl', ten);
    const openSync = (path: string, ...rest: [number]) =>
      path.endsWith('two.jsonl') ? failing('EACCES')() : fs.openSync(path, ...rest);
    Object.assign(at.system, { fs: disk({ openSync }) });
    expect(totals(at.scan())).toEqual([1, 1]);
    const readdirSync = (path: string, options: { withFileTypes: true }) =>
      path.endsWith('/a') ? failing('EACCES')() : fs.readdirSync(path, options);
    Object.assign(at.system, { fs: disk({ readdirSync }) });
    expect(totals(at.scan())).toEqual([11, 11]);
    expect(totals(at.scanAfresh())).toEqual([10, 10]);
  });

  describe('in a large history', () => {
    const SESSIONS = 100;
    /** As many sessions in seven folders, all at rest. */
    function large(): Desk {
      const at = desk();
      for (let index = 0; index < SESSIONS; index += 1) {
        at.append(`p${index % 7}/${index}.jsonl`, line({ id: `m${index}`, at: AT, output: 1 }));
        at.system.advance(1);
      }
      at.system.advance(5 * SECOND);
      expect(totals(at.scan())?.[1]).toBe(SESSIONS);
      return at;
    }

    it.each([
      ['the latest session goes on', `p1/${SESSIONS - 1}.jsonl`],
      ['the oldest session goes on', 'p0/0.jsonl'],
      ['a session begins in a known folder', 'p3/new.jsonl'],
      ['a session begins in a new folder', 'brand-new/0.jsonl'],
    ])('a scan notices at once that %s', (_case, name) => {
      const at = large();
      at.append(name, ten);
      expect(totals(at.scan())?.[1]).toBe(SESSIONS + 10);
      at.system.advance(5 * SECOND);
      at.append(name, hundred);
      expect(opened(at, () => expect(totals(at.scan())?.[1]).toBe(SESSIONS + 110))).toBe(1);
    });

    it('a scan reads nothing twice', () => {
      const at = large();
      at.append('p3/new.jsonl', ten.repeat(1000));
      at.scan();
      at.system.advance(2 * MINUTE);
      at.scan();
      at.append('brand-new/0.jsonl', hundred);
      let bytes = 0;
      const readSync = (...args: Parameters<typeof fs.readSync>) => {
        const count = fs.readSync(...args);
        bytes += count;
        return count;
      };
      Object.assign(at.system, { fs: disk({ readSync }) });
      expect(totals(at.scan())?.[1]).toBe(SESSIONS + 110);
      expect(bytes).toBeLessThan(2 * hundred.length);
    });
  });

  it('counts once when a slower process has replaced the memory by an older one', () => {
    const at = desk();
    at.append('a/one.jsonl', one);
    at.system.advance(5 * SECOND);
    at.scan();
    const older = fs.readFileSync(at.memory);
    at.append('a/one.jsonl', ten);
    expect(totals(at.scan())).toEqual([11, 11]);
    fs.writeFileSync(at.memory, older);
    at.append('a/one.jsonl', hundred);
    expect(totals(at.scan())).toEqual([111, 111]);
  });

  it('leaves the week and the block at the exact millisecond, also when nothing else happens', () => {
    const at = desk();
    const [early, late] = [NOW - 7 * DAY + 10 * MINUTE, NOW - 4 * HOUR];
    at.append('a.jsonl', line({ id: 'early', at: early, output: 1 }) + line({ at: late, output: 10 }));
    at.system.advance(5 * SECOND);
    expect(totals(at.scan())).toEqual([10, 11]);
    at.system.setNow(early + 7 * DAY);
    expect(totals(at.scan())).toEqual([10, 11]);
    at.system.advance(1);
    expect(totals(at.scan())).toEqual([10, 10]);
    const end = Math.floor(late / HOUR) * HOUR + 5 * HOUR;
    at.system.setNow(end - 1);
    expect(totals(at.scan())).toEqual([10, 10]);
    at.system.setNow(end);
    expect(totals(at.scan())).toEqual([null, 10]);
  });
});

describe('a deadline', () => {
  it('ends a scan early: the newest files are counted first, and the next scan goes on', () => {
    const at = desk();
    for (const [index, text] of [one, ten, hundred].entries()) {
      // Two of them are as much as a call reads in any case.
      at.append(`a/${index}.jsonl`, text.repeat(Math.ceil((140 * 1024) / text.length)));
      at.system.advance(10 * SECOND);
    }
    const weeks = [1, 2, 3].map(() => {
      const reading = at.scan({ deadline: 0 });
      return [reading.complete, totals(reading)?.[1]];
    });
    expect(weeks).toEqual([
      [false, 110],
      [true, 111],
      [true, 111],
    ]);
  });

  it('lets each scan read a part of each active session, so that it gets done', () => {
    const at = desk();
    const names = ['a/one.jsonl', 'b/two.jsonl', 'c/three.jsonl'];
    for (const name of names) at.append(name, one);
    at.system.advance(5 * SECOND);
    at.scan();
    for (const [index, name] of names.entries()) {
      at.append(name, line({ id: `${index}`, at: AT, output: 10 }));
    }
    at.append('d/four.jsonl', hundred);
    const reading = at.scan({ deadline: -1 });
    expect([reading.complete, totals(reading)]).toEqual([true, [131, 131]]);
  });

  it('ends a scan also in the middle of a file', () => {
    const at = desk();
    const { answers } = generate(at.projects, { bytes: 2e6, files: 1, folders: 1, until: NOW, days: 1 });
    const whole = at.scanAfresh();
    expect(answers).toBeGreaterThan(50);
    let turns = 0;
    for (let complete = false; !complete; turns += 1) ({ complete } = at.scan({ deadline: 0 }));
    expect(turns).toBeGreaterThan(3);
    expect(at.scan().estimate).toEqual(whole.estimate);
  });
});

describe('the memory of a scan', () => {
  /** A machine with a memory, and lines that were appended since. */
  function filled(): Desk {
    const at = desk();
    generate(at.projects, { bytes: 3e5, files: 5, folders: 2, until: NOW, days: 6 });
    at.scan();
    at.append('more.jsonl', one + ten);
    at.scan();
    at.append('more.jsonl', hundred);
    return at;
  }

  it.each<[string, (at: Desk) => void]>([
    ['gone', (at) => fs.unlinkSync(at.memory)],
    ['empty', (at) => fs.writeFileSync(at.memory, '')],
    ['a line end', (at) => fs.writeFileSync(at.memory, '\n')],
    ['cut off in its first line', (at) => fs.truncateSync(at.memory, 5)],
    ['cut off in its second line', (at) => fs.truncateSync(at.memory, 300)],
    ['cut off in a message', (at) => fs.truncateSync(at.memory, fs.statSync(at.memory).size - 5)],
    ['without its last message', (at) => fs.truncateSync(at.memory, fs.statSync(at.memory).size - 64)],
    ['a directory', (at) => (fs.unlinkSync(at.memory), fs.mkdirSync(at.memory))],
    ['changed by a bit in a count', (at) => flip(at, fs.statSync(at.memory).size - 28)],
    ['changed by a bit in its second line', (at) => flip(at, 100)],
    ['changed by a bit in its hash', (at) => flip(at, 3)],
    ['an archive of the version before', (at) => fs.writeFileSync(at.memory, oldArchive())],
    ['of another version', (at) => edit(at, (head) => (head.schema_version = 4))],
    ['of other folders', (at) => edit(at, (head) => (head.roots = ['/elsewhere']))],
    ['valid, but no object', (at) => edit(at, () => {}, 'null')],
    ['longer than any memory', (at) => fs.truncateSync(at.memory, 65 * 1024 * 1024)],
    ['a FIFO', (at) => (fs.unlinkSync(at.memory), execFileSync('mkfifo', [at.memory]))],
    [
      'a link',
      (at) => (fs.renameSync(at.memory, `${at.memory}.x`), fs.symlinkSync(`${at.memory}.x`, at.memory)),
    ],
  ])('is replaced when it is %s', (_case, damage) => {
    const at = filled();
    damage(at);
    let opens = 0;
    const write = (to: string, content: string | Uint8Array) =>
      fs.existsSync(to) && fs.statSync(to).isDirectory() ? 'EISDIR' : replaceDurably(at.system, to, content);
    opens = opened(at, () => expect(at.scan({ write }).estimate).toEqual(at.scanAfresh().estimate));
    expect(opens, 'all files are read').toBeGreaterThan(6);
    at.system.advance(2 * HOUR);
    expect(at.scan({ write }).estimate).toEqual(at.scanAfresh().estimate);
  });

  it('is not read when it belongs to another user', () => {
    const at = filled();
    expect(opened(at, () => at.scan())).toBe(1);
    Object.assign(at.system, { uid: (at.system.uid ?? 0) + 1 });
    expect(opened(at, () => at.scan({ write: () => null }))).toBeGreaterThan(5);
  });

  function flip(at: Desk, position: number): void {
    const bytes = fs.readFileSync(at.memory);
    bytes[position]! ^= 1;
    fs.writeFileSync(at.memory, bytes);
  }

  /** Changes its second line, and the hash with it. */
  function edit(at: Desk, change: (head: any) => void, text?: string): void {
    const bytes = fs.readFileSync(at.memory);
    const content = bytes.subarray(bytes.indexOf(10) + 1);
    const end = content.indexOf(10);
    const head = JSON.parse(content.toString('utf8', 0, end));
    change(head);
    const made = Buffer.concat([Buffer.from(text ?? JSON.stringify(head)), content.subarray(end)]);
    fs.writeFileSync(at.memory, Buffer.concat([Buffer.from(`${hash(made)}\n`), made]));
  }

  /** Magic, checksum, number of messages, length of the names. */
  function oldArchive(): Buffer {
    const bytes = Buffer.alloc(32);
    bytes.write('usageln1', 0, 'latin1');
    return bytes;
  }

  it('is written when something was read or has expired, and not otherwise', () => {
    const at = filled();
    const written = () => {
      const names: string[] = [];
      at.scan({ write: (to, content) => (names.push(basename(to)), replaceDurably(at.system, to, content)) });
      return names;
    };
    const both = ['transcripts.bin', 'transcripts.json'];
    expect(written()).toEqual(both);
    at.system.advance(5 * SECOND);
    // Files that were written just before the last scan are read once more.
    expect(written()).toEqual(both);
    expect(written()).toEqual(['transcripts.json']);
    at.system.advance(8 * DAY);
    expect(written()).toEqual(both);
    expect(written()).toEqual(['transcripts.json']);
  });

  it('is small: it contains a week and nothing older', () => {
    const at = desk();
    const { answers } = generate(at.projects, { bytes: 2e6, files: 20, folders: 3, until: NOW, days: 30 });
    at.scan();
    const size = fs.statSync(at.memory).size;
    expect(size).toBeLessThan((answers / 3) * 64 + 20 * 400);
    expect(fs.statSync(at.prepared).size).toBeLessThan(24 * 1024);
    at.system.advance(30 * DAY);
    at.append('a.jsonl', line({ id: 'later', at: at.system.now(), output: 1 }));
    at.scan();
    expect(fs.statSync(at.memory).size).toBeLessThan(800);
  });

  it('is not required: without it everything is read again, and the failure is returned', () => {
    const at = desk();
    at.append('a.jsonl', one);
    const full = () => 'ENOSPC';
    expect(at.scan({ write: full })).toMatchObject({ failure: 'ENOSPC', complete: true });
    expect(totals(at.scan({ write: full }))).toEqual([1, 1]);
    expect(fs.existsSync(at.memory)).toBe(false);
  });

  it('is correct after the clock was set back', () => {
    const at = desk();
    at.append('a.jsonl', one + line({ id: 'ahead', at: NOW + HOUR, output: 10 }));
    at.system.setNow(NOW + 2 * HOUR);
    expect(totals(at.scan())).toEqual([11, 11]);
    at.system.setNow(NOW);
    expect(at.scan().estimate).toEqual(at.scanAfresh().estimate);
    expect(totals(at.scan())).toEqual([1, 1]);
  });

  it('does not contain messages dated more than a day ahead', () => {
    const at = desk();
    at.append('a.jsonl', one + line({ id: 'far', at: NOW + 400 * DAY, output: 10 }));
    at.scan();
    at.system.advance(6 * DAY);
    expect(totals(at.scan())).toEqual([null, 1]);
  });
});
