// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { boot, build, file, Trace } from './make.js';

const memory = (module: string, bytes: number) => ({
  kind: 'module-size' as const,
  module,
  of: 'memory',
  bytes,
  path: null,
});
const live = (module: string) => ({ kind: 'live-module' as const, module, state: 'Live' });

describe('loads', () => {
  it('have the times before and after the load was done', () => {
    const trace = new Trace().finit(2).read(2, 500).loaded(2, 'm').exit(2, 0);
    const { loads } = build(
      { events: trace.events },
      { events: [file('m', 900), memory('m', 16_384)] },
    ).model;
    // A record a millisecond: read and module_load after the enter, then the exit.
    expect(loads).toMatchObject([
      {
        module: 'm',
        loadNs: 2_000_000n,
        initNs: 1_000_000n,
        fileBytes: 900,
        memoryBytes: 16_384,
        requester: 'udev',
      },
    ]);
  });

  it('come from the log, and from what is live, where no trace has them, each once', () => {
    const events = [
      ...boot(),
      {
        kind: 'initcall' as const,
        t: 5n,
        point: 'returned',
        module: 'a',
        func: 'f',
        pid: 1,
        ret: 0,
        usecs: 250,
      },
      {
        kind: 'user-load' as const,
        t: 6n,
        tool: 'systemd',
        pid: 1,
        what: 'inserted',
        module: 'b',
        errno: null,
      },
    ];
    const { loads } = build({ events }, { events: [live('a'), live('b'), live('c')] }).model;
    expect(loads.map(({ module, initNs }) => [module, initNs])).toEqual([
      ['a', 250_000n],
      ['b', null],
      ['c', null],
    ]);
  });

  it('do not give a size on which sources disagree', () => {
    const { loads } = build({ events: [live('a'), memory('a', 1), memory('a', 2)] }).model;
    expect(loads).toMatchObject([{ module: 'a', memoryBytes: null }]);
  });
});
