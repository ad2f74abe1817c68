// SPDX-License-Identifier: Apache-2.0
/**
 * Builds the page's script and style into the folder given, or into `dist` where `modwaste analyze --html` takes them
 * from. Run after tsc by `npm run build`, and before the tests.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const here = fileURLToPath(new URL('.', import.meta.url));
const folder =
  process.argv[2] ?? fileURLToPath(new URL('../../../../dist/report/html/page/', import.meta.url));

const { output } = await build({
  input: join(here, 'main.ts'),
  platform: 'browser',
  tsconfig: join(here, 'tsconfig.json'),
  // csv-stringify asks Node's Buffer whether its options are bytes; here they never are.
  output: { format: 'esm', minify: true, intro: 'const Buffer={from:(bytes)=>bytes,isBuffer:()=>false};' },
  write: false,
  logLevel: 'warn',
});
const script = output[0].code
  // Inside an HTML document these would end the script, or start a comment.
  .replaceAll('</script', '<\\/script')
  .replaceAll('<!--', '<\\!--')
  .trim();
const style = readFileSync(join(here, 'page.css'), 'utf8')
  .replace(/\/\*[\s\S]*?\*\//g, '')
  .replace(/\s*\n\s*/g, ' ')
  .trim();

mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'page.js'), script);
writeFileSync(join(folder, 'page.css'), style);
