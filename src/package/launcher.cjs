// SPDX-License-Identifier: Apache-2.0
/**
 * Starts the single-file executable. Node runs one CommonJS script from inside it; the program is many modules, threads
 * and a WebAssembly file, which it takes from disk. So they are unpacked once, into the user's cache, by their digest.
 */
const { createHash } = require('node:crypto');
const {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} = require('node:fs');
const { homedir, tmpdir } = require('node:os');
const { dirname, join } = require('node:path');
const { getRawAsset } = require('node:sea');
const { pathToFileURL } = require('node:url');
const { Script, constants } = require('node:vm');
const { brotliDecompressSync } = require('node:zlib');

/** Writes the files of the payload: the length of an index, the index, then their bytes. */
function unpack(payload, folder) {
  const bytes = brotliDecompressSync(payload);
  const start = 4 + bytes.readUInt32LE(0);
  let at = start;
  for (const { path, size } of JSON.parse(bytes.toString('utf8', 4, start))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes.subarray(at, at + size));
    at += size;
  }
  chmodSync(folder, 0o755);
}

/** The folder of the program; one that is there is whole, because it got its name last. */
function programFolder() {
  const payload = Buffer.from(getRawAsset('payload'));
  const digest = createHash('sha256').update(payload).digest('hex').slice(0, 32);
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'modwaste');
  const folder = join(cache, digest);
  if (existsSync(join(folder, 'package.json'))) return folder;
  try {
    // One by one: below /proc a recursive mkdir never ends.
    for (const path of [dirname(cache), cache]) if (!existsSync(path)) mkdirSync(path, { mode: 0o700 });
    const fresh = mkdtempSync(join(cache, '.new-'));
    unpack(payload, fresh);
    try {
      renameSync(fresh, folder);
    } catch {
      // Another process was first.
      rmSync(fresh, { recursive: true, force: true });
    }
    return folder;
  } catch {
    // No home, or one that cannot be written.
    const own = mkdtempSync(join(tmpdir(), 'modwaste-'));
    process.on('exit', () => rmSync(own, { recursive: true, force: true }));
    unpack(payload, own);
    return own;
  }
}

const main = join(programFolder(), 'dist/cli/main.js');
// The program starts itself again for SQL of the user, as `node main.js ...`.
if (process.argv[2]?.endsWith('/dist/cli/main.js')) process.argv.splice(2, 1);
const options = { importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER };
new Script('(url) => import(url)', options).runInThisContext()(pathToFileURL(main).href);
