// SPDX-License-Identifier: Apache-2.0
/** The single-file executable: this Node with the program inside (Node's single executable applications). */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { inject } from 'postject';

/** Marks the place in Node's binary (Node's documentation). */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

function pack(folder) {
  const paths = readdirSync(folder, { recursive: true })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();
  const files = paths.map((path) => ({ path, bytes: readFileSync(join(folder, path)) }));
  const index = Buffer.from(JSON.stringify(files.map(({ path, bytes }) => ({ path, size: bytes.length }))));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(index.length);
  return brotliCompressSync(Buffer.concat([length, index, ...files.map(({ bytes }) => bytes)]), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 9 },
  });
}

export async function buildExecutable(staged, file) {
  const work = mkdtempSync(join(tmpdir(), 'modwaste-executable-'));
  try {
    writeFileSync(join(work, 'payload'), pack(staged));
    const config = {
      main: fileURLToPath(new URL('launcher.cjs', import.meta.url)),
      output: join(work, 'blob'),
      assets: { payload: join(work, 'payload') },
      disableExperimentalSEAWarning: true,
    };
    writeFileSync(join(work, 'config.json'), JSON.stringify(config));
    execFileSync(process.execPath, ['--experimental-sea-config', join(work, 'config.json')], {
      stdio: 'ignore',
    });
    rmSync(file, { force: true });
    copyFileSync(process.execPath, file);
    chmodSync(file, 0o755);
    await inject(file, 'NODE_SEA_BLOB', readFileSync(join(work, 'blob')), { sentinelFuse: FUSE });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
