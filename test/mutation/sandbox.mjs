// SPDX-License-Identifier: Apache-2.0
/** Copies of the sources and tests as plain JavaScript, into which mutants are put. */
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createInstrumenter } from '@stryker-mutator/instrumenter';
import { transformSync } from 'rolldown/utils';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Below node_modules, so that packages are found. */
const SANDBOXES = join(ROOT, 'node_modules/.cache/modwaste-mutation');
const LINKED = ['queries', 'samples', 'capture', 'node_modules', 'README.md', 'package.json', 'dist'];
const QUIET = { debug() {}, info() {}, isDebugEnabled: () => false };

/**
 * Where the copies for a room of `src` lie: in one, every mutant is there, off, and counts whether it is reached; in the
 * other there is none.
 */
export const sandboxOf = (room, kind) => join(SANDBOXES, room, kind);

/** The sources as they were when the copies were made: they may be edited meanwhile. */
const texts = new Map();

/** Makes both copies anew, and gives all mutants. */
export async function makeSandboxes(room) {
  const sources = filesBelow('src').filter((name) => /(?<!\.d)\.ts$/.test(name));
  const files = sources.map((name) => ({ name, mutate: true, content: textOf(name) }));
  for (const { name, content } of files) texts.set(name, content);
  const instrumented = await instrument(files.filter(({ name }) => name.startsWith(`src/${room}/`)));
  for (const kind of ['counted', 'plain']) {
    const sandbox = sandboxOf(room, kind);
    rmSync(sandbox, { recursive: true, force: true });
    for (const file of files) writeScript(sandbox, file);
    for (const name of filesBelow('test')) {
      if (name.endsWith('.ts')) writeScript(sandbox, { name, content: textOf(name) });
      else cpSync(join(ROOT, name), place(sandbox, name));
    }
    for (const name of LINKED) symlinkSync(join(ROOT, name), place(sandbox, name));
  }
  for (const file of instrumented.files) writeScript(sandboxOf(room, 'counted'), file);
  return instrumented.mutants;
}

/** Puts a mutant into the plain copy; what it gives takes it out. */
export function putMutant(room, { fileName, location: { start, end }, mutatorName, replacement }) {
  const sandbox = sandboxOf(room, 'plain');
  const whole = texts.get(fileName);
  const lines = whole.split('\n');
  const offset = ({ line, column }) =>
    lines.slice(0, line).reduce((sum, text) => sum + text.length + 1, column);
  const changed = (text) => whole.slice(0, offset(start)) + text + whole.slice(offset(end));
  const put = (content) => writeScript(sandbox, { name: fileName, content });
  try {
    // An expression binds as tightly as the one in its place.
    put(changed(mutatorName === 'BlockStatement' ? replacement : `(${replacement})`));
  } catch {
    put(changed(replacement));
  }
  return () => put(whole);
}

export const textOf = (name) => readFileSync(join(ROOT, name), 'utf8');

function instrument(files) {
  const injector = { provideValue: () => injector, injectClass: (Class) => new Class(QUIET) };
  return createInstrumenter(injector).instrument(files, {
    ignorers: [],
    excludedMutations: [],
    noHeader: false,
    plugins: null,
  });
}

/** Files of a folder of the project, by their paths in it. */
export function filesBelow(folder) {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name}`)
    .filter((name) => statSync(join(ROOT, name)).isFile())
    .sort();
}

/** Tests get `describe`, `expect` and the like from `worker.mjs` in place of vitest. */
function writeScript(sandbox, { name, content }) {
  const { code, errors } = transformSync(name, content);
  if (errors.length > 0) throw new Error(`${name}: ${errors[0].message}`);
  const worker = JSON.stringify(join(sandbox, 'test/mutation/worker.mjs'));
  writeFileSync(
    place(sandbox, name.replace(/\.ts$/, '.js')),
    code.replace(/(?<=from )["']vitest["']/g, worker),
  );
}

function place(sandbox, name) {
  const path = join(sandbox, name);
  mkdirSync(dirname(path), { recursive: true });
  return path;
}
