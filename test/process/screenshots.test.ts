import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { removeAtTheEnd } from '../support/remove.ts';

const docs = new URL('../../docs/screenshots/', import.meta.url).pathname;
const pictures = fs.readdirSync(docs).filter((name) => name.endsWith('.svg'));
const made = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'usageline-pictures-'));

beforeAll(() => {
  execFileSync(process.execPath, [join(docs, 'make.mjs'), made]);
});
removeAtTheEnd(made);

describe('the pictures in the README', () => {
  it('show what the program prints: `npm run screenshots`', () => {
    expect(fs.readdirSync(made).sort()).toEqual(pictures.sort());
  });

  it.each(pictures)('%s is what the program prints', (name) => {
    expect(fs.readFileSync(join(made, name), 'utf8')).toBe(fs.readFileSync(join(docs, name), 'utf8'));
  });

  it('of hosts show the line that the program prints: `npm run screenshots:hosts`', () => {
    const linesOf = (path: string) =>
      (/<desc>(.*?)<\/desc>/s.exec(fs.readFileSync(join(docs, path), 'utf8'))?.[1] ?? '').split('\n');
    const [typed, printed = ''] = linesOf('formats-dark.svg');
    expect(typed).toBe('$ usageline --format default');
    const hosts = fs.readdirSync(join(docs, 'hosts')).filter((name) => name.endsWith('.svg'));
    const old = hosts.filter((name) => !linesOf(`hosts/${name}`).join('\n').includes(printed));
    expect(old).toEqual([]);
  });

  it('show the program’s colours, in each of both themes', () => {
    const coloured = pictures.filter((name) => /^(first|narrow|show)/.test(name));
    expect(coloured.length).toBeGreaterThan(0);
    for (const name of coloured) {
      const picture = fs.readFileSync(join(docs, name), 'utf8');
      const [warn, critical] = name.includes('dark') ? ['#e3b341', '#ff7b72'] : ['#8a6100', '#c4231b'];
      expect(picture).toContain(` fill="${warn}">`);
      expect(picture).toContain(` fill="${critical}" font-weight="bold">`);
    }
  });
});
