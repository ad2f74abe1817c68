// SPDX-License-Identifier: Apache-2.0
/** Modules of the sources as one that Node can load. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What the modules export, named as `batch/csv`. Needs the build. */
export async function sourceModule(names) {
  const file = join(ROOT, `dist/chunks/bench-${process.pid}.js`);
  const entry = join(ROOT, 'entry.ts');
  await build({
    input: 'entry',
    cwd: ROOT,
    platform: 'node',
    external: /^(?!\.|\/|entry$)/,
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === 'entry' ? entry : null),
        load: (id) =>
          id === entry ? names.map((name) => `export * from "./src/${name}.ts";`).join('\n') : null,
      },
    ],
    output: { file, format: 'esm', codeSplitting: false },
    logLevel: 'silent',
  });
  try {
    return await import(file);
  } finally {
    rmSync(file);
  }
}
