// SPDX-License-Identifier: Apache-2.0
/**
 * Compiles the scanner's AssemblyScript: `node src/input/prefilter/compile.mjs` writes it as base64. The result is checked
 * in: running the program needs no compiler.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const SOURCE = fileURLToPath(new URL('wasm/scan.ts', import.meta.url));
export const RESULT = new URL('scan-wasm.ts', import.meta.url);

/** Pages of 64 KiB: tables, and one block with room for the reads of a step past its end. */
const PAGES = '24';

/** The text of the module. */
export async function compile() {
  let binary = new Uint8Array(0);
  const { error, stderr } = await asc.main(
    [
      SOURCE,
      '-o',
      'scan.wasm',
      '-O3',
      '--runtime',
      'stub',
      '--enable',
      'simd',
      '--noAssert',
      '--initialMemory',
      PAGES,
    ],
    {
      writeFile: (name, contents) => {
        if (name.endsWith('.wasm')) binary = contents;
      },
    },
  );
  if (error) throw new Error(`${error.message}\n${stderr}`);
  const text = Buffer.from(binary).toString('base64');
  const lines = text.match(/.{1,96}/g)?.map((line) => `  '${line}',`) ?? [];
  return `// SPDX-License-Identifier: Apache-2.0\n/** wasm/scan.ts compiled by compile.mjs, as base64. */\nexport const SCAN_WASM = [\n${lines.join('\n')}\n].join('');\n`;
}

if (process.argv[1] === import.meta.filename) writeFileSync(RESULT, await compile());
