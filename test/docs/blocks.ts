// SPDX-License-Identifier: Apache-2.0
/** Generated blocks of the documents: what stands between `<!-- NAME -->` and `<!-- /NAME -->`. */
import { readFileSync } from 'node:fs';
import { CHANGES } from '../../src/accounting/kernel.js';
import { openCase } from '../../src/case.js';
import { DIAGNOSTICS } from '../../src/model/diagnostic.js';
import { WORDS } from '../../src/model/words.js';
import type { Query } from '../../src/query/head.js';
import { loadQueries, QUERIES_FOLDER } from '../../src/query/library.js';
import { cli } from '../cli/harness.js';

/** Document, from the project's root, to its blocks: name to Markdown. */
export const DOCUMENTS: Readonly<Record<string, Readonly<Record<string, () => string | Promise<string>>>>> = {
  'README.md': { report },
  'queries/README.md': {
    queries: () => reference(loadQueries(), (name) => `modwaste query ${name} samples/dup-storm`),
    'batch-queries': () => reference(batchQueries(), (name) => `modwaste batch-query ${name} result`),
    kernels,
    diagnostics,
  },
  'src/README.md': { words },
  'test/README.md': { matrix },
};

export function batchQueries(): ReadonlyMap<string, Query> {
  return loadQueries(`${QUERIES_FOLDER}batch`);
}

async function report(): Promise<string> {
  const ran = await cli(['analyze', 'samples/dup-storm', '--color', 'never'], { openCase });
  if (ran.code !== 0) throw new Error(`analyze samples/dup-storm ended with ${ran.code}: ${ran.stderr}`);
  return `\`\`\`text\n${ran.stdout}\`\`\``;
}

function words(): string {
  return [
    '| word | meaning |',
    '|---|---|',
    ...WORDS.map(([word, meaning]) => `| ${word} | ${meaning} |`),
  ].join('\n');
}

/** What each form of one capture gives, as test/forms/matrix.test.ts found it; without the padding. */
function matrix(): string {
  const text = readFileSync(new URL('../forms/MATRIX.md', import.meta.url), 'utf8').trim();
  return text.replace(/ {2,}/g, ' ').replace(/-{3,}/g, '---');
}

/** A list of names, then a section per query with an example to paste. */
function reference(queries: ReadonlyMap<string, Query>, example: (name: string) => string): string {
  const all = [...queries.values()];
  return [
    [
      '| query | rows |',
      '|---|---|',
      ...all.map((query) => `| [\`${query.name}\`](#${query.name}) | ${cell(query.summary)} |`),
    ].join('\n'),
    ...all.map((query) => section(query, example(query.name))),
  ].join('\n\n');
}

/** Values for parameters without a default. */
const VALUES: Readonly<Record<string, string>> = {
  name: 'lab_big',
  cpus: '16',
  before: "'6.1.*'",
  after: "'6.12.*'",
  this: 'samples/dup-storm',
};

function section(query: Query, example: string): string {
  const given = query.params.flatMap(({ name, defaultText }) =>
    defaultText === null ? ` --param ${name}=${VALUES[name]}` : [],
  );
  return [
    `### ${query.name}`,
    query.summary,
    `\`\`\`sh\n${example}${given.join('')}\n\`\`\``,
    [
      '| column | unit | meaning |',
      '|---|---|---|',
      ...query.columns.map(({ name, unit, meaning }) => `| ${name} | ${unit ?? ''} | ${cell(meaning)} |`),
    ].join('\n'),
    ...query.params.map(
      ({ name, defaultText, meaning }) =>
        `\`--param ${name}=\`${defaultText === null ? '' : ` (default ${defaultText})`}: ${meaning}`,
    ),
    `No rows: ${query.empty}`,
  ].join('\n\n');
}

function diagnostics(): string {
  const rows = Object.entries(DIAGNOSTICS).map(
    ([code, { severity, help }]) => `| \`${code}\` | ${severity} | ${cell(help)} |`,
  );
  return ['| code | severity | meaning |', '|---|---|---|', ...rows].join('\n');
}

/** What holds for which kernels, each line with its source. */
function kernels(): string {
  const version = (since: readonly number[] | null): string => since?.join('.') ?? '';
  const rows = Object.values(CHANGES).map((change) => {
    const only = 'only' in change ? change.only : 'bits' in change ? `${change.bits} bit` : '';
    return `| ${cell(change.what)} | ${version(change.since)} | ${version(change.until)} | ${only} | ${change.source} |`;
  });
  return ['| what | since | until | only | source |', '|---|---|---|---|---|', ...rows].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** The text with its blocks replaced; throws where a block has no markers. */
export function withBlocks(text: string, made: Readonly<Record<string, string>>): string {
  let result = text;
  for (const [name, block] of Object.entries(made)) {
    const [from, to] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const start = result.indexOf(from);
    const end = result.indexOf(to);
    if (start < 0 || end < start) throw new Error(`no block ${name}`);
    result = `${result.slice(0, start + from.length)}\n${block}\n${result.slice(end)}`;
  }
  return result;
}
