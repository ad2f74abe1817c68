// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { build, Trace } from './make.js';

const KWORKER = 'kworker/u32:1';

/** A request, and the modprobe that the kernel starts for it. */
function served(trace: Trace, asker: number, requested: string, helper: number): Trace {
  return trace
    .request(asker, requested, 'mount')
    .fork(56, KWORKER, helper)
    .exec(helper, '/sbin/modprobe', 'modprobe')
    .finit(helper, 0, 'modprobe')
    .loaded(helper, requested.replace('fs-', ''), 'modprobe')
    .exit(helper, 0, 'finit_module', 'modprobe');
}

const modelOf = (trace: Trace, ...log: { kind: 'duplicate-request'; [key: string]: unknown }[]) =>
  build({ events: trace.events }, ...(log.length > 0 ? [{ events: [bootStart, ...log] }] : [])).model;

const bootStart = { kind: 'boot-start', t: 0n, by: 'banner', bootId: null, complete: true } as const;

const logged = (requested: string, pid: number | null = null, comm: string | null = null) => ({
  kind: 'duplicate-request' as const,
  t: 9_000_000_000n,
  requested,
  pid,
  comm,
  callSite: pid === null ? null : 'logged_site',
});

describe('requests', () => {
  it('lead to the calls of the modprobe that was started for them', () => {
    const { attempts } = modelOf(served(new Trace(), 9, 'fs-vfat', 200));
    expect(attempts).toMatchObject([
      { requester: 'kernel', requested: 'fs-vfat', callSite: 'asker', joinCertain: true, module: 'vfat' },
    ]);
  });

  it('lead there through a wrapper that executes modprobe, and only once', () => {
    const trace = new Trace()
      .request(9, 'fs-a', 'mount')
      .request(10, 'fs-b', 'mount')
      .fork(56, KWORKER, 200)
      .exec(200, '/sbin/wrapper', 'wrapper')
      .exec(200, '/sbin/modprobe', 'modprobe')
      .fork(56, KWORKER, 201)
      .exec(201, '/sbin/modprobe', 'modprobe')
      .finit(201, 0, 'modprobe')
      .exit(201, -2, 'finit_module', 'modprobe');
    expect(modelOf(trace).attempts).toMatchObject([{ requested: 'fs-b' }]);
  });

  it('are uncertain where another one could have started the modprobe', () => {
    const trace = new Trace()
      .request(9, 'fs-a', 'mount')
      .request(10, 'fs-b', 'mount')
      .fork(56, KWORKER, 200)
      .exec(200, '/sbin/modprobe', 'modprobe')
      .finit(200, 0, 'modprobe')
      .loaded(200, 'unlike', 'modprobe')
      .exit(200, 0, 'finit_module', 'modprobe');
    expect(modelOf(trace).attempts).toMatchObject([{ requested: 'fs-a', joinCertain: false }]);
  });

  it('are over when the task that waited does something else', () => {
    const trace = new Trace().request(9, 'fs-a', 'mount').fork(9, 'mount', 10);
    served(trace, 11, 'fs-b', 200);
    expect(modelOf(trace).attempts).toMatchObject([{ requested: 'fs-b', joinCertain: true }]);
  });

  it('are duplicates while the first runs, and for 60 s after it', () => {
    const trace = new Trace()
      .at(1_000)
      .request(9, 'net-pf-3', 'ss')
      .request(10, 'net-pf-3', 'ss')
      .at(5_000)
      .fork(9, 'ss', 12)
      .at(64_000)
      .request(11, 'net-pf-3', 'ss')
      .at(66_500)
      .request(13, 'net-pf-3', 'ss');
    expect(modelOf(trace).requests.map((request) => request.duplicate)).toEqual([false, true, true, false]);
  });

  it('that do not wait share no result', () => {
    const trace = new Trace().request(9, 'x', 'a', 's', false).request(10, 'x', 'b', 's', false);
    expect(modelOf(trace).requests.map((request) => request.duplicate)).toEqual([false, false]);
  });
});

describe('requests of a trace and of the log', () => {
  const trace = () => new Trace().request(9, 'x', 'late').request(10, 'x', 'late').request(11, 'x', 'late');

  it('are one, with the name that the log had at the time', () => {
    const { requests } = modelOf(trace(), logged('x', 10, 'ss'), logged('x', 11, 'snmpd'));
    expect(requests.map(({ comm, duplicate, origin }) => [comm, duplicate, origin])).toEqual([
      ['late', false, 'trace'],
      ['ss', true, 'trace'],
      ['snmpd', true, 'trace'],
    ]);
  });

  // Two tasks that ask at once are in the trace in either order.
  it('are not all duplicates where the log names the task that the trace has first', () => {
    const duplicates = (...pids: number[]) =>
      modelOf(trace(), ...pids.map((pid) => logged('x', pid, 'ss'))).requests.map(
        ({ duplicate }) => duplicate,
      );
    expect(duplicates(9, 11)).toEqual([true, false, true]);
    expect(duplicates(10, 11)).toEqual([false, true, true]);
    // Lines of the log may be lost.
    expect(duplicates(9)).toEqual([true, false, true]);
    expect(duplicates(11)).toEqual([false, true, true]);
    // The first request was before the trace started.
    expect(duplicates(9, 10, 11)).toEqual([true, true, true]);
  });

  it('name a first request by what the same task was called around it', () => {
    const events = new Trace()
      .request(9, 'x', 'late')
      .request(9, 'y', 'late')
      .request(10, 'y', 'late')
      .request(9, 'x', 'late');
    const { requests } = modelOf(events, logged('x', 9, 'mount'));
    expect(requests[0]?.comm).toBe('mount');
    expect(requests[1]?.comm).toBe('mount');
    expect(requests[2]?.comm).toBe('late');
  });

  it('are counted once where the log has no task either, and kept where the trace lacks them', () => {
    const { requests } = modelOf(trace(), logged('x'), logged('x'), logged('y'), logged('y'));
    expect(requests.filter((request) => request.requested === 'x').length).toBe(3);
    expect(requests.filter((request) => request.requested === 'y')).toMatchObject([
      { origin: 'log', duplicate: true },
      { origin: 'log', duplicate: true },
    ]);
  });
});

describe('callers', () => {
  it.each([
    ['(udev-worker)', 'udev'],
    ['systemd-udevd', 'udev'],
    ['systemd-modules', 'systemd-modules-load'],
    ['modprobe', 'modprobe'],
    ['insmod', 'insmod'],
    ['systemd', 'systemd'],
    ['myloader', 'other'],
    [null, 'unknown'],
  ])('%s is %s', (comm, requester) => {
    const { attempts } = modelOf(new Trace().finit(77, 0, comm).exit(77, -9, 'finit_module', comm));
    expect(attempts[0]?.requester).toBe(requester);
  });

  it('are the script that ran modprobe, not its shell’s own name', () => {
    const trace = new Trace()
      .fork(1, 'init', 50)
      .exec(50, '/etc/init.d/net', 'net')
      .fork(50, 'net', 51)
      .exec(51, '/sbin/modprobe', 'modprobe')
      .finit(51, 0, 'modprobe')
      .exit(51, -17, 'finit_module', 'modprobe');
    expect(modelOf(trace).attempts).toMatchObject([{ requester: 'modprobe', parentComm: 'net' }]);
  });

  it('are the kernel where its worker forked modprobe, even if no request is in the trace', () => {
    const trace = new Trace()
      .fork(56, KWORKER, 200)
      .exec(200, '/sbin/modprobe', 'modprobe')
      .finit(200, 0, 'modprobe')
      .exit(200, -2, 'finit_module', 'modprobe');
    expect(modelOf(trace).attempts).toMatchObject([{ requester: 'kernel', requested: null }]);
  });
});
