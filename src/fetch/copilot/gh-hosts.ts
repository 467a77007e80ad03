/** A host in the file of the GitHub CLI. */
export interface GhHost {
  readonly host: string;
  readonly user: string | null;
  /** Null: the file has no token of it. */
  readonly token: string | null;
}

const LINE = /^( *)([A-Za-z0-9._-]{1,253}):(?: +(.*))?$/;

/**
 * Reads `hosts.yml` of the GitHub CLI: its own keys of each host, none of what is nested below them. A reader for YAML as a
 * whole is not needed, since the CLI writes the file.
 */
export function readGhHosts(text: string): GhHost[] {
  const hosts: { host: string; user: string | null; token: string | null }[] = [];
  let indent = 0;
  for (const line of text.split(/\r?\n/)) {
    const match = LINE.exec(line);
    if (match === null) continue;
    const [, { length: depth } = '', key = '', value = ''] = match;
    if (depth === 0) {
      hosts.push({ host: key, user: null, token: null });
      indent = 0;
      continue;
    }
    const host = hosts.at(-1);
    // All keys of a host are indented as its first one.
    indent ||= depth;
    if (host === undefined || depth !== indent) continue;
    if (key === 'oauth_token') host.token = plain(value);
    if (key === 'user') host.user = plain(value);
  }
  return hosts;
}

/** A scalar without its quotes; null for an empty one. */
function plain(value: string): string | null {
  const text = value.trim();
  return /^(["']).*\1$/.test(text) && text.length > 1 ? text.slice(1, -1) : text || null;
}
