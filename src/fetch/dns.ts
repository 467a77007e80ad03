import type { LookupAddress, Resolver } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { hostsAddresses } from './hosts.ts';

// With an `import`, the bundle would copy all functions of the module at every start.
const { isIP } = process.getBuiltinModule('node:net');

/*
 * A name lookup that can be cancelled. Node's own is getaddrinfo on a thread that cannot be interrupted: if the name server
 * does not respond, the process stays for 10 s, even after `process.exit()`. Not supported here: search domains, mDNS and
 * other sources of the name service switch.
 */

export interface LookupSettings {
  /** Name servers (`address:port`); the system's by default. */
  readonly servers?: readonly string[];
  readonly hostsFile?: string;
}

export interface BoundedLookup {
  /** For `net.connect`; supports `all` and `family`. */
  readonly lookup: LookupFunction;
  /** Ends all running queries, which would keep the process alive. */
  cancel(): void;
}

/**
 * Time until a query is repeated; the deadline is the caller's, who cancels. Node checks its queries at this interval, and
 * at the first check they are not quite due: a dead name server costs twice this time, 0.8 s.
 */
const SERVER_TIMEOUT_MS = 400;
/** Each round waits twice as long as the one before; together longer than a usual deadline. */
const ROUNDS = 4;
/** How long one address family waits for the other (RFC 8305 has 50 ms; mobile networks need more). */
const GRACE_MS = 100;

type Family = 4 | 6;
type Done = (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => void;

/** Literals, `localhost`, the hosts file, then DNS: A and AAAA side by side. */
export function boundedLookup(settings: LookupSettings = {}): BoundedLookup {
  let resolver: Resolver | null = null;

  const query = (name: string, family: Family, done: Done) => {
    resolver ??= createResolver(settings);
    const answer = (error: NodeJS.ErrnoException | null, found: string[] = []) =>
      done(
        error,
        found.map((address) => ({ address, family })),
      );
    if (family === 4) resolver.resolve4(name, answer);
    else resolver.resolve6(name, answer);
  };

  return {
    lookup: (name, { family, all }, callback) => {
      const families = familiesOf(family);
      const done: Done = (error, found) => {
        const [first] = found;
        // A response can have neither an address nor an error: an alias without a target.
        if (!first) callback(error ?? notFound(name), []);
        else if (all) callback(null, found);
        else callback(null, first.address, first.family);
      };
      const known = localAddresses(name, settings.hostsFile ?? hostsFile());
      const usable = known.filter((item) => families.includes(item.family as Family));
      if (usable.length > 0) process.nextTick(done, null, usable);
      else gather(families, (item, answer) => query(name, item, answer), done);
    },
    cancel: () => resolver?.cancel(),
  };
}

/** Called only for a name that is not known locally: Node's module takes longer to load than a request. */
function createResolver({ servers }: LookupSettings): Resolver {
  const dns = process.getBuiltinModule('node:dns');
  const resolver = new dns.Resolver({ timeout: SERVER_TIMEOUT_MS, tries: ROUNDS });
  if (servers) resolver.setServers(servers);
  return resolver;
}

function familiesOf(family: unknown): readonly Family[] {
  if (family === 4 || family === 'IPv4') return [4];
  return family === 6 || family === 'IPv6' ? [6] : [4, 6];
}

/**
 * The addresses of all families, IPv4 first: on a network without IPv6 a connection fails slowly, on one without IPv4 at
 * once. An error only if there is no address.
 */
function gather(families: readonly Family[], ask: (family: Family, answer: Done) => void, done: Done): void {
  const addresses: LookupAddress[] = [];
  let running = families.length;
  let timer: NodeJS.Timeout | undefined;
  let finish: Done | null = (error, found) => {
    finish = null;
    clearTimeout(timer);
    done(
      error,
      found.toSorted((a, b) => a.family - b.family),
    );
  };
  for (const family of families) {
    ask(family, (error, found) => {
      running -= 1;
      addresses.push(...found);
      if (running === 0) finish?.(error, addresses);
      else if (addresses.length > 0) timer = setTimeout(() => finish?.(null, addresses), GRACE_MS);
    });
  }
}

function localAddresses(name: string, hosts: string): readonly LookupAddress[] {
  const literal = isIP(name);
  if (literal !== 0) return [{ address: name, family: literal }];
  const wanted = name.toLowerCase().replace(/\.$/, '');
  if (wanted === 'localhost') {
    return [
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ];
  }
  return hostsAddresses(hosts, wanted);
}

/** The error of Node's own lookup. */
function notFound(hostname: string): NodeJS.ErrnoException {
  const details = { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname };
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), details);
}

function hostsFile(): string {
  return process.platform === 'win32'
    ? `${process.env.SystemRoot ?? 'C:\\Windows'}\\System32\\drivers\\etc\\hosts`
    : '/etc/hosts';
}
