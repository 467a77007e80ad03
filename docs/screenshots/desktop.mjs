import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pngOf } from './png.mjs';

/** How long a bar has to start and to show the line, ms. */
const SETTLED = 8000;

/** Rows of an X screen below or above the picture: the pointer is in the middle of the screen, and must not be on the bar. */
const REST = 200;

/** The top or bottom rows of an X screen on which the program has started, as PNG. Needs Xvfb. */
export async function pictureOfX(stage, { width, height, at, start: [file, ...args] }) {
  const frame = stage.path('frame');
  fs.mkdirSync(frame);
  const display = `:${90 + (process.pid % 900)}`;
  const server = spawn('Xvfb', [display, '-screen', '0', `${width}x${height + REST}x24`, '-fbdir', frame, '-nolisten', 'tcp'], { stdio: 'ignore' });
  const processes = [server];
  try {
    await pause(1500);
    processes.push(spawn(file, args, { env: { ...stage.env, DISPLAY: display }, cwd: stage.home, stdio: 'ignore' }));
    await pause(SETTLED);
    return pngOfXwd(fs.readFileSync(`${frame}/Xvfb_screen0`), { top: at === 'top' ? 0 : REST, height });
  } finally {
    await ended(processes);
  }
}

/** The same in a sway without a display. Needs grim. */
export async function pictureOfSway(stage, { width, height, start }) {
  const runtime = stage.path('run');
  fs.mkdirSync(runtime, { mode: 0o700 });
  const picture = stage.path('picture.png');
  stage.write(
    'sway',
    [
      `output HEADLESS-1 resolution ${width}x${height}`,
      'output * bg #222222 solid_color',
      `exec ${start.join(' ')}`,
      `exec sh -c 'sleep ${SETTLED / 1000}; grim ${picture}~ && mv ${picture}~ ${picture}; swaymsg exit'`,
      '',
    ].join('\n'),
  );
  const env = {
    ...stage.env,
    XDG_RUNTIME_DIR: runtime,
    WLR_BACKENDS: 'headless',
    WLR_LIBINPUT_NO_DEVICES: '1',
    WLR_RENDERER: 'pixman',
    XDG_CURRENT_DESKTOP: 'sway',
  };
  const [file, ...args] = [...notAsRoot(stage), 'sway', '-c', stage.path('sway')];
  const server = spawn(file, args, { env, cwd: stage.home, stdio: 'ignore' });
  try {
    for (const end = Date.now() + 4 * SETTLED; !fs.existsSync(picture); await pause(200)) {
      if (Date.now() > end) throw new Error('no picture of sway');
    }
    return fs.readFileSync(picture);
  } finally {
    await ended([server]);
  }
}

/** The start of a command for a program that refuses root: as the user `nobody`, who gets the home. */
function notAsRoot(stage) {
  if (process.getuid() !== 0) return [];
  execFileSync('chown', ['-R', 'nobody:', stage.home]);
  fs.chmodSync(join(stage.home, '..'), 0o755);
  return ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups'];
}

/** Ends the processes, the last one first, and waits for their ends. */
async function ended(processes) {
  for (const child of processes.toReversed()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const exit = new Promise((resolve) => {
      child.once('exit', resolve);
    });
    child.kill();
    await exit;
  }
}

/** Rows of an XWD file of 32 bits per pixel, as Xvfb writes it. */
function pngOfXwd(file, { top, height }) {
  const word = (index) => file.readUInt32BE(index * 4);
  const [headerSize, width, bytesPerLine, colours] = [0, 4, 12, 19].map(word);
  if (word(11) !== 32) throw new Error('the screen does not have 32 bits per pixel');
  // Behind the header: one entry of 12 bytes for each colour, then rows of blue, green, red and a byte of nothing.
  const from = headerSize + colours * 12;
  return pngOf(width, height, (x, y) => {
    const at = from + (top + y) * bytesPerLine + x * 4;
    return [file[at + 2], file[at + 1], file[at]];
  });
}
