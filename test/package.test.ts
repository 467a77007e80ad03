import fs from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (path: string) => fs.readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const manifest = JSON.parse(read('package.json'));

describe('the package', () => {
  it('runs no scripts and has no dependencies to fetch when it is installed', () => {
    expect(manifest.dependencies ?? {}).toEqual({});
    for (const script of ['preinstall', 'install', 'postinstall', 'prepare']) {
      expect(manifest.scripts).not.toHaveProperty(script);
    }
  });

  it('pins every package of its build', () => {
    for (const version of Object.values<string>(manifest.devDependencies)) {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    }
    expect(read('package-lock.json')).not.toContain('"resolved": "http');
  });

  it('contains the licences of bundled packages', () => {
    const notices = read('dist/THIRD_PARTY_NOTICES.txt');
    for (const name of [
      'commander',
      'undici',
      'zod',
      'proper-lockfile',
      'write-file-atomic',
      'proxy-from-env',
      'smol-toml',
      'get-east-asian-width',
    ]) {
      expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\((MIT|ISC|BSD-3-Clause)\\)$`, 'm'));
    }
  });

  it('contains no path of the building machine', () => {
    const root = new URL('..', import.meta.url).pathname;
    for (const name of fs.readdirSync(new URL('../dist', import.meta.url))) {
      expect(read(`dist/${name}`)).not.toContain(root);
    }
  });

  it('contains no code except JavaScript', () => {
    const files = fs.readdirSync(new URL('../dist', import.meta.url));
    const others = files.filter((name) => !name.endsWith('.cjs'));
    expect(others.sort()).toEqual(['SHA256SUMS', 'THIRD_PARTY_NOTICES.txt']);
  });
});
