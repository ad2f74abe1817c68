// SPDX-License-Identifier: Apache-2.0
/**
 * Builds the page's scripts and style into the folder given, or into `dist` where `modwaste analyze --html` takes them
 * from. Run after tsc by `npm run build`, and before the tests.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const here = fileURLToPath(new URL('.', import.meta.url));
const folder =
  process.argv[2] ?? fileURLToPath(new URL('../../../../dist/report/html/page/', import.meta.url));

/** Folders of the packages in the bundles: their licences go with them. */
const bundled = new Set();

/** One self-contained script. */
async function bundle(entry, output) {
  const built = await build({
    input: join(here, entry),
    platform: 'browser',
    tsconfig: join(here, 'tsconfig.json'),
    output: { minify: true, ...output },
    write: false,
    logLevel: 'warn',
  });
  for (const id of built.output[0].moduleIds) {
    const folder = /(?:^|\/)(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1];
    if (folder) bundled.add(folder);
  }
  return built.output[0].code.trim();
}

const script = (await bundle('main.ts', { format: 'esm' }))
  // Inside an HTML document these would end the script, or start a comment.
  .replaceAll('</script', '<\\/script')
  .replaceAll('<!--', '<\\!--');
const worker = await bundle('worker.ts', { format: 'iife' });
const style = readFileSync(join(here, 'page.css'), 'utf8')
  .replace(/\/\*[\s\S]*?\*\//g, '')
  .replace(/\s*\n\s*/g, ' ')
  .trim();

mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'page.js'), script);
writeFileSync(join(folder, 'worker.js'), worker);
writeFileSync(join(folder, 'page.css'), style);
writeFileSync(join(folder, 'bundled.json'), `${JSON.stringify([...bundled].sort())}\n`);
