// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { Collector } from '../../src/ingest/collector.js';
import type { SourceKind } from '../../src/model/source.js';

type Node = readonly [path: string, kind: SourceKind, parent?: string];

/** The labels in the order of their numbers, and each one's parent. */
function numbered(...nodes: Node[]): string[] {
  const collector = new Collector([]);
  const ids = new Map<string, number>();
  for (const [path, kind, parent] of nodes) {
    const source = collector.addSource({ path, kind, parent: ids.get(parent ?? '') ?? null });
    ids.set(path, source.id);
  }
  return collector.evidence().sources.map(({ id, parent, path }) => `${id} ${path} in ${parent ?? '-'}`);
}

describe('numbers of sources', () => {
  it('go by name in a container, whatever the order of its members', () => {
    expect(
      numbered(
        ['a.tar', 'archive'],
        ['a.tar!b', 'member', 'a.tar'],
        ['a.tar!./a/z', 'member', 'a.tar'],
        ['a.tar!a.x', 'member', 'a.tar'],
      ),
    ).toEqual(['1 a.tar!./a/z in 4', '2 a.tar!a.x in 4', '3 a.tar!b in 4', '4 a.tar in -']);
  });

  it('stay the same in an outer container with another text', () => {
    expect(
      numbered(
        ['m', 'archive'],
        ['m!text', 'member', 'm'],
        ['m!z.zip', 'archive', 'm'],
        ['m!z.zip!b', 'member', 'm!z.zip'],
        ['m!z.zip!a', 'member', 'm!z.zip'],
      ),
    ).toEqual(['1 m!z.zip!a in 3', '2 m!z.zip!b in 3', '3 m!z.zip in 5', '4 m!text in 5', '5 m in -']);
  });

  it('follow the order of sections in a file, and of the inputs', () => {
    expect(
      numbered(
        ['z.txt', 'file'],
        ['z.txt#line 100', 'section', 'z.txt'],
        ['z.txt#line 20', 'section', 'z.txt'],
        ['a.txt', 'file'],
      ),
    ).toEqual(['1 z.txt in -', '2 z.txt#line 100 in 1', '3 z.txt#line 20 in 1', '4 a.txt in -']);
  });

  it('of two members of one name are in the order of the archive', () => {
    const collector = new Collector([]);
    const tar = collector.addSource({ path: 't', kind: 'archive', parent: null });
    const first = collector.addSource({ path: 't!x', kind: 'member', parent: tar.id });
    const second = collector.addSource({ path: 't!x', kind: 'member', parent: tar.id });
    collector.diagnose(second, 'input-empty', 3);
    const { sources, diagnostics } = collector.evidence();
    expect(sources).toEqual([first, second, tar]);
    expect(diagnostics).toMatchObject([{ code: 'input-empty', source: 2, line: 3 }]);
  });
});
