// SPDX-License-Identifier: Apache-2.0
/** What to capture next, by what the evidence of a boot lacks. */
import { describe, expect, it } from 'vitest';
import { type CaptureEvidence, captureRows } from '../../src/accounting/capture.js';
import type { BootRow, Snapshot } from '../../src/accounting/model.js';

const cite = { source: 1, line: 1 };

describe('what to capture', () => {
  const row = (some: Partial<BootRow>): BootRow =>
    ({
      boot: 1,
      kernel: '6.12.1',
      trace: null,
      failures: 0n,
      wordBits: 64,
      lowerBound: false,
      ...some,
    }) as BootRow;
  const NOTHING: CaptureEvidence = {
    boot: row({}),
    last: null,
    phaseUnknown: false,
    attribution: [],
    sizes: [],
    kernelOptions: [],
    captureSteps: [],
  };
  const trace = (sees: 'calls' | 'charges' | 'loads', probes: readonly string[] = []) =>
    row({ trace: { complete: true, reason: '', sees, probes } });
  const dump = (list: Snapshot['list']) => ({ list }) as Snapshot;
  const option = (name: string, value: string) => ({ boot: 1, name, value, release: null, cite });
  const bounded = [{ basis: 'bounded' }] as unknown as CaptureEvidence['attribution'];
  const estimated = [{ basis: 'estimated' }] as unknown as CaptureEvidence['attribution'];
  const derived = [{ basis: 'derived' }] as unknown as CaptureEvidence['attribution'];
  const size = (of: 'file' | 'memory') => [{ of }] as unknown as CaptureEvidence['sizes'];
  const asked = (some: Partial<CaptureEvidence>) => captureRows({ ...NOTHING, ...some });
  const what = (some: Partial<CaptureEvidence>) => asked(some).map((one) => one.what);

  const ALL = 'all of this at once, in one file';
  const LOADS = 'failed loads: this trace holds only successful loads';
  const FAILED = 'failed loads and their bytes';
  const LIST = 'duplicates by module';
  const OLDEST = 'the oldest names, which the truncated duplicate list lacks';
  const WHO = 'requesters and times';
  const WRAP = "whether the kernel's byte counters wrap at 4 GiB, as on 32 bit";
  const EACH = 'exact bytes of each failed attempt';
  const PHASE = 'phase and bytes of each failed load';
  const SIZES = 'bytes per module';

  it.each<[string, Partial<CaptureEvidence>, string[]]>([
    ['a log alone', {}, [ALL, FAILED]],
    ['a trace of loads', { boot: trace('loads') }, [ALL, LOADS]],
    ['a trace of all calls', { boot: trace('calls') }, []],
    ['a trace of charges', { boot: trace('charges') }, []],
    ['counters without their list', { last: dump('absent') }, [ALL, LIST]],
    ['counters with an empty list', { last: dump('empty') }, []],
    ['a truncated list', { last: dump('cut') }, [ALL, OLDEST]],
    [
      'a truncated list, of which a probe shows the entries',
      { last: dump('cut'), boot: trace('calls', ['try_add_failed_module', 'mod_stat_bump']) },
      [],
    ],
    ['counters of failures', { last: dump('whole'), boot: row({ failures: 3n }) }, [ALL, WHO]],
    [
      'counters of failures, and their trace',
      { last: dump('whole'), boot: { ...trace('calls'), failures: 3n } },
      [],
    ],
    [
      'counters that may have wrapped',
      { last: dump('empty'), boot: row({ wordBits: null, lowerBound: true }) },
      [ALL, WRAP],
    ],
    ['counters that wrapped', { last: dump('empty'), boot: row({ wordBits: 32, lowerBound: true }) }, []],
    ['a list without sizes', { last: dump('whole'), attribution: bounded }, [ALL, SIZES]],
    [
      'a list with estimates',
      { last: dump('whole'), attribution: estimated, sizes: size('memory') },
      [ALL, SIZES],
    ],
    ['a list that is solved', { last: dump('whole'), attribution: derived }, []],
    [
      'a list with files that leave it open',
      { last: dump('whole'), attribution: bounded, sizes: size('file') },
      [ALL, EACH],
    ],
    ['the same estimated', { last: dump('whole'), attribution: estimated, sizes: size('file') }, [ALL, EACH]],
    [
      'the same, with the probes',
      {
        last: dump('whole'),
        attribution: bounded,
        sizes: size('file'),
        boot: trace('calls', ['mod_stat_bump']),
      },
      [],
    ],
    ['duplicates of a trace, without counters', { attribution: bounded, boot: trace('calls') }, []],
    ['calls whose phase is open', { phaseUnknown: true, boot: trace('calls') }, [ALL, PHASE]],
    [
      'calls whose phase is open, with counters',
      { phaseUnknown: true, boot: trace('calls'), last: dump('whole') },
      [ALL, EACH],
    ],
    ['loads alone whose phase is open', { phaseUnknown: true, boot: trace('loads') }, [ALL, LOADS]],
    [
      'calls whose phase the probes leave open',
      { phaseUnknown: true, boot: trace('calls', ['load_module', 'module_patient_check_exists']) },
      [],
    ],
  ])('beside %s', (_, some, expected) => {
    expect(what(some)).toEqual(expected);
  });

  it('fits the kernel', () => {
    const how = (some: Partial<CaptureEvidence>) => asked(some).at(-1)?.how;
    const boots = 'a trace of module loading from boot (samples/CAPTURE.md, recipe D)';
    expect(how({})).toBe(
      `with CONFIG_MODULE_STATS, \`grep -r . /sys/kernel/debug/modules\`; on any kernel, ${boots}`,
    );
    expect(how({ kernelOptions: [option('MODULE_STATS', 'y')] })).toBe(
      `\`grep -r . /sys/kernel/debug/modules\`, and ${boots}`,
    );
    expect(how({ kernelOptions: [option('MODULE_STATS', 'n')] })).toBe(
      `${boots}; this kernel is built without CONFIG_MODULE_STATS`,
    );
    const open = { phaseUnknown: true, boot: trace('calls', ['load_module']) };
    expect(how(open)).toBe('probes on module_patient_check_exists (samples/CAPTURE.md, recipe C)');
    expect(how({ ...open, boot: trace('calls') })).toBe(
      'probes on load_module and module_patient_check_exists (samples/CAPTURE.md, recipe C)',
    );
    for (const name of ['FPROBE', 'FPROBE_EVENTS'])
      expect(how({ ...open, kernelOptions: [option(name, 'n')] })).toMatch(
        /recipe C, the forms with p: and r:\)$/,
      );
    expect(how({ ...open, kernelOptions: [option('FPROBE_EVENTS', 'y')] })).toMatch(/recipe C\)$/);
    expect(how({ ...open, boot: { ...open.boot, wordBits: 32 } })).toMatch(
      /\(samples\/CAPTURE.md, 32-bit kernels\)$/,
    );
    expect(how({ boot: trace('loads') })).toContain('sys_exit_init_module');
  });

  it('after a run of the script is what it could not get, and why', () => {
    const step = (name: string, result: string, detail: string | null = null) => ({
      boot: 1,
      what: name,
      result,
      detail,
      cite,
    });
    const missing = (...captureSteps: CaptureEvidence['captureSteps'][number][]) =>
      asked({ captureSteps }).map(({ what: one, how }) => `${one}: ${how}`);
    expect(missing(step('trace', 'ok'))).toEqual([]);
    // Either gives it.
    expect(missing(step('trace', 'missing', 'no tracefs'))).toEqual([]);
    expect(
      missing(step('trace', 'missing', 'no tracefs'), step('counters', 'missing', 'no debugfs')),
    ).toEqual([`${FAILED}: not available on that machine; trace: no tracefs; counters: no debugfs`]);
    expect(
      asked({
        last: dump('whole'),
        attribution: bounded,
        captureSteps: [step('sizes', 'missing', 'no find')],
      }),
    ).toEqual([{ boot: 1, what: SIZES, how: 'not available on that machine; sizes: no find' }]);
  });
});
