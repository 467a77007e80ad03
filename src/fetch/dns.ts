import type { LookupAddress, Resolver } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { hostsAddresses } from './hosts.ts';

// An `import` would copy all of their functions in the bundle.
const { isIP } = process.getBuiltinModule('node:net');

/*
 * Node's own lookup is getaddrinfo on a thread that nothing can interrupt: with a resolver that does not
 * answer, the process lives on for 10 s, `process.exit()` or not. This one can be cancelled.
 * What is lost: search domains, mDNS and whatever else the name service switch knows.
 */

export interface LookupSettings {
  /** Name servers (`address:port`); the system's by default. */
  readonly servers?: readonly string[];
  readonly hostsFile?: string;
}

export interface BoundedLookup {
  /** For `net.connect`; honours `all` and `family`. */
  readonly lookup: LookupFunction;
  /** Ends every query that is under way, and with them all that keeps the process alive. */
  cancel(): void;
}

/**
 * Retransmission, not the deadline: whoever asks cancels. Node looks after its queries only this often, and
 * at the first look they are not quite due: one dead name server costs twice as much, 0.8 s.
 */
const SERVER_TIMEOUT_MS = 400;
/** Each round waits twice as long as the one before: together more than a usual deadline. */
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
        // A name server can answer without an address and without an error: with an alias that leads nowhere.
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

/** Made only for a name that nothing here knows: Node's module takes longer to load than a request. */
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
 * What the families' queries find, IPv4 first: where IPv6 does not lead anywhere it fails slowly, while an
 * IPv4 address on a network without IPv4 fails at once. An error only when nothing is found.
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

/** As Node's own lookup says it. */
function notFound(hostname: string): NodeJS.ErrnoException {
  const details = { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname };
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), details);
}

function hostsFile(): string {
  return process.platform === 'win32'
    ? `${process.env.SystemRoot ?? 'C:\\Windows'}\\System32\\drivers\\etc\\hosts`
    : '/etc/hosts';
}
