import { join } from 'node:path';

/*
 * How a part of the program is loaded: with the bytecode that V8 made of it when it was built, where this is the
 * same Node. To parse and compile what a request takes costs as much as an empty script. Without bytecode that
 * fits, or where V8 refuses it (it was made under other flags), a part is loaded as any module is.
 *
 * The build puts this before `require` of what is started: hot.ts and background.ts. A prompt with a fresh line
 * loads no part, and not this either.
 */

type Require = (id: string) => unknown;

const fs = process.getBuiltinModule('node:fs');
const { Script } = process.getBuiltinModule('node:vm');

const loaded = new Map<string, { exports: unknown }>();

/**
 * @param id what a bundle asks for: `./usage.cjs`, or a module of Node's
 * @param own the `require` of the bundle that was started
 * @param directory where the parts are
 */
export function load(id: string, own: Require, directory = import.meta.dirname): unknown {
  if (!id.startsWith('./')) return own(id);
  const path = join(directory, id);
  const known = loaded.get(path);
  if (known) return known.exports;
  const script = compiled(path);
  if (script === null) return own(id);
  const module = { exports: {} };
  loaded.set(path, module);
  const require: Require = (other) => load(other, own, directory);
  script.runInThisContext().call(module.exports, module.exports, require, module, path, directory);
  return module.exports;
}

/** A part with its bytecode; null when there is none that this Node takes. */
function compiled(path: string): import('node:vm').Script | null {
  let cachedData: Buffer;
  try {
    cachedData = fs.readFileSync(bytecodeFile(path));
  } catch {
    return null;
  }
  const script = new Script(sourceOf(path), { filename: nameOf(path), cachedData });
  return script.cachedDataRejected ? null : script;
}

/**
 * Where the bytecode of a part is: `usage.v20.20.2-linux-x64.bytecode`. V8 checks its own version and flags, and of
 * the source the length; the rest is said by the name, and by the build, which writes both.
 */
export function bytecodeFile(path: string): string {
  const { version, platform, arch } = process;
  return path.replace(/\.cjs$/, `.${version}-${platform}-${arch}.bytecode`);
}

/**
 * What is compiled: bytecode is good for exactly this text. Bundles are ASCII. Node's own `Module.wrap` says the same,
 * in a module that would have to be loaded.
 */
export function sourceOf(path: string): string {
  const source = fs.readFileSync(path, 'latin1');
  return `(function (exports, require, module, __filename, __dirname) {${source}\n})`;
}

/** What the text is called in a trace. It stands in the bytecode: no path of the machine it was made on. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
