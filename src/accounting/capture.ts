// SPDX-License-Identifier: Apache-2.0
/** What the evidence of a boot does not show, and how to capture it. */
import { hasOption } from './kernel-options.js';
import type {
  AttributionRow,
  BootRow,
  CaptureRow,
  CaptureStepRow,
  KernelOptionRow,
  SizeRow,
  Snapshot,
  TraceSight,
} from './model.js';

export interface CaptureEvidence {
  readonly boot: BootRow;
  readonly last: Snapshot | null;
  /** True where attempts failed in an unknown phase. */
  readonly phaseUnknown: boolean;
  readonly attribution: readonly AttributionRow[];
  readonly sizes: readonly SizeRow[];
  readonly kernelOptions: readonly KernelOptionRow[];
  readonly captureSteps: readonly CaptureStepRow[];
}

/** What the capture script may have failed to get, by the names in its manifest. */
type Need = 'trace' | 'probes' | 'counters' | 'sizes';

interface Wanted {
  readonly what: string;
  readonly how: string;
  /** What gives it; none: every capture holds it. */
  readonly needs: readonly Need[];
  /** True where any of these gives it alone. */
  readonly either?: true;
}

/** The line for the reporter; they get the script that `MAKE_SCRIPT` prints. */
export const REPORTER_LINE = 'sudo sh modwaste-capture.sh && sudo reboot';
export const MAKE_SCRIPT = 'modwaste capture --boot > modwaste-capture.sh';

const GUIDE = 'samples/CAPTURE.md';
const SYSCALLS =
  'syscalls:sys_enter_finit_module, sys_exit_finit_module, sys_enter_init_module and sys_exit_init_module';

/**
 * Omits what was already captured, and what this kernel cannot provide. After a run of the capture script, only what its
 * manifest says it could not get, and why.
 */
export function captureRows(evidence: CaptureEvidence): CaptureRow[] {
  const { boot } = evidence.boot;
  const rows = [...wanted(evidence)];
  const steps = evidence.captureSteps;
  if (steps.length > 0) {
    const gaps = steps.filter(({ result }) => result === 'missing');
    return rows.flatMap(({ what, needs, either }) => {
      const mine = gaps.filter((gap) => needs.some((need) => need === gap.what));
      const why = mine.map((gap) => `${gap.what}: ${gap.detail}`).join('; ');
      const lacks = new Set(mine.map((gap) => gap.what)).size;
      return lacks > 0 && (!either || lacks === needs.length)
        ? [{ boot, what, how: `not available on that machine; ${why}` }]
        : [];
    });
  }
  if (rows.length === 0) return [];
  const script = {
    what: 'all of this at once, in one file',
    how: `send the script that \`${MAKE_SCRIPT}\` makes, with this line: \`${REPORTER_LINE}\``,
  };
  return [script, ...rows].map(({ what, how }) => ({ boot, what, how }));
}

function* wanted(evidence: CaptureEvidence): Generator<Wanted> {
  const { boot, last, attribution, sizes, kernelOptions } = evidence;
  const sight: TraceSight | null = boot.trace?.sees ?? null;
  const hasTrace = sight === 'calls' || sight === 'charges';
  if (sight === 'loads') {
    yield {
      what: 'failed loads: this trace holds only successful loads',
      how: `add ${SYSCALLS} (${GUIDE}, recipe D)`,
      needs: ['trace'],
    };
  } else if (last === null && !hasTrace) {
    const counters = hasOption(boot, kernelOptions, 'MODULE_STATS');
    const trace = `a trace of module loading from boot (${GUIDE}, recipe D)`;
    const dump = '`grep -r . /sys/kernel/debug/modules`';
    yield {
      what: 'failed loads and their bytes',
      how:
        counters === false
          ? `${trace}; this kernel is built without CONFIG_MODULE_STATS`
          : counters === true
            ? `${dump}, and ${trace}`
            : `with CONFIG_MODULE_STATS, ${dump}; on any kernel, ${trace}`,
      needs: ['trace', 'counters'],
      either: true,
    };
  }
  if (last?.list === 'absent') {
    yield {
      what: 'duplicates by module',
      how: '`cat /sys/kernel/debug/modules/stats`, with the list below the table',
      needs: ['counters'],
    };
  }
  if (last?.list === 'cut' && boot.trace?.probes.includes('try_add_failed_module') !== true) {
    yield {
      what: 'the oldest names, which the truncated duplicate list lacks',
      how: `a trace with a probe on try_add_failed_module (${GUIDE}, recipe B)`,
      needs: ['probes', 'trace'],
    };
  }
  if (last !== null && !hasTrace && (boot.failures ?? 0n) > 0n) {
    yield {
      what: 'requesters and times',
      how: `a trace of module loading from boot (${GUIDE}, recipe D)`,
      needs: ['trace'],
    };
  }
  if (last !== null && boot.wordBits === null && boot.lowerBound) {
    yield {
      what: "whether the kernel's byte counters wrap at 4 GiB, as on 32 bit",
      how: '`uname -a`',
      needs: [],
    };
  }
  yield* bytesOfCalls(evidence, hasTrace);
  const inexact = attribution.some(({ basis }) => basis === 'bounded' || basis === 'estimated');
  if (last !== null && inexact && !sizes.some(({ of }) => of !== 'memory')) {
    yield {
      what: 'bytes per module',
      how: "`find /lib/modules/$(uname -r) -name '*.ko*' -printf '%s %p\\n'` (recipe F)",
      needs: ['sizes'],
    };
  }
}

/** Probes on functions of this kernel that were not probed. */
function* bytesOfCalls(
  { boot, last, phaseUnknown, attribution, sizes, kernelOptions }: CaptureEvidence,
  hasTrace: boolean,
): Generator<Wanted> {
  const probes = boot.trace?.probes ?? [];
  const inexact = attribution.some(({ basis }) => basis === 'bounded' || basis === 'estimated');
  const listed = sizes.some(({ of }) => of !== 'memory');
  // 32-bit kernels have no fprobes, and offsets of their own.
  const recipe = (name: string): string => {
    if (boot.wordBits === 32) return `${GUIDE}, 32-bit kernels`;
    const fprobes =
      hasOption(boot, kernelOptions, 'FPROBE_EVENTS') ?? hasOption(boot, kernelOptions, 'FPROBE');
    return `${GUIDE}, recipe ${name}${fprobes === false ? ', the forms with p: and r:' : ''}`;
  };
  if (last !== null && !probes.includes('mod_stat_bump')) {
    if ((hasTrace && phaseUnknown) || (inexact && listed)) {
      yield {
        what: 'exact bytes of each failed attempt',
        how: `probes on mod_stat_bump_becoming and mod_stat_bump_invalid (${recipe('B')})`,
        needs: ['probes', 'trace'],
      };
    }
    return;
  }
  if (last !== null || !hasTrace || !phaseUnknown) return;
  const missing = ['load_module', 'module_patient_check_exists'].filter((name) => !probes.includes(name));
  if (missing.length > 0) {
    yield {
      what: 'phase and bytes of each failed load',
      how: `probes on ${missing.join(' and ')} (${recipe('C')})`,
      needs: ['probes', 'trace'],
    };
  }
}
