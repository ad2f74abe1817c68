/** The generated blocks of README.md: what stands between `<!-- NAME -->` and `<!-- /NAME -->`. */
import { readFileSync } from 'node:fs';
import { openCase } from '../../src/case.js';
import { DIAGNOSTICS } from '../../src/model/diagnostic.js';
import { loadQueries } from '../../src/query/library.js';
import { cli } from '../cli/harness.js';

/** Block name -> its Markdown. */
export async function blocks(): Promise<Record<string, string>> {
  return { report: await report(), matrix: matrix(), queries: queries(), diagnostics: diagnostics() };
}

async function report(): Promise<string> {
  const ran = await cli(['analyze', 'samples/dup-storm', '--color', 'never'], { openCase });
  if (ran.code !== 0) throw new Error(`analyze samples/dup-storm ended with ${ran.code}: ${ran.stderr}`);
  return `\`\`\`text\n${ran.stdout}\`\`\``;
}

/** What each form of one capture gives, as test/forms/matrix.test.ts found; squeezed, for the eye has no use of padding. */
function matrix(): string {
  const text = readFileSync(new URL('../forms/MATRIX.md', import.meta.url), 'utf8').trim();
  return text.replace(/ {2,}/g, ' ').replace(/-{3,}/g, '---');
}

function queries(): string {
  const rows = [...loadQueries().values()].map(
    ({ name, summary, columns }) =>
      `| \`${name}\` | ${summary} | ${columns.map((column) => column.name).join(', ')} |`,
  );
  return ['| name | rows | columns |', '|---|---|---|', ...rows].join('\n');
}

function diagnostics(): string {
  const rows = Object.entries(DIAGNOSTICS).map(
    ([code, { severity, help }]) => `| \`${code}\` | ${severity} | ${help.replaceAll('|', '\\|')} |`,
  );
  return ['| code | severity | meaning |', '|---|---|---|', ...rows].join('\n');
}

/** The text with its blocks replaced; throws where a block has no markers. */
export function withBlocks(text: string, made: Readonly<Record<string, string>>): string {
  let result = text;
  for (const [name, block] of Object.entries(made)) {
    const [from, to] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const start = result.indexOf(from);
    const end = result.indexOf(to);
    if (start < 0 || end < start) throw new Error(`README.md has no block ${name}`);
    result = `${result.slice(0, start + from.length)}\n${block}\n${result.slice(end)}`;
  }
  return result;
}
