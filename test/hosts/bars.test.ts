import { spawn } from 'node:child_process';
import { afterAll, expect, it } from 'vitest';
import { renderOutput } from '../../src/render/outputs/index.ts';
import { usage, window } from '../render/usages.ts';
import { describeWith } from '../support/tools.ts';
import { aHost, entry, eventually, replaceFile } from './host.ts';
import type { Host } from './host.ts';
import { aHostileHost, harmDone } from './hostile.ts';

type Block = Record<string, unknown>;

const ends: (() => void)[] = [];
afterAll(() => {
  for (const end of ends.splice(0)) end();
});

/**
 * i3blocks with one block. Returns what i3blocks has sent to the bar so far, which must be JSON for any output
 * of the block.
 */
function bar(host: Host, command: string): () => Block[] {
  const config = `[usageline]\ncommand=${command}\nformat=json\ninterval=1\n`;
  const child = spawn('i3blocks', ['-c', host.write('i3blocks.conf', config)], {
    cwd: host.home,
    env: host.machine.env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  ends.push(() => child.kill());
  let received = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (received += text));
  // i3blocks prints a header, and then an array of arrays of blocks that never ends.
  return () => {
    const [, , ...lines] = received.split('\n').slice(0, -1);
    const blocks = lines.flatMap((line) => JSON.parse(line.replace(/^,/, '')) as Block[]);
    return blocks.filter(({ name }) => name === 'usageline');
  };
}

const block = `${process.execPath} ${entry} --output i3blocks`;

describeWith('i3blocks', 'a block of i3blocks', () => {
  it.concurrent('shows the line and its short form', async () => {
    const host = await aHost(['i3blocks']);
    const blocks = bar(host, block);
    await eventually('a block', () => blocks().length > 0);
    expect(blocks()[0]).toMatchObject({
      markup: 'pango',
      full_text:
        "5h <span foreground='#ffd75f'>22%</span> 4h37m · 7d <span foreground='#5fd7d7'>33%</span> 4d3h",
      short_text: "5h <span foreground='#ffd75f'>22%</span> · 7d <span foreground='#5fd7d7'>33%</span>",
    });
  });

  it.concurrent('shows a hostile model name as text', async () => {
    const host = await aHostileHost();
    const plain = await host.printedLine('plain');
    const blocks = bar(host, block);
    await eventually('a block', () => blocks().length > 0);
    const shown = `${blocks()[0]?.full_text}`.replaceAll(/<\/?span[^<>]*>/g, '');
    expect(shown).toBe(plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'));
    expect(harmDone(host.machine)).toEqual([]);
  });

  it.concurrent('fills the background of a number only while a window is nearly used up', async () => {
    const host = await aHost([]);
    const reportUsage = (usedPercent: number) =>
      replaceFile(
        `${host.home}/block`,
        renderOutput('i3blocks', usage({ windows: [window({ usedPercent, windowSeconds: null })] }), {
          color: true,
          countdowns: true,
        }),
      );
    reportUsage(100);
    const blocks = bar(host, 'cat $HOME/block');
    await eventually('a block', () => blocks().length > 0);
    // Older versions of i3blocks drop booleans, so `urgent` is not checked.
    expect(blocks()[0]?.short_text).toBe(
      "5h <span background='#ff6b6b' foreground='#000000' weight='bold'>100%</span>",
    );
    reportUsage(3);
    await eventually(
      'another one',
      () => blocks().at(-1)?.short_text === "5h <span foreground='#5fd7d7'>3%</span>",
    );
  });
});
