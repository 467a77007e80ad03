/**
 * Asks the registry for known vulnerabilities of the dependencies. High and critical ones fail. A registry without audits
 * is only reported.
 */
import { spawnSync } from 'node:child_process';

const { stdout } = spawnSync('npm', ['audit', '--json'], {
  encoding: 'utf8',
  shell: process.platform === 'win32',
});
let report;
try {
  report = JSON.parse(stdout);
} catch {
  report = {};
}
const found = report.metadata?.vulnerabilities;
if (found === undefined) {
  console.log('audit: the registry does not answer audits');
} else {
  console.log(`audit: ${JSON.stringify(found)}`);
  if (found.high + found.critical > 0) process.exitCode = 1;
}
