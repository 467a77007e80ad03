// The reader beside the kills: reads every `usage.json` and `usage.lock` it is given, over and over, until its
// standard input ends, and then prints what it saw. A file that has been there once must never be gone, cut off,
// or older than it was.
import fs from 'node:fs';
import { join } from 'node:path';

const directories = process.argv.slice(2);
const newest = directories.map(() => -1);
const locked = directories.map(() => false);
const summary = { reads: 0, torn: 0, lost: 0, older: 0, examples: [] };

function check(directory, index) {
  const entry = read(join(directory, 'usage.json'), newest[index] >= 0);
  if (entry !== null) {
    const percent = entry?.data?.five_hour?.utilization;
    const whole = Number.isInteger(percent) && entry.data.unknown_buckets?.filler?.length === 9000;
    if (!whole) note('torn', entry);
    else if (percent < newest[index]) note('older', percent);
    else newest[index] = percent;
  }
  const lock = read(join(directory, 'usage.lock'), locked[index]);
  if (lock !== null) {
    locked[index] = true;
    if (!Number.isFinite(lock?.blocked_until) || !Array.isArray(lock.requests)) note('torn', lock);
  }
}

function read(path, expected) {
  let text;
  try {
    text = fs.readFileSync(path, 'utf8');
  } catch (error) {
    if (expected || error.code !== 'ENOENT') note('lost', `${path} ${error.code}`);
    return null;
  }
  summary.reads += 1;
  try {
    return JSON.parse(text);
  } catch {
    note('torn', text);
    return null;
  }
}

function note(what, example) {
  summary[what] += 1;
  if (summary.examples.length < 5) summary.examples.push(`${what}: ${JSON.stringify(example).slice(0, 200)}`);
}

const stdin = process.stdin.resume();
while (!stdin.readableEnded) {
  directories.forEach(check);
  await new Promise((resolve) => setTimeout(resolve, 2));
}
process.stdout.write(JSON.stringify(summary));
