// SPDX-License-Identifier: Apache-2.0
/** What the library exports, with its documentation, read off the sources. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const INDEX = fileURLToPath(new URL('../../src/index.ts', import.meta.url));

export interface Exported {
  readonly name: string;
  readonly kind: 'function' | 'class' | 'const' | 'interface' | 'type';
  /** The text of its comment; '' where it has none. */
  readonly doc: string;
}

const source = (from: string, path: string): string => join(dirname(from), path.replace(/\.js$/, '.ts'));

/** The declaration of a name in a file, or where that file takes it from. */
function declaration(file: string, name: string): Exported {
  const text = readFileSync(file, 'utf8');
  const own = new RegExp(
    String.raw`(?:/\*\*((?:[^*]|\*(?!/))*)\*/\n)?export (?:async )?(function|class|const|interface|type) ${name}\b`,
  ).exec(text);
  if (own) return { name, kind: own[2] as Exported['kind'], doc: plain(own[1] ?? '') };
  for (const [, names = '', path = ''] of text.matchAll(/export (?:type )?\{([^}]*)\} from '([^']+)'/g))
    if (namesIn(names).includes(name)) return declaration(source(file, path), name);
  throw new Error(`${file} does not export ${name}`);
}

const namesIn = (list: string): string[] =>
  list.split(',').flatMap((one) => one.replace(/^\s*type /, '').trim() || []);

const plain = (comment: string): string => comment.replace(/^ *\*? ?/gm, '').trim();

export function exported(): Exported[] {
  const text = readFileSync(INDEX, 'utf8');
  return [...text.matchAll(/export (?:type )?\{([^}]*)\} from '([^']+)'/g)].flatMap(
    ([, names = '', path = '']) => namesIn(names).map((name) => declaration(source(INDEX, path), name)),
  );
}

/** The examples of a comment. */
export function examplesOf(doc: string): string[] {
  return doc
    .split(/^@(?=\w+)/m)
    .filter((tag) => tag.startsWith('example'))
    .map((tag) => tag.slice('example'.length).trim());
}

/** The comment of the package, and of each method that documents an example of its own. */
export function furtherExamples(): string[] {
  const files = [INDEX, join(dirname(INDEX), 'opened-case.ts')];
  return files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\/\*\*((?:[^*]|\*(?!\/))*)\*\//g)].flatMap(([, comment = '']) =>
      examplesOf(plain(comment)),
    ),
  );
}
