import fs from 'node:fs';
import { join } from 'node:path';

export const root = new URL('../../', import.meta.url).pathname;
/** The address of the repository; the same in package.json. */
export const REPOSITORY = 'https://github.com/usageline/usageline';
const RAW = 'https://raw.githubusercontent.com/usageline/usageline/HEAD/';

/** The pages for users, as paths. */
export const PAGES: readonly string[] = [
  join(root, 'README.md'),
  ...fs
    .readdirSync(join(root, 'docs/hosts'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(root, 'docs/hosts', name)),
];

/** The pictures that the repository has, as paths. */
export const PICTURES: readonly string[] = ['docs/screenshots', 'docs/screenshots/hosts'].flatMap((directory) =>
  fs
    .readdirSync(join(root, directory))
    .filter((name) => /\.(svg|png)$/.test(name))
    .map((name) => join(root, directory, name)),
);

/** Everything that a page links to or shows, as it is written. */
export function linksOf(text: string): string[] {
  const prose = text.replace(/^```.*?^```$/gms, '').replace(/`[^`\n]*`/g, '');
  const patterns = [/\]\(([^)\s]+)\)/g, /^\[[^\]]+\]: (\S+)$/gm, /(?:src|srcset|href)="([^"]+)"/g];
  return patterns.flatMap((pattern) => [...prose.matchAll(pattern)].map((match) => match[1] ?? ''));
}

/** The file of the repository that a link of a page leads to, and the heading in it; null for another address. */
export function fileOf(page: string, link: string): { path: string; heading: string | null } | null {
  const [address = '', heading = null] = link.split('#');
  if (address.startsWith(RAW)) return { path: join(root, address.slice(RAW.length)), heading };
  const inside = new RegExp(`^${REPOSITORY}/(?:blob|tree)/HEAD/`);
  if (inside.test(address)) return { path: join(root, address.replace(inside, '')), heading };
  if (/^[a-z]+:/.test(address)) return null;
  return { path: address === '' ? page : join(page, '..', address), heading };
}

/** A heading as the address of a place in a page on GitHub. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** The commands of a page: the lines of its shell blocks, and code in its text that starts with one of these words. */
export function commandsOf(text: string): string[] {
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap((match) => (match[1] ?? '').split('\n'));
  const inline = [...text.replace(/^```.*?^```$/gms, '').matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
  return [...blocks, ...inline]
    .map((line) => line.replace(/^\$ /, '').replace(/\s+#.*$/, '').trim())
    .filter((line) => /^(npx |npm |usageline( |$))/.test(line));
}
