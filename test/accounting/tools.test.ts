// SPDX-License-Identifier: Apache-2.0
/** Loads that tools report as failed, callers by their names, and requests of the kernel. */
import { describe, expect, it } from 'vitest';
import { sameRequest } from '../../src/accounting/requesters/requests.js';
import { boot, build, failureLine, type GivenSource, Trace } from './make.js';

const SECOND = 1_000_000_000n;
const log = (...events: object[]): GivenSource => ({ events: [...boot(), ...(events as [])] });
const insert = (module: string, errno: number | null, t: bigint | null = 5n, some: object = {}) => ({
  kind: 'user-load',
  t,
  tool: 'udev',
  pid: null,
  what: 'failed',
  module,
  errno,
  ...some,
});
const failures = (...sources: GivenSource[]) =>
  build(...sources).model.failures.map(
    ({ reason, module, phase, errno, times }) => `${reason} ${module} ${phase} ${errno} ${times}`,
  );

describe('a load that a tool reports as failed', () => {
  const elf = (t: bigint | null = 5n) => failureLine('elf', null, 'bad', t);
  it.each<[string, object[], string[]]>([
    ['alone', [insert('m', 2)], ['other m null 2 1']],
    ['for want of memory', [insert('m', 12)], ['memory m null 12 1']],
    ['by its init', [insert('m', 19)], ['init m init 19 1']],
    ['with EBUSY', [insert('m', 16)], ['busy m null 16 1']],
    ['with EEXIST', [insert('m', 17)], ['exists m null 17 1']],
    [
      'of a file with a release in its name',
      [failureLine('vermagic', 'lime'), insert('lime_4.4.0_116_generic', 8)],
      ['vermagic lime becoming null 1'],
    ],
    [
      'of a module whose name holds that of another',
      [failureLine('vermagic', 'snd_pcm'), insert('snd_pcm_oss', 8, 6n + 10n * SECOND)],
      ['other snd_pcm_oss null 8 1', 'vermagic snd_pcm becoming null 1'],
    ],
    ['without a number', [insert('m', null)], ['other m null null 1']],
    ['without a number, beside one with it', [insert('m', 2), insert('m', null)], ['other m null 2 1']],
    ['without a number, before one with it', [insert('m', null), insert('m', 2, 6n)], ['other m null 2 1']],
    [
      'without a number, once more than with it',
      [insert('m', 2), insert('m', null), insert('m', null)],
      ['other m null 2 1', 'other m null null 1'],
    ],
    [
      'without a number, by two programs beside one with it',
      [insert('m', 2), insert('m', null), insert('m', null, 5n, { tool: 'systemd' })],
      ['other m null 2 1'],
    ],
    [
      'without a number, a day before one with it',
      [insert('m', null), insert('m', 38, 86_400n * SECOND)],
      ['other m null 38 1', 'other m null null 1'],
    ],
    [
      'above the message, of two the second, without times',
      [insert('m', 8, null), insert('n', 8, null), elf(null)],
      ['elf n becoming 8 1', 'other m null 8 1'],
    ],
    [
      'with busybox’s own error, of a file that it unpacks',
      [elf(null), insert('m', 12, null, { unpacks: true })],
      ['elf m becoming null 1'],
    ],
    [
      'without a number, of a module that was not found',
      [insert('m', null), insert('m', null, 5n, { tool: 'modprobe', what: 'not-found' })],
      [],
    ],
    ['that the kernel named', [failureLine('elf', 'm'), insert('m', 8)], ['elf m becoming null 1']],
    ['of a message without a name', [elf(), insert('m', 8)], ['elf m becoming 8 1']],
    ['of a message 10 s before', [elf(5n), insert('m', 8, 5n + 10n * SECOND)], ['elf m becoming 8 1']],
    [
      'later than that',
      [elf(5n), insert('m', 8, 6n + 10n * SECOND)],
      ['elf null becoming null 1', 'other m null 8 1'],
    ],
    [
      'of a message with another number',
      [elf(), insert('m', 12)],
      ['elf null becoming null 1', 'memory m null 12 1'],
    ],
    ['before the message, at the same second', [insert('m', 8, 5n), elf(5n)], ['elf m becoming 8 1']],
    ['before the message', [insert('m', 8, 5n), elf(6n)], ['elf null becoming null 1', 'other m null 8 1']],
    ['before the message, without times', [insert('m', 8, null), elf(null)], ['elf m becoming 8 1']],
    ['of a message without a time', [elf(null), insert('m', 8, null)], ['elf m becoming 8 1']],
    [
      'twice, of one message',
      [elf(), insert('m', 8), insert('n', 8)],
      ['elf m becoming 8 1', 'other n null 8 1'],
    ],
    ['as its install command did', [insert('m', 1, 5n, { what: 'command-failed' }), insert('m', 1, 6n)], []],
    [
      'long after its install command did',
      [insert('m', 1, 5n, { what: 'command-failed' }), insert('m', 1, 6n + 10n * SECOND)],
      ['other m null 1 1'],
    ],
  ])('%s', (_, events, expected) => {
    expect(failures(log(...events)).sort()).toEqual(expected.sort());
  });

  it('is nothing new where a trace holds all calls', () => {
    const trace = new Trace().finit(2).charge(2, 'load', 'k', 900).exit(2, -2);
    expect(failures({ events: trace.events }, log(insert('m', 2)))).toEqual(['other k load 2 1']);
  });
});

// kmod: modprobe.c:insmod names the module that it was asked for, the kernel the dependency that it refused.
describe('a load that failed for a module that it depends on', () => {
  const said = (reason: string, module: string, t: bigint | null = 5n, errno: number | null = null) => ({
    ...failureLine(reason, module, `${reason} ${module}`, t),
    errno,
  });
  it.each<[string, object[], string[]]>([
    ['is one', [said('vermagic', 'dep'), insert('m', 8)], ['vermagic dep becoming null 1']],
    [
      'is one below what it said',
      [insert('m', 8, null), said('vermagic', 'dep')],
      ['vermagic dep becoming null 1'],
    ],
    [
      'is as many as were tried',
      [said('vermagic', 'dep'), insert('m', 8), said('vermagic', 'dep', 9n), insert('m', 8, 9n)],
      ['vermagic dep becoming null 2'],
    ],
    [
      'is one of two where the kernel speaks once',
      [said('vermagic', 'dep'), insert('m', 8), insert('m', 8, 9n)],
      ['other m null 8 1', 'vermagic dep becoming null 1'],
    ],
    [
      'by a symbol that the other lacks',
      [said('unknown-symbol', 'dep', 5n, 2), insert('m', 2)],
      ['unknown-symbol dep load 2 1'],
    ],
    [
      'in an old kernel, whose message has no number',
      [said('unknown-symbol', 'dep'), insert('m', 2)],
      ['unknown-symbol dep load null 1'],
    ],
    [
      'of a driver of several parts',
      [{ ...said('init', 'nvidia', 5n, 19), phase: 'init' }, insert('nvidia_drm', 19)],
      ['init nvidia init 19 1'],
    ],
    [
      'of several parts of a driver, and of the driver itself',
      [
        ...[5n, 6n, 7n].map((t) => ({ ...said('init', 'nvidia', t, 19), phase: 'init' })),
        ...['nvidia_drm', 'nvidia', 'nvidia_uvm'].map((module) => insert(module, 19, 8n)),
      ],
      ['init nvidia init 19 3'],
    ],
  ])('%s', (_, events, expected) => {
    expect(failures(log(...events)).sort()).toEqual(expected);
  });

  it.each<[string, object[]]>([
    ['with another error', [said('vermagic', 'dep'), insert('m', 22)]],
    ['later', [said('vermagic', 'dep'), insert('m', 8, 6n + 10n * SECOND)]],
    ['with a message of its own', [said('vermagic', 'dep'), said('vermagic', 'm'), insert('m', 8)]],
    ['where the other was reported as well', [said('vermagic', 'dep'), insert('dep', 8), insert('m', 8)]],
    [
      'where two modules may be the cause',
      [said('vermagic', 'dep'), said('vermagic', 'dep2'), insert('m', 8)],
    ],
    ['where two modules were tried', [said('vermagic', 'dep'), insert('m', 8), insert('n', 8)]],
    ['for want of memory, which a load may lack by itself', [said('percpu', 'dep'), insert('m', 12)]],
    ['by its own init', [{ ...said('init', 'nvidia', 5n, 19), phase: 'init' }, insert('foo', 19)]],
    [
      'far from it in the whole log',
      [
        said('vermagic', 'dep'),
        ...Array.from({ length: 40 }, () => ({ kind: 'taint', what: 'other', module: 'x' })),
        insert('m', 8, null),
      ],
    ],
  ])('is not that of another %s', (_, events) => {
    const modules = events.flatMap((event) =>
      'module' in event && 'kind' in event && event.kind !== 'taint' ? [event.module] : [],
    );
    const rows = failures(log(...events));
    expect(rows.map((row) => row.split(' ')[1]).sort()).toEqual([...new Set(modules)].sort());
  });
});

describe('messages of one failure', () => {
  const enforced = (some: object = {}) => ({
    ...failureLine('signature', null, 'key', 5n),
    fails: 'if enforced',
    ...some,
  });
  it.each<[string, object[], string[]]>([
    [
      'a key that is missing, and the refusal',
      [enforced(), failureLine('signature', 'm', 'refused', 6n)],
      ['signature m becoming null 1'],
    ],
    [
      'the same under lockdown',
      [enforced(), { ...failureLine('lockdown', 'm', 'refused', 6n), phase: 'becoming' }],
      ['lockdown m becoming null 1'],
    ],
    [
      'the same without times',
      [enforced({ t: null }), failureLine('signature', 'm', 'refused', null)],
      ['signature m becoming null 1'],
    ],
    [
      'a key, and a refusal much later',
      [enforced(), failureLine('signature', 'm', 'refused', 6n + 10n * SECOND)],
      ['signature m becoming null 1', 'signature null becoming null 1'],
    ],
    [
      'a key, and a refusal of another module',
      [enforced({ module: 'n' }), failureLine('signature', 'm', 'refused', 6n)],
      ['signature m becoming null 1', 'signature n becoming null 1'],
    ],
    [
      'a key, and another failure',
      [enforced(), failureLine('elf', 'm', 'bad', 6n)],
      ['elf m becoming null 1', 'signature null becoming null 1'],
    ],
    [
      'a key where unsigned modules load',
      [enforced(), { kind: 'taint', t: 6n, what: 'unsigned', module: 'm' }],
      [],
    ],
    [
      'a name in a line of its own',
      [failureLine('relocation', null, 'a', 5n), { ...failureLine('relocation', 'm', 'b', 6n), names: true }],
      ['relocation m load null 1'],
    ],
    [
      'a name of another failure',
      [failureLine('relocation', 'k', 'a', 5n), { ...failureLine('relocation', 'm', 'b', 6n), names: true }],
      ['relocation k load null 1', 'relocation m load null 1'],
    ],
  ])('%s', (_, events, expected) => {
    // Since 5.4 a refusal has a line of its own.
    expect(failures({ events: [...boot('5.3.0'), ...(events as [])] }).sort()).toEqual(expected.sort());
  });

  it('a key without a refusal is none since 5.4', () => {
    expect(failures({ events: [...boot('5.4.0'), enforced() as never] })).toEqual([]);
  });
});

describe('a key that is missing, in an excerpt', () => {
  const key = { ...failureLine('signature', null, 'key', 5n), fails: 'if enforced' };
  const excerpt = (...events: object[]): GivenSource => ({
    events: [
      { kind: 'boot-start', t: 0n, by: 'first-line', bootId: null, complete: false },
      ...events,
    ] as GivenSource['events'],
  });

  it('may be a failure, which is a doubt', () => {
    const { boots, failures: rows } = build(excerpt(key)).model;
    expect(rows).toEqual([]);
    expect(boots[0]?.verdict).toBe('unclear');
    expect(boots[0]?.doubts.join()).toContain('a signature was not trusted');
  });

  it('may be one where a signature has an unknown form, although unsigned modules load', () => {
    const form = { ...key, fails: 'if enforced since 4.11' };
    const taint = { kind: 'taint', t: 1n, what: 'unsigned', module: 'n' };
    const { boots, failures: rows } = build(excerpt(taint, form)).model;
    expect(rows).toEqual([]);
    expect(boots[0]?.doubts.join()).toContain('a signature was not trusted');
  });

  it.each(['quiet module.sig_enforce=1', 'module.sig_enforce', 'lockdown=integrity'])(
    'is one with %s',
    (text) => {
      expect(failures(excerpt({ kind: 'command-line', t: 1n, text }, key))).toEqual([
        'signature null becoming null 1',
      ]);
    },
  );

  it('is none with module.sig_enforce=0', () => {
    expect(failures(excerpt({ kind: 'command-line', t: 1n, text: 'module.sig_enforce=0' }, key))).toEqual([]);
  });
});

describe('a caller', () => {
  const requester = (pid: number, comm: string | null, start: (trace: Trace) => Trace = (trace) => trace) => {
    const trace = start(new Trace()).finit(pid, 0, comm).exit(pid, -9, 'finit_module', comm);
    const [attempt] = build({ events: trace.events }).model.attempts.slice(-1);
    return [attempt?.requester, attempt?.comm, attempt?.parentComm];
  };
  // Names of Linux tasks have 15 characters; the latency format prints 8.
  it.each<[number, string | null, string]>([
    [9, '(udev-worker)', 'udev'],
    [9, '(udev-wo', 'udev'],
    [9, 'systemd-udevd', 'udev'],
    [9, 'udevd', 'udev'],
    [9, 'eudevd', 'udev'],
    [9, 'systemd-modules', 'systemd-modules-load'],
    [9, 'modprobe', 'modprobe'],
    [9, 'kmod', 'modprobe'],
    [9, 'insmod', 'insmod'],
    [9, 'systemd', 'systemd'],
    [1, 'systemd', 'systemd'],
    [1, 'init', 'init'],
    [9, 'init', 'other'],
    [9, 'myudevd', 'other'],
    [9, null, 'unknown'],
  ])('of pid %i, %s', (pid, comm, expected) => {
    expect(requester(pid, comm)[0]).toBe(expected);
  });

  it.each(['kworker/u8:1', 'khelper', 'kthreadd'])('that %s started is the kernel', (parent) => {
    expect(
      requester(9, 'modprobe', (trace) => trace.fork(2, parent, 9).exec(9, '/sbin/modprobe', parent)),
    ).toEqual(['kernel', 'modprobe', parent]);
  });

  it('has the nearest ancestor of another name', () => {
    const nested = (trace: Trace) =>
      trace
        .fork(2, 'systemd', 3)
        .exec(3, '/bin/script', 'systemd')
        .fork(3, 'script', 9)
        .exec(9, '/sbin/modprobe', 'script');
    expect(requester(9, 'modprobe', nested)).toEqual(['modprobe', 'modprobe', 'script']);
    expect(requester(9, 'modprobe', (trace) => trace.fork(3, 'modprobe', 9))).toEqual([
      'modprobe',
      'modprobe',
      null,
    ]);
  });

  it('has the name of the program that it ran, cut as the kernel cuts it', () => {
    const long = (trace: Trace) => trace.exec(9, '/usr/lib/systemd/systemd-modules-load', null);
    expect(requester(9, null, long).slice(0, 2)).toEqual(['systemd-modules-load', 'systemd-modules']);
  });

  it('is another one once its number is used again', () => {
    const trace = new Trace()
      .finit(9, 0, 'modprobe')
      .exit(9, -9, 'finit_module', 'modprobe')
      .fork(2, 'bash', 9);
    trace.finit(9, 0, 'insmod').exit(9, -9, 'finit_module', 'insmod');
    expect(
      build({ events: trace.events }).model.attempts.map(({ requester, parentComm }) => [
        requester,
        parentComm,
      ]),
    ).toEqual([
      ['modprobe', null],
      ['insmod', 'bash'],
    ]);
  });
});

describe('a request', () => {
  it('is for a module whose name has underscores where it has dashes', () => {
    expect(sameRequest('snd-hda-intel', 'snd_hda_intel')).toBe(true);
    expect(sameRequest('net-pf-3', 'ax25')).toBe(false);
  });

  // kernel/module/dups.c: kept for 60 s after its end
  it.each<[string, (trace: Trace) => Trace, boolean]>([
    ['while the first runs', (trace) => trace.request(8, 'x', 'b'), true],
    [
      'within 60 s of its end',
      (trace) => trace.at(1500).exec(7, '/bin/a').at(61_500).request(8, 'x', 'b'),
      true,
    ],
    ['after that', (trace) => trace.at(1500).exec(7, '/bin/a').at(61_501).request(8, 'x', 'b'), false],
    ['of another name', (trace) => trace.request(8, 'y', 'b'), false],
  ])('%s: a duplicate %s', (_, then, expected) => {
    const trace = then(new Trace().at(1000).request(7, 'x', 'a'));
    expect(build({ events: trace.events }).model.requests.at(-1)?.duplicate).toBe(expected);
  });

  it('that does not wait leaves no result to share', () => {
    const trace = new Trace()
      .request(7, 'x', 'a', 'f', false)
      .request(8, 'x', 'b')
      .request(9, 'x', 'c', 'f', false);
    expect(
      build({ events: trace.events }).model.requests.map(({ duplicate, wait }) => [duplicate, wait]),
    ).toEqual([
      [false, false],
      [false, true],
      [true, false],
    ]);
  });
});

// kernel/bpf/btf.c: btf_module_notify of 5.18 to 6.2 prints the line also where it lets the module load.
describe('BTF of a module that does not fit', () => {
  const line = {
    ...failureLine('btf', 'm', 'failed to validate module [m] BTF: -22', 5n),
    errno: 22,
    fails: 'unless allowed',
  };
  const DOUBT = 'the BTF of a module did not fit, and the log does not say whether the module was refused';
  const returned = {
    kind: 'initcall',
    t: 9n,
    point: 'returned',
    module: 'm',
    func: 'f',
    pid: 1,
    ret: 0,
    usecs: 1,
  };
  const linked = { kind: 'modules-linked-in', t: 9n, modules: ['n', 'm'] };
  const judged = (release: string, ...events: object[]) => {
    const { model } = build({ events: [...boot(release), line, ...(events as [])] });
    const [first] = model.boots;
    return [
      model.failures.map(({ reason, module, times }) => `${reason} ${module} ${times}`),
      first?.doubts.includes(DOUBT),
    ];
  };
  it.each<[string, string, object[], [string[], boolean]]>([
    ['is a failed load before 5.18', '5.17.9', [], [['btf m 1'], false]],
    ['may be one in 5.18', '5.18.0', [], [[], true]],
    ['may be one in 6.1', '6.1.15', [], [[], true]],
    ['is one since 6.3', '6.3.0', [], [['btf m 1'], false]],
    ['is one since 6.1.16', '6.1.16-gentoo', [], [['btf m 1'], false]],
    ['is one since 6.2.3', '6.2.3', [], [['btf m 1'], false]],
    ['may be one in 6.2.2', '6.2.2', [], [[], true]],
    [
      'is one in a kernel of Debian that has it',
      '6.1.0-13-amd64',
      [
        {
          kind: 'kernel-version',
          t: 0n,
          release: '6.1.0-13-amd64',
          machine: null,
          banner: 'Linux version 6.1.0-13-amd64 (a@b) (gcc-12) #1 SMP PREEMPT_DYNAMIC Debian 6.1.55-1',
        },
      ],
      [['btf m 1'], false],
    ],
    ['is one where a tool says so', '6.1.15', [insert('m', 22, 9n)], [['btf m 1'], false]],
    ['is none where the init ran', '6.1.15', [returned], [[], false]],
    ['is none where the module is loaded later', '6.1.15', [linked], [[], false]],
    ['is none where a tool loaded it', '6.1.15', [insert('m', null, 9n, { what: 'inserted' })], [[], false]],
    ['may be one beside the init of another', '6.1.15', [{ ...returned, module: 'n' }], [[], true]],
  ])('%s', (_, release, events, expected) => {
    expect(judged(release, ...events)).toEqual(expected);
  });

  it('is the reason of a call that failed with its error', () => {
    const trace = new Trace().finit(2).charge(2, 'load', 'm', 900).exit(2, -22);
    const { failures: rows } = build({ events: trace.events }, { events: [...boot('6.1.15'), line] }).model;
    expect(rows.map(({ reason, module, times }) => [reason, module, times])).toEqual([['btf', 'm', 1]]);
  });
});
