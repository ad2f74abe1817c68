// SPDX-License-Identifier: Apache-2.0
/** The requests of captures against the log of what user space asked for. */
import { afterAll, describe, expect, it } from 'vitest';
import type { CaseModel } from '../../src/accounting/model.js';
import { closeCaptures, folder, onlyBoot, shared, trueAskers } from './truth.js';

afterAll(closeCaptures);

describe('module requests', () => {
  it.each(['s5-autoload', 's5b-autoload-trace'])(
    'of %s: as many as were made, duplicates as the kernel logged',
    async (name) => {
      const traced = (await shared(name, 'trace.txt')).model;
      const logged = (await shared(name, 'dmesg.txt')).model;
      expect(traced.requests.length).toBe(398);
      expect(traced.requests.filter((request) => request.duplicate).length).toBe(344);
      expect(logged.requests.every((request) => request.duplicate && request.origin === 'log')).toBe(true);
      const perName = (model: CaseModel) => {
        const counts = new Map<string, number>();
        for (const { requested, duplicate } of model.requests)
          if (duplicate) counts.set(requested, (counts.get(requested) ?? 0) + 1);
        return counts;
      };
      expect(perName(traced)).toEqual(perName(logged));
      expect(onlyBoot(traced).wasted).toBe(0n);
      expect(traced.attempts.every((attempt) => attempt.outcome === 'loaded')).toBe(true);
    },
  );

  it.each([
    ['s5-autoload', ['trace.txt']],
    ['s5b-autoload-trace', ['dmesg.txt']],
    ['s5b-autoload-trace', ['trace.txt', 'dmesg.txt']],
  ])('of %s were asked by the tasks that %s tells', async (name, inputs) => {
    const { model } = await shared(name, ...inputs);
    expect(model.requests.length).toBe(inputs.includes('trace.txt') ? 398 : 344);
    let compared = 0;
    for (const [requested, askers] of trueAskers(folder(name))) {
      const own = model.requests.filter((request) => request.requested === requested);
      if (own.length === 0) continue;
      compared++;
      expect(new Set(own.map((request) => request.comm))).toEqual(askers);
    }
    expect(compared).toBeGreaterThan(20);
  });

  it('name the function that asked', async () => {
    for (const inputs of [['trace.txt'], ['dmesg.txt']]) {
      const { model } = await shared('s5b-autoload-trace', ...inputs);
      const sites = new Map(model.requests.map((request) => [request.requested, request.callSite]));
      expect(sites.get('net-pf-3')).toBe('__sock_create');
      expect(sites.get('fs-xfs')).toBe('get_fs_type');
      expect(sites.get('can-proto-0')).toBe('can_create');
    }
  });

  it('lead to the loads of the modprobe that they started', async () => {
    const { model } = await shared('s5-autoload', 'trace.txt');
    expect(model.attempts.every((attempt) => attempt.requester === 'kernel')).toBe(true);
    const loaded = new Map(model.attempts.map((attempt) => [attempt.module, attempt.requested]));
    expect(loaded.get('appletalk')).toBe('net-pf-5');
    expect(loaded.get('vfat')).toBe('fs-vfat');
    // A module that it depends on was loaded for the same request.
    expect(loaded.get('udp_tunnel')).toBe('net-pf-2-proto-132');
    expect(loaded.get('raid6_pq')).toBe('fs-btrfs');
    expect(model.attempts.every((attempt) => attempt.joinCertain)).toBe(true);
  });
});
