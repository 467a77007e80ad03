import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MAX_WATCHED } from '../../../../src/fetch/claude/transcripts/watch.ts';
import { replaceFile } from '../../../../src/cache/write.ts';
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
function opened(at: Desk, act: (system: Desk['system']) => unknown): number {
  let count = 0;
  const openSync = (path: string, ...rest: [number]) => {
    if (path.startsWith(at.projects)) count += 1;
    return fs.openSync(path, ...rest);
  };
  const before = at.system.fs;
  Object.assign(at.system, { fs: disk({ openSync }) });
  act(at.system);
  Object.assign(at.system, { fs: before });
  return count;
}

/** Changes what stands on the lines of a file, each of which is JSON. */
function editLines(path: string, change: (lines: any[]) => void): void {
  const lines = fs
    .readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text));
  change(lines);
  fs.writeFileSync(path, `${lines.map((each) => JSON.stringify(each)).join('\n')}\n`);
}

describe('reading transcripts', () => {
  it('says nothing where there are none', () => {
    const at = desk();
    fs.rmdirSync(at.projects);
    expect(at.read()).toEqual({ estimate: null, complete: true, failure: null });
    expect(fs.existsSync(at.statePath)).toBe(false);
  });

  it('says that nothing was used where nothing was written', () => {
    expect(totals(desk().read())).toEqual([null, 0]);
  });

  it('finds them in folders at any depth', () => {
    const at = desk();
    at.append('a/session.jsonl', one);
    at.append('a/session/subagents/agent-1.jsonl', ten);
    at.append('top.jsonl', hundred);
    expect(totals(at.read())).toEqual([111, 111]);
  });

  it('counts the last of a message’s lines, over files and over calls', () => {
    const at = desk();
    const streamed = (output: number, after: number) =>
      line({ id: 'm', request: 'r', at: AT + after, output });
    at.append('a/one.jsonl', streamed(3, 0) + streamed(9, 10));
    expect(totals(at.read())).toEqual([9, 9]);
    at.append('a/one.jsonl', streamed(159, 20));
    expect(totals(at.read())).toEqual([159, 159]);
    at.append('b/resumed.jsonl', streamed(3, 0) + streamed(9, 10));
    expect(totals(at.read())).toEqual([159, 159]);
  });

  it('reads a line again that was half written', () => {
    const at = desk();
    at.append('a.jsonl', one + ten.slice(0, 100));
    expect(totals(at.read())).toEqual([1, 1]);
    at.append('a.jsonl', ten.slice(100));
    expect(totals(at.read())).toEqual([11, 11]);
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
    expect(totals(at.read())).toEqual([1002, 1002]);
    at.append('a.jsonl', withAdvice(3, 20, 1000, 20_000));
    expect(totals(at.read())).toEqual([21_003, 21_003]);
    at.append('b/resumed.jsonl', withAdvice(2, 10, 1000) + withAdvice(3, 20, 1000, 20_000));
    expect(totals(at.read())).toEqual([21_003, 21_003]);
    expect(at.read().estimate?.sevenDay.byModel.sage?.total).toBe(21_000);
    expect(totals(at.readAfresh())).toEqual([21_003, 21_003]);
  });

  it('counts whole records on a line with parts of others, read at once or as it grows', () => {
    const at = desk();
    const text = one.slice(0, 200) + ten.trimEnd() + hundred.trimEnd() + one;
    for (let end = 0; end <= text.length; end += 97) {
      at.write('a.jsonl', text.slice(0, end));
      at.read();
    }
    at.append('a.jsonl', text.slice(text.length - (text.length % 97)));
    expect(totals(at.read())).toEqual([111, 111]);
    at.append('a.jsonl', '\0'.repeat(512) + line({ id: 'next', at: AT, output: 1000 }));
    expect(totals(at.read())).toEqual([1111, 1111]);
    expect(totals(at.readAfresh())).toEqual([1111, 1111]);
  });

  it('opens nothing when nothing has changed', () => {
    const at = desk();
    at.append('a/one.jsonl', one);
    at.append('b/two.jsonl', ten);
    at.system.advance(5 * SECOND);
    expect(opened(at, () => at.read())).toBe(2);
    expect(opened(at, () => expect(totals(at.read())).toEqual([11, 11]))).toBe(0);
    at.system.advance(2 * MINUTE);
    expect(opened(at, () => at.read())).toBe(0);
    at.append('b/two.jsonl', hundred);
    expect(opened(at, () => expect(totals(at.read())).toEqual([111, 111]))).toBe(1);
  });

  it('reads only what was appended', () => {
    const at = desk();
    at.append('a.jsonl', one.repeat(5000));
    at.read();
    at.append('a.jsonl', ten);
    let bytes = 0;
    const readSync = (...args: Parameters<typeof fs.readSync>) => {
      const count = fs.readSync(...args);
      bytes += count;
      return count;
    };
    const own = fs.statSync(at.statePath).size;
    Object.assign(at.system, { fs: disk({ readSync }) });
    expect(totals(at.read())).toEqual([11, 11]);
    expect(bytes).toBeLessThan(2 * own + ten.length + 1024);
  });

  it('does not open what nobody has written to for eight days', () => {
    const at = desk();
    at.append('old.jsonl', one);
    at.system.advance(8 * DAY + 1);
    expect(opened(at, () => expect(totals(at.read())).toEqual([null, 0]))).toBe(0);
  });

  it('notices within a minute when an old one is gone on with', () => {
    const at = desk();
    at.append('old.jsonl', one);
    at.system.advance(9 * DAY);
    at.read();
    at.append('old.jsonl', line({ id: 'new', at: at.system.now(), output: 7 }));
    at.system.advance(MINUTE);
    expect(totals(at.read())).toEqual([7, 7]);
  });

  it.each<[string, (at: Desk) => void]>([
    ['deleted', (at) => at.remove('a/one.jsonl')],
    ['emptied', (at) => at.write('a/one.jsonl', '')],
    ['cut in half', (at) => at.write('a/one.jsonl', one.slice(0, 200))],
    ['moved', (at) => (at.remove('a/one.jsonl'), at.append('b/two.jsonl', one + ten))],
    ['deleted with its folder', (at) => (at.remove('a/one.jsonl'), fs.rmdirSync(at.path('a')))],
    ['no file any more', (at) => (at.remove('a/one.jsonl'), fs.mkdirSync(at.path('a/one.jsonl')))],
  ])('keeps what was counted of a transcript that is %s, for as long as it counts', (_case, act) => {
    const at = desk();
    at.append('a/one.jsonl', one + ten);
    at.read();
    act(at);
    expect(totals(at.read())).toEqual([11, 11]);
    at.system.advance(6 * DAY);
    expect(totals(at.read())).toEqual([null, 11]);
    at.system.advance(DAY);
    expect(totals(at.read())?.[1] ?? 0).toBe(0);
  });

  it.each<[string, (at: Desk) => void]>([
    ['another file in its place', (at) => at.write('a.jsonl', ten + hundred, 'another')],
    ['the same file written anew', (at) => at.write('a.jsonl', ten + hundred)],
    ['the same file, longer', (at) => at.write('a.jsonl', hundred + ten + one.repeat(5))],
  ])('reads from the start: %s', (_case, act) => {
    const at = desk();
    at.append('a.jsonl', one + one + one);
    expect(totals(at.read())?.[1]).toBe(1);
    act(at);
    expect(totals(at.read())?.[1]).toBe(111);
  });

  it('notices such a change of one that has been there for long', () => {
    const at = desk();
    at.append('a.jsonl', one);
    at.system.advance(MINUTE);
    at.append('a.jsonl', ten);
    expect(totals(at.read())).toEqual([11, 11]);
    at.write('a.jsonl', one + line({ id: 'two', request: 'r', at: AT, output: 80 }));
    expect(totals(at.read())).toEqual([91, 91]);
  });

  it('notices a change in the same millisecond that leaves the size alone', () => {
    const at = desk();
    at.append('a.jsonl', one);
    at.read();
    at.write('a.jsonl', line({ id: 'two', request: 'r', at: AT, output: 8 }));
    expect(totals(at.read())).toEqual([9, 9]);
  });
});

describe('what is found among transcripts', () => {
  it('is passed over when it is none, and never waited for', async () => {
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
    expect(at.read()).toMatchObject({ complete: true, failure: null });
    expect(totals(at.read())).toEqual([1, 1]);
    server.close();
  });

  it('counts once when a root is reached twice, by name or by link', () => {
    const at = desk();
    at.append('a.jsonl', one + line({ at: AT, output: 5 }));
    const link = join(at.system.root, 'link');
    fs.symlinkSync(at.projects, link);
    const roots = [at.projects, link, `${at.projects}/`, join(at.system.root, 'none')];
    expect(totals(at.read({ roots }))).toEqual([6, 6]);
    expect(opened(at, () => at.readAfresh(roots))).toBe(1);
  });

  it('is searched no deeper than any session goes', () => {
    const at = desk();
    at.append(`${'d/'.repeat(16)}deep.jsonl`, one);
    at.append(`${'d/'.repeat(17)}deeper.jsonl`, ten);
    expect(totals(at.read())).toEqual([1, 1]);
  });

  it('keeps what was counted through a clock that is years behind for a while', () => {
    const at = desk();
    at.append('a/a.jsonl', one);
    at.append('b/b.jsonl', ten);
    expect(totals(at.read())).toEqual([11, 11]);
    at.system.setNow(Date.UTC(2020, 0, 1));
    at.read();
    at.system.setNow(NOW + 5 * SECOND);
    expect(totals(at.read())).toEqual([11, 11]);
  });

  it('goes on as before beside a large one that cannot be read', () => {
    const at = desk();
    at.append('a/mine.jsonl', one);
    at.append('a/theirs.jsonl', 'x'.repeat(2 * 1024 * 1024));
    const theirs = (path: string) => path.endsWith('theirs.jsonl');
    const openSync = (path: string, ...rest: [number]) =>
      theirs(path) ? failing('EACCES')() : fs.openSync(path, ...rest);
    const accessSync = (path: string, mode: number) =>
      theirs(path) ? failing('EACCES')() : fs.accessSync(path, mode);
    Object.assign(at.system, { fs: disk({ openSync, accessSync }) });
    at.read();
    at.system.advance(5 * SECOND);
    at.append('a/mine.jsonl', ten);
    const written: string[] = [];
    const { estimate } = at.read({
      write(path, content) {
        written.push(basename(path));
        return replaceFile(at.system, path, content);
      },
    });
    expect(estimate?.sevenDay?.output).toBe(11);
    expect(written).toEqual(['transcripts.new']);
  });

  it('does not keep the others when a folder or a file cannot be read', () => {
    const at = desk();
    at.append('a/one.jsonl', one);
    at.append('b/two.jsonl', ten);
    const openSync = (path: string, ...rest: [number]) =>
      path.endsWith('two.jsonl') ? failing('EACCES')() : fs.openSync(path, ...rest);
    Object.assign(at.system, { fs: disk({ openSync }) });
    expect(totals(at.read())).toEqual([1, 1]);
    const readdirSync = (path: string, options: { withFileTypes: true }) =>
      path.endsWith('/a') ? failing('EACCES')() : fs.readdirSync(path, options);
    Object.assign(at.system, { fs: disk({ readdirSync }) });
    expect(totals(at.read({ thorough: true }))).toEqual([11, 11]);
    expect(totals(at.readAfresh())).toEqual([10, 10]);
  });

  describe('in a history larger than can be watched', () => {
    const SESSIONS = 3 * MAX_WATCHED;
    /** As many sessions in seven folders, the last of them changed last. */
    function large(): Desk {
      const at = desk();
      for (let index = 0; index < SESSIONS; index += 1) {
        at.append(`p${index % 7}/${index}.jsonl`, line({ id: `m${index}`, at: AT, output: 1 }));
        at.system.advance(1);
      }
      at.system.advance(5 * SECOND);
      expect(totals(at.read())?.[1]).toBe(SESSIONS);
      return at;
    }

    it('sees at once what the busy part says', () => {
      const at = large();
      at.append(`p1/${SESSIONS - 1}.jsonl`, ten);
      expect(totals(at.read())?.[1]).toBe(SESSIONS + 10);
    });

    it('sees at once where another session begins, and goes on', () => {
      const at = large();
      at.append('p3/new.jsonl', ten);
      expect(totals(at.read())?.[1]).toBe(SESSIONS + 10);
      at.system.advance(5 * SECOND);
      at.append('p3/new.jsonl', hundred);
      expect(totals(at.read())?.[1]).toBe(SESSIONS + 110);
      at.append('brand-new/0.jsonl', one);
      expect(totals(at.read())?.[1]).toBe(SESSIONS + 111);
      at.append('brand-new/0.jsonl', line({ id: 'thousand', at: AT, output: 1000 }));
      expect(totals(at.read())?.[1]).toBe(SESSIONS + 1111);
    });

    it('sees within a minute that the oldest is gone on with, and from then on at once', () => {
      const at = large();
      at.append('p0/0.jsonl', ten);
      expect(totals(at.read())?.[1]).toBe(SESSIONS);
      at.system.advance(MINUTE);
      expect(totals(at.read())?.[1]).toBe(SESSIONS + 10);
      at.system.advance(5 * SECOND);
      at.append('p0/0.jsonl', hundred);
      expect(totals(at.read())?.[1]).toBe(SESSIONS + 110);
    });

    it('reads nothing twice, and lists no folder that is as it was, when a folder is new', () => {
      const at = large();
      at.append('p3/new.jsonl', ten.repeat(1000));
      at.read();
      at.system.advance(2 * MINUTE);
      at.read();
      at.append('brand-new/0.jsonl', hundred);
      let lists = 0;
      let bytes = 0;
      const readSync = (...args: Parameters<typeof fs.readSync>) => {
        const count = fs.readSync(...args);
        bytes += count;
        return count;
      };
      const readdirSync = (path: string, options: { withFileTypes: true }) => {
        if (path.startsWith(at.projects)) lists += 1;
        return fs.readdirSync(path, options);
      };
      Object.assign(at.system, { fs: disk({ readdirSync, readSync }) });
      expect(totals(at.read())?.[1]).toBe(SESSIONS + 110);
      // The folder above, twice, and those with something new in them.
      expect(lists).toBeLessThanOrEqual(4);
      expect(bytes).toBeLessThan((ten.length * 1000) / 4);
    });

    it('sees everything at once when a person waits for it', () => {
      const at = large();
      at.append('p0/0.jsonl', hundred);
      expect(totals(at.read({ thorough: true }))?.[1]).toBe(SESSIONS + 100);
    });

    it('looks at no more than it has time for, and at everything in a few calls', () => {
      const at = large();
      at.read({ thorough: true, perLine: 20 });
      at.append('p6/6.jsonl', ten);
      at.append('p2/2.jsonl', hundred);
      at.system.advance(MINUTE);
      const most = 2 * MAX_WATCHED + 2 * 20;
      const weeks = new Set<number | undefined>();
      for (let call = 0; call < 10; call += 1) {
        let appearance = 0;
        const lstatSync = (path: string, ...rest: [{ throwIfNoEntry: false }]) => {
          if (path.startsWith(at.projects)) appearance += 1;
          return fs.lstatSync(path, ...rest);
        };
        Object.assign(at.system, { fs: disk({ lstatSync }) });
        weeks.add(totals(at.read())?.[1]);
        expect(appearance).toBeLessThan(most);
      }
      expect([...weeks]).toEqual([SESSIONS, SESSIONS + 100, SESSIONS + 110]);
    });
  });

  it('counts once when another process, slower, has put an older journal in the place of a newer one', () => {
    const at = desk();
    at.append('a/one.jsonl', one);
    at.system.advance(5 * SECOND);
    at.read();
    const journal = at.statePath.replace('.json', '.new');
    const older = fs.readFileSync(journal);
    at.append('a/one.jsonl', ten);
    expect(totals(at.read())).toEqual([11, 11]);
    fs.writeFileSync(journal, older);
    at.append('a/one.jsonl', hundred);
    expect(totals(at.read())).toEqual([111, 111]);
    // Nor does one help that goes with a state which is no more.
    at.read({ thorough: true });
    fs.writeFileSync(journal, older);
    expect(totals(at.read())).toEqual([111, 111]);
  });

  it('goes out of the week and out of the block to the millisecond, also when nothing else happens', () => {
    const at = desk();
    const [early, late] = [NOW - 7 * DAY + 10 * MINUTE, NOW - 4 * HOUR];
    at.append('a.jsonl', line({ id: 'early', at: early, output: 1 }) + line({ at: late, output: 10 }));
    at.system.advance(5 * SECOND);
    expect(totals(at.read())).toEqual([10, 11]);
    at.system.setNow(early + 7 * DAY);
    expect(totals(at.read())).toEqual([10, 11]);
    at.system.advance(1);
    expect(totals(at.read())).toEqual([10, 10]);
    const end = Math.floor(late / HOUR) * HOUR + 5 * HOUR;
    at.system.setNow(end - 1);
    expect(totals(at.read())).toEqual([10, 10]);
    at.system.setNow(end);
    expect(totals(at.read())).toEqual([null, 10]);
  });
});

describe('a deadline', () => {
  it('ends a call early; the newest are counted first, and the next call goes on', () => {
    const at = desk();
    for (const [index, text] of [one, ten, hundred].entries()) {
      // Two of them are as much as a call reads in any case.
      at.append(`a/${index}.jsonl`, text.repeat(Math.ceil((140 * 1024) / text.length)));
      at.system.advance(10 * SECOND);
    }
    const weeks = [1, 2, 3].map(() => {
      const reading = at.read({ deadline: 0 });
      return [reading.complete, totals(reading)?.[1]];
    });
    expect(weeks).toEqual([
      [false, 110],
      [true, 111],
      [true, 111],
    ]);
  });

  it('keeps no call from reading a little of each session under way, and from being done then', () => {
    const at = desk();
    const names = ['a/one.jsonl', 'b/two.jsonl', 'c/three.jsonl'];
    for (const name of names) at.append(name, one);
    at.system.advance(5 * SECOND);
    at.read();
    for (const [index, name] of names.entries()) {
      at.append(name, line({ id: `${index}`, at: AT, output: 10 }));
    }
    // A new folder, so that everything is looked at.
    at.append('d/four.jsonl', hundred);
    const reading = at.read({ deadline: -1 });
    expect([reading.complete, totals(reading)]).toEqual([true, [131, 131]]);
  });

  it('ends it also in the middle of a file', () => {
    const at = desk();
    const { answers } = generate(at.projects, { bytes: 2e6, files: 1, folders: 1, until: NOW, days: 1 });
    const whole = at.readAfresh();
    expect(answers).toBeGreaterThan(50);
    let turns = 0;
    for (let complete = false; !complete; turns += 1) ({ complete } = at.read({ deadline: 0 }));
    expect(turns).toBeGreaterThan(3);
    expect(at.read().estimate).toEqual(whole.estimate);
  });
});

describe('a line at the end of a transcript', () => {
  /** A history that has been at rest, half of it in the archive. */
  function rested(): Desk {
    const at = desk();
    generate(at.projects, { bytes: 3e5, files: 5, folders: 2, until: NOW, days: 6 });
    at.append('more.jsonl', one);
    for (const name of ['.', ...fs.readdirSync(at.projects, { recursive: true, encoding: 'utf8' })]) {
      const path = at.path(name);
      if (fs.statSync(path).isDirectory()) fs.utimesSync(path, NOW / SECOND, NOW / SECOND);
    }
    at.read({ maxRecent: 3 });
    at.system.advance(5 * SECOND);
    at.read({ thorough: true });
    return at;
  }
  const written = (at: Desk, options: Parameters<Desk['read']>[0] = {}) => {
    const names: string[] = [];
    const write = (to: string, content: string | Uint8Array) => {
      names.push(to.slice(at.system.root.length + 1));
      return replaceFile(at.system, to, content);
    };
    const reading = at.read({ write, ...options });
    return { names, week: totals(reading)?.[1], afresh: totals(at.readAfresh())?.[1] };
  };
  /** The same answer, further on. */
  const more = (text: string, output: number) =>
    text.replace(/"output_tokens":\d+/, `"output_tokens":${output}`);
  const journal = (at: Desk) => at.statePath.replace('.json', '.new');

  it('has the journal written, and nothing else', () => {
    const at = rested();
    for (const text of [ten, hundred, more(ten, 12), more(one, 5)]) {
      at.append('more.jsonl', text);
      const { names, week, afresh } = written(at);
      expect(names).toEqual(['transcripts.new']);
      expect(week).toBe(afresh);
      at.system.advance(3 * SECOND);
    }
    // That it has not been written to since is remembered, once.
    written(at);
    const { names, week, afresh } = written(at);
    expect([names, week]).toEqual([[], afresh]);
  });

  it('counts once, whether its message is in the archive or not', () => {
    const at = rested();
    const name = fs
      .readdirSync(at.projects, { recursive: true, encoding: 'utf8' })
      .find((it) => it.endsWith('.jsonl'));
    const known = fs.readFileSync(at.path(name!), 'utf8');
    at.append('more.jsonl', known + one);
    const { week, afresh } = written(at);
    expect(week).toBe(afresh);
  });

  it.each<[string, (at: Desk) => void]>([
    ['gone', (at) => fs.unlinkSync(journal(at))],
    ['empty', (at) => fs.writeFileSync(journal(at), '')],
    ['cut off in what there is to be known', (at) => fs.truncateSync(journal(at), 60)],
    ['cut off in what was read', (at) => fs.truncateSync(journal(at), fs.statSync(journal(at)).size - 5)],
    ['without its last line end', (at) => fs.truncateSync(journal(at), fs.statSync(journal(at)).size - 1)],
    ['a directory', (at) => (fs.unlinkSync(journal(at)), fs.mkdirSync(journal(at)))],
    ['of another state', (at) => alter(at, ([head]) => (head.base += 1))],
    ['of other folders', (at) => alter(at, ([head]) => (head.roots = ['/elsewhere']))],
    [
      'beside a state that is cut off',
      (at) => fs.truncateSync(at.statePath, fs.statSync(at.statePath).size - 5),
    ],
    ['of a state with other lines', (at) => alter(at, ([head]) => (head.lengths[1] += 1))],
    ['broken in a sum', (at) => alter(at, ([head]) => (head.sums[3][0][1][0] = -1))],
    ['broken in what leaves the week', (at) => alter(at, ([head]) => (head.sums[6] = [[1, [], null]]))],
    ['broken in a moment', (at) => leaves(at, [-1, 0, 1, 1, 1, 1])],
    ['broken in the model of a moment', (at) => leaves(at, [9 * MINUTE, 7, 1, 1, 1, 1], [7, 1, 1, 1, 1])],
    ['cut off in a moment', (at) => leaves(at, [9 * MINUTE, 0, 1], [0, 1])],
    ['broken in a folder', (at) => alter(at, ([head]) => (head.folders[0][1] = null))],
    [
      'naming a line that is not there',
      (at) => {
        alter(at, ([head]) => (head.folders[0][2] = 99));
        at.append('new.jsonl', line({ id: 'new', request: 'r', at: AT, output: 7 }));
      },
    ],
    ['broken in what is watched', (at) => alter(at, ([head]) => (head.files[0][1][0][4] = -1))],
    ['broken in a message', (at) => alter(at, ([, since]) => (since.changes[0][0][1] = null))],
    ['broken in an offset', (at) => alter(at, ([, since]) => (since.files[0][1][0][4] = -1))],
  ])('is read again when the journal is %s', (_case, damage) => {
    const at = rested();
    at.append('more.jsonl', ten);
    written(at);
    damage(at);
    at.append('more.jsonl', hundred);
    const { names, week, afresh } = written(at);
    expect(names).toEqual(['transcripts.json', 'transcripts.new']);
    expect(week).toBe(afresh);
    at.system.advance(2 * MINUTE);
    expect(at.read().estimate).toEqual(at.readAfresh().estimate);
    at.append('another.jsonl', line({ id: 'thousand', request: 'r', at: AT, output: 1000 }));
    expect(at.read().estimate).toEqual(at.readAfresh().estimate);
  });

  /** As if these moments had been written, and their sums. */
  function leaves(at: Desk, moments: number[], sums: number[] = []): void {
    alter(at, ([head]) => (head.sums[6] = [[9 * MINUTE, sums, moments]]));
  }

  function alter(at: Desk, change: (lines: any[]) => void): void {
    editLines(journal(at), change);
  }

  it('is put into the state with the next look at everything', () => {
    const at = rested();
    at.append('more.jsonl', ten);
    written(at);
    at.system.advance(2 * MINUTE);
    expect(written(at).names).toEqual(['transcripts.new']);
    expect(written(at, { thorough: true }).names).toEqual(['transcripts.json', 'transcripts.new']);
    fs.rmSync(journal(at));
    expect(at.read().estimate).toEqual(at.readAfresh().estimate);
  });

  it.each([
    ['there is a folder that nobody knows', (at: Desk) => at.append('another/one.jsonl', hundred)],
    ['a transcript is gone', (at: Desk) => at.remove('more.jsonl')],
    ['too many messages would stand beside the archive', (at: Desk) => at.append('more.jsonl', hundred), 1],
  ])('has everything looked at when %s', (_case, happens, maxRecent?: number) => {
    const at = rested();
    at.append('more.jsonl', ten);
    happens(at);
    const { names } = written(at, maxRecent === undefined ? {} : { maxRecent });
    expect(names).toContain('transcripts.json');
  });
});

describe('what is remembered', () => {
  /** Both files of a state in which there is an archive and something beside it. */
  function filled(): Desk {
    const at = desk();
    generate(at.projects, { bytes: 3e5, files: 5, folders: 2, until: NOW, days: 6 });
    at.read({ maxRecent: 3 });
    at.append('more.jsonl', one + ten);
    at.read({ maxRecent: 3 });
    return at;
  }
  const archiveOf = (at: Desk) => at.statePath.replace('.json', '.bin');

  it.each<[string, (at: Desk) => void]>([
    ['the state is gone', (at) => fs.unlinkSync(at.statePath)],
    ['the archive is gone', (at) => fs.unlinkSync(archiveOf(at))],
    ['the state is empty', (at) => fs.writeFileSync(at.statePath, '')],
    ['the state is cut off', (at) => fs.truncateSync(at.statePath, fs.statSync(at.statePath).size - 5)],
    ['the state is a directory', (at) => (fs.unlinkSync(at.statePath), fs.mkdirSync(at.statePath))],
    ['the archive is cut off', (at) => fs.truncateSync(archiveOf(at), 800)],
    ['the archive is empty', (at) => fs.truncateSync(archiveOf(at), 0)],
    ['the archive has a wrong bit in a count', (at) => flip(archiveOf(at), countIn(archiveOf(at)))],
    ['the archive has a wrong bit in its header', (at) => flip(archiveOf(at), 17)],
    ['the state is of the version before', (at) => edit(at, ([first]) => (first.schema_version = 3))],
    ['the state is of other folders', (at) => edit(at, ([first]) => (first.roots = ['/elsewhere']))],
    ['a sum is negative', (at) => edit(at, ([first]) => (first.buckets[0][2] = -1))],
    ['a sum is a text', (at) => edit(at, ([first]) => (first.buckets[0][2] = '1'))],
    ['a model is missing', (at) => edit(at, ([first]) => (first.models = []))],
    [
      'a message is broken',
      (at) => edit(at, ([, recent]) => (recent.recent = [[null, 1, 1, 0, 1, 1, 1, 1]])),
    ],
    ['an offset is negative', (at) => edit(at, ([, , rest]) => (rest.folders.at(-1)[3][0][4] = -1))],
    ['a line is missing', (at) => edit(at, (lines) => lines.pop())],
    ['the archive is another one', (at) => edit(at, ([, recent]) => (recent.archive = 1))],
  ])('is made anew when %s', (_case, damage) => {
    const at = filled();
    expect(at.read().estimate).toEqual(at.readAfresh().estimate);
    // So much later that the sums are made anew from the messages.
    at.system.advance(2 * HOUR);
    damage(at);
    expect(at.read().estimate).toEqual(at.readAfresh().estimate);
  });

  it('does without an archive that an older process has put in the place of a newer one', () => {
    const at = filled();
    const older = fs.readFileSync(archiveOf(at));
    at.append('more.jsonl', hundred);
    at.read({ maxRecent: 0 });
    fs.writeFileSync(archiveOf(at), older);
    at.system.advance(2 * HOUR);
    expect(at.read().estimate).toEqual(at.readAfresh().estimate);
  });

  /** Where the counts of the last message are: before two bytes for each message. */
  function countIn(archive: string): number {
    const bytes = fs.readFileSync(archive);
    return bytes.length - Math.ceil(bytes.readDoubleLE(16) / 4) * 8 - 16;
  }

  function flip(path: string, at: number): void {
    const bytes = fs.readFileSync(path);
    bytes[at]! ^= 1;
    fs.writeFileSync(path, bytes);
  }

  function edit(at: Desk, change: (lines: any[]) => void): void {
    editLines(at.statePath, change);
  }

  it('stays in the archive when the state is lost, also of transcripts that are gone', () => {
    const at = filled();
    const before = at.read({ maxRecent: 0, thorough: true });
    at.append('more.jsonl', hundred);
    at.read({ maxRecent: 0 });
    at.remove('more.jsonl');
    fs.unlinkSync(at.statePath);
    expect(totals(at.read())?.[1]).toBe(totals(before)![1] + 100);
  });

  it('is small: a week, and nothing of what lies before it', () => {
    const at = desk();
    const { answers } = generate(at.projects, { bytes: 2e6, files: 20, folders: 3, until: NOW, days: 30 });
    at.read({ maxRecent: 3 });
    const size = fs.statSync(archiveOf(at)).size;
    expect(size).toBeLessThan((answers / 3) * 42 + 1024);
    at.system.advance(30 * DAY);
    at.append('a.jsonl', line({ id: 'later', at: at.system.now(), output: 1 }));
    at.read({ maxRecent: 0 });
    expect(fs.statSync(archiveOf(at)).size).toBeLessThan(300);
  });

  it('is not needed: what cannot be written is read again, and said', () => {
    const at = desk();
    at.append('a.jsonl', one);
    const full = () => 'ENOSPC';
    expect(at.read({ write: full })).toMatchObject({ failure: 'ENOSPC', complete: true });
    expect(totals(at.read({ write: full, maxRecent: 0 }))).toEqual([1, 1]);
    expect(fs.existsSync(at.statePath)).toBe(false);
  });

  it('is right after the clock was set back', () => {
    const at = desk();
    at.append('a.jsonl', one + line({ id: 'ahead', at: NOW + HOUR, output: 10 }));
    at.system.setNow(NOW + 2 * HOUR);
    expect(totals(at.read())).toEqual([11, 11]);
    at.system.setNow(NOW);
    expect(at.read().estimate).toEqual(at.readAfresh().estimate);
    expect(totals(at.read())).toEqual([1, 1]);
  });

  it('does not include what is stamped more than a day ahead', () => {
    const at = desk();
    at.append('a.jsonl', one + line({ id: 'far', at: NOW + 400 * DAY, output: 10 }));
    at.read();
    at.system.advance(6 * DAY);
    expect(totals(at.read())).toEqual([null, 1]);
  });
});
