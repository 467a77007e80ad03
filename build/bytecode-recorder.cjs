'use strict';

/*
 * Loaded before the program when its bytecode is made (bytecode.mjs): compiles the parts as src/parts.ts will, with
 * what earlier runs have made, and writes what V8 has of them at the end. Into a folder of its own: in dist/ the
 * program would find it.
 */
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { Script } = require('node:vm');

const folder = process.env.USAGELINE_BYTECODE;
const dist = path.join(__dirname, '..', 'dist');
const { bytecodeFile, nameOf, sourceOf } = require(path.join(dist, 'parts.cjs'));

// Bytecode is good for the flags it was made under: the ones that the program starts with.
require('node:v8').setFlagsFromString = () => {};

const scripts = new Map();
const compile = Module.prototype._compile;
Module.prototype._compile = function compilePart(content, filename) {
  // What is started is compiled by Node itself, and so is who loads the rest.
  const isPart = path.dirname(filename) === dist && this.id !== '.' && nameOf(filename) !== 'parts.cjs';
  if (!isPart) return compile.call(this, content, filename);
  const file = path.join(folder, path.basename(bytecodeFile(filename)));
  const cachedData = fs.existsSync(file) ? fs.readFileSync(file) : undefined;
  // A copy: what is cut from a text has all of the text behind it, and V8 writes that, too.
  const name = Buffer.from(nameOf(filename)).toString();
  const script = new Script(sourceOf(filename), { filename: name, cachedData });
  scripts.set(file, script);
  const own = (id) => this.require(id);
  return script.runInThisContext().call(this.exports, this.exports, own, this, filename, dist);
};

process.on('exit', () => {
  for (const [file, script] of scripts) fs.writeFileSync(file, script.createCachedData());
});
