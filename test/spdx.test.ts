// SPDX-License-Identifier: Apache-2.0
/** Each source file names its licence, so that a copied file keeps it (https://spdx.dev/learn/handling-license-info). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('..', import.meta.url).pathname;

/** The comment of each kind of file. */
const LICENCES: readonly (readonly [suffix: RegExp, line: string])[] = [
  [/\.(?:ts|mjs)$/, '// SPDX-License-Identifier: Apache-2.0'],
  [/\.sql$/, '-- SPDX-License-Identifier: Apache-2.0'],
  [/\.css$/, '/* SPDX-License-Identifier: Apache-2.0 */'],
];

function sourceFiles(): string[] {
  return ['src', 'test', 'queries']
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true }).map((path) => join(folder, String(path))),
    )
    .filter((path) => !path.includes('/fixtures/'));
}

describe('source files', () => {
  it('start with the SPDX line of their licence, after a shebang if there is one', () => {
    const without = sourceFiles().filter((path) => {
      const licence = LICENCES.find(([suffix]) => suffix.test(path))?.[1];
      if (licence === undefined) return false;
      const [first = '', second = ''] = readFileSync(join(ROOT, path), 'utf8').split('\n', 2);
      return (first.startsWith('#!') ? second : first) !== licence;
    });
    expect(without).toEqual([]);
  });
});
