/** Assembles WebAssembly: `node src/input/prefilter/assemble.mjs` writes what is checked in beside each program. */
import { readFileSync, writeFileSync } from 'node:fs';
import wabt from 'wabt';

/** Programs, the modules they become, and what these export. */
export const PROGRAMS = [
  ['scan.wat', 'scan-wasm.ts', 'SCAN_WASM'],
  ['../../ingest/dmesg/passing.wat', '../../ingest/dmesg/passing-wasm.ts', 'PASSING_WASM'],
].map(([source, result, name]) => ({
  source: new URL(source, import.meta.url),
  result: new URL(result, import.meta.url),
  name,
}));

/** The text of the module. */
export async function assemble({ source, name }) {
  const { parseWat } = await wabt();
  const file = source.pathname.replace(/.*\//, '');
  const module = parseWat(file, readFileSync(source, 'utf8'), { simd: true });
  module.validate();
  const text = Buffer.from(module.toBinary({}).buffer).toString('base64');
  const lines = text.match(/.{1,96}/g)?.map((line) => `  '${line}',`) ?? [];
  return `/** ${file} assembled by assemble.mjs, as base64. */\nexport const ${name} = [\n${lines.join('\n')}\n].join('');\n`;
}

if (process.argv[1] === import.meta.filename) {
  for (const program of PROGRAMS) writeFileSync(program.result, await assemble(program));
}
