// SPDX-License-Identifier: Apache-2.0
/** All regular expressions of src: literals by its syntax trees, and those made of text by what RegExp is called with. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAst } from 'rolldown/parseAst';
import { PACKAGE_ROOT } from '../../src/model/package.js';

export interface Expression {
  readonly source: string;
  readonly flags: string;
  /** Null where no file of src is known. */
  readonly file: string | null;
}

/** A node of a syntax tree, with the file and its whole text. */
export interface Placed {
  readonly node: object;
  readonly file: string;
  readonly text: string;
}

/** Declarations, and what runs only to build the package. */
const NO_PRODUCT = /\.d\.m?ts$|(?:^|\/)(?:build|compile|supply)\.mjs$|^src\/package\//;

/** The nodes of all files of src whose path from the root matches. */
export function* nodesOf(files: RegExp): Generator<Placed> {
  const root = new URL('src/', PACKAGE_ROOT).pathname;
  for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    const file = `src/${path}`;
    if (!/\.(?:ts|mjs)$/.test(file) || NO_PRODUCT.test(file) || !files.test(file)) continue;
    const text = readFileSync(join(root, path), 'utf8');
    const nodes: object[] = [];
    visit(parseAst(text, { lang: 'ts' }, file), (node) => nodes.push(node));
    for (const node of nodes) yield { node, file, text };
  }
}

export function literals(): Expression[] {
  const found: Expression[] = [];
  for (const { node, file } of nodesOf(/^/)) {
    if (!('regex' in node)) continue;
    const { pattern, flags } = node.regex as { pattern: string; flags: string };
    found.push({ source: pattern, flags, file });
  }
  return found;
}

function visit(value: unknown, see: (node: object) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) see(value);
  for (const inner of Object.values(value)) visit(inner, see);
}

/** The files of src in which an expression is made of text. */
export function filesThatMake(): string[] {
  const isMade = (node: object): boolean =>
    'callee' in node && (node.callee as { readonly name?: string }).name === 'RegExp';
  return [...new Set(Array.from(nodesOf(/^/)).flatMap(({ node, file }) => (isMade(node) ? [file] : [])))];
}

/** Those that modules make of text while `load` runs, with the file that does. */
export async function madeOfText(load: () => Promise<unknown>): Promise<Expression[]> {
  const found: Expression[] = [];
  const original = globalThis.RegExp;
  globalThis.RegExp = new Proxy(original, {
    construct(target, args: [string | RegExp, string?], self) {
      const made = Reflect.construct(target, args, self) as RegExp;
      const file = /\/(src\/[^:?)]*)/.exec(new Error().stack ?? '')?.[1] ?? null;
      found.push({ source: made.source, flags: made.flags, file });
      return made;
    },
  });
  try {
    await load();
  } finally {
    globalThis.RegExp = original;
  }
  return found;
}
