// SPDX-License-Identifier: Apache-2.0
/** A call takes some 100,000 arguments: lists that grow with the input are never spread into one. */
import { expect, it } from 'vitest';
import { nodesOf } from './expressions.js';

/** Lists that are short, by the text of what is spread, and why. */
const SHORT: readonly (readonly [spread: string, why: string])[] = [
  ["(older ? (['coalescing-kernel'] as const) : [])", 'one word'],
  ['others', 'kinds of advice'],
  ['[...JOURNAL_FIELDS].map((name) => name.length)', 'fields that are read'],
  ["(args.positional > 2 ? (['compressed'] as const) : [])", 'one word'],
  ["(entry ? (['id'] as const) : (['ret', 'id'] as const))", 'words'],
  ["(entry ? (['compressed'] as const) : (['ret', 'compressed', 'image'] as const))", 'words'],
  ["(entry ? (['image', 'flags'] as const) : (['ret', 'image'] as const))", 'words'],
  ['head.bytes.subarray(10, 14)', 'four bytes'],
  ['next.extents', 'those of one block'],
];

interface Call {
  readonly type: string;
  readonly arguments: readonly { readonly type: string; readonly start: number; readonly end: number }[];
}

const isCall = (node: object): node is Call => 'type' in node && node.type === 'CallExpression';

it('no list from an input is spread into a call', () => {
  const found: string[] = [];
  for (const { node, file, text } of nodesOf(/^src\/(?:accounting|disk|ingest|input|model|store)\//)) {
    if (!isCall(node)) continue;
    for (const { type, start, end } of node.arguments) {
      if (type === 'SpreadElement') found.push(`${file}: ${text.slice(start, end)}`);
    }
  }
  expect(found.filter((one) => !SHORT.some(([spread]) => one.endsWith(`: ...${spread}`)))).toEqual([]);
});
