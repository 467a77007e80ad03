import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeWith } from '../support/tools.ts';
import { aHost, OLD_LINE } from './host.ts';
import { open, shells } from './shells.ts';

/*
 * powerlevel10k is in no package of Debian, so these tests need its directory in the variable POWERLEVEL10K. What its
 * stand-in can show is in foreign.long.test.ts.
 */

const directory = process.env.POWERLEVEL10K ?? '';
const isThere = fs.existsSync(`${directory}/powerlevel10k.zsh-theme`);

/** Thresholds at which 22 % is a warning, or 33 % is critical as well. */
const WARN = { warn: 20, critical: 90 };
const CRITICAL = { warn: 20, critical: 30 };

/** The row with the line, in a zsh with a stock configuration of powerlevel10k. */
async function rowIn(
  style: string,
  { warn, critical }: { warn: number; critical: number },
  ...settings: string[]
): Promise<string> {
  const host = await aHost([]);
  host.write('.config/usageline/config.toml', `[thresholds]\nwarn = ${warn}\ncritical = ${critical}\n`);
  await host.machine.run(['ready', 'zsh']);
  const before = [
    'POWERLEVEL9K_DISABLE_GITSTATUS=true POWERLEVEL9K_DISABLE_CONFIGURATION_WIZARD=true',
    `source ${directory}/powerlevel10k.zsh-theme`,
    `source ${directory}/config/p10k-${style}.zsh`,
    'POWERLEVEL9K_MODE=ascii POWERLEVEL9K_INSTANT_PROMPT=off',
    ...settings,
  ].join('\n');
  const terminal = await open(host, shells.zsh, { before, ready: OLD_LINE });
  const rows = (await terminal.colours()).split('\n');
  await terminal.close();
  return rows.findLast((row) => row.includes('5h')) ?? '';
}

/** The styles that are in force where a text begins, as tmux reports them. */
function styleOf(row: string, text: string): string {
  const before = row.slice(0, row.indexOf(text));
  const [, style = ''] = /.*(?:\u001B\[0?m)(.*)/.exec(before) ?? ['', before];
  return [...style.matchAll(/\u001B\[([\d;]*)m/g)].map(([, codes]) => codes).join(' ');
}

describeWith('tmux', "on powerlevel10k's screen", () =>
  describe.skipIf(!isThere)(
    isThere ? 'the segment' : 'the segment (skipped: POWERLEVEL10K names no directory of it)',
    () => {
      it.concurrent.each(['lean', 'lean-8colors', 'pure', 'robbyrussell'])(
        'has the colour of each number where %s has no background',
        async (style) => {
          const row = await rowIn(style, CRITICAL);
          expect(row).toContain('5h \u001B[33m22%');
          expect(styleOf(row, '33%')).toMatch(/7.*31|31.*7/);
        },
      );

      it.concurrent.each([
        ['classic', WARN, '220'],
        ['classic', CRITICAL, '217'],
        ['rainbow', WARN, '220'],
        ['rainbow', CRITICAL, '217'],
      ])('has the colour of the level on the background of %s, %j', async (style, thresholds, colour) => {
        const row = await rowIn(style, thresholds);
        expect(row).toMatch(new RegExp(String.raw`38;5;${colour}m`));
      });

      it.concurrent('has the colour that the user has chosen for a state', async () => {
        const chosen = 'POWERLEVEL9K_USAGELINE_WARNING_FOREGROUND=201';
        const row = await rowIn('lean', WARN, chosen);
        expect(row).toMatch(/38;5;201m[^\u001B]*5h 22% 4h37m/);
      });
    },
  ),
);
