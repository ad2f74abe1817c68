/** Assembles scan.wat: `node src/input/prefilter/assemble.mjs` writes scan-wasm.ts, which is checked in. */
import { readFileSync, writeFileSync } from 'node:fs';
import wabt from 'wabt';

const SOURCE = new URL('scan.wat', import.meta.url);
const RESULT = new URL('scan-wasm.ts', import.meta.url);

/** The text of scan-wasm.ts. */
export async function assemble() {
  const { parseWat } = await wabt();
  const module = parseWat('scan.wat', readFileSync(SOURCE, 'utf8'), { simd: true });
  module.validate();
  const text = Buffer.from(module.toBinary({}).buffer).toString('base64');
  const lines = text.match(/.{1,96}/g)?.map((line) => `  '${line}',`) ?? [];
  return `/** scan.wat assembled by assemble.mjs, as base64. */\nexport const SCAN_WASM = [\n${lines.join('\n')}\n].join('');\n`;
}

if (process.argv[1] === import.meta.filename) writeFileSync(RESULT, await assemble());
