// SPDX-License-Identifier: Apache-2.0
/** All regular expressions of src: literals by its syntax trees, and those made of text by what RegExp is called with. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAst } from 'rolldown/parseAst';
import { PACKAGE_ROOT } from '../../src/model/package.js';

export interface Expression {
  readonly source: string;
  readonly flags: string;
  /** The file of a literal; null for one that is made of text. */
  readonly file: string | null;
}

export function literals(): Expression[] {
  const found: Expression[] = [];
  const root = new URL('src/', PACKAGE_ROOT).pathname;
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!file.endsWith('.ts') || file.endsWith('.d.ts')) continue;
    const program = parseAst(readFileSync(join(root, file), 'utf8'), { lang: 'ts' }, file);
    visit(program, (node) => {
      if ('regex' in node) {
        const { pattern, flags } = node.regex as { pattern: string; flags: string };
        found.push({ source: pattern, flags, file: `src/${file}` });
      }
    });
  }
  return found;
}

function visit(value: unknown, see: (node: object) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) see(value);
  for (const inner of Object.values(value)) visit(inner, see);
}

/** Those that modules make of text when they are loaded. */
export async function madeOfText(load: () => Promise<unknown>): Promise<Expression[]> {
  const found: Expression[] = [];
  const original = globalThis.RegExp;
  globalThis.RegExp = new Proxy(original, {
    construct(target, args: [string | RegExp, string?], self) {
      const made = Reflect.construct(target, args, self) as RegExp;
      found.push({ source: made.source, flags: made.flags, file: null });
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
