/** What to capture to know what the evidence leaves open. */
import type { BootFacts } from './facts.js';

/** What to capture to know what this evidence leaves open. */
export function captureFor(facts: BootFacts): string[] {
  const wanted: string[] = [];
  const hasCounters = facts.snapshots > 0n;
  const hasTrace = facts.attempts > 0n;
  if (!hasCounters && !hasTrace) {
    wanted.push(
      'failed loads and their bytes: `grep -r . /sys/kernel/debug/modules` (CONFIG_MODULE_STATS), or on any kernel a ' +
        'trace of module loading from boot (samples/CAPTURE.md)',
    );
  }
  if (hasCounters && (facts.list === 'absent' || facts.list === null)) {
    wanted.push('duplicates by module: `cat /sys/kernel/debug/modules/stats`');
  }
  if (hasCounters && facts.list === 'cut') {
    wanted.push('the names that the cut list lost: a trace with a probe on try_add_failed_module');
  }
  if (hasCounters && !hasTrace && (facts.failures ?? 0n) > 0n) {
    wanted.push('who asked, and when: a trace of module loading from boot (samples/CAPTURE.md)');
  }
  if (hasTrace && facts.untold.calls > 0n) {
    wanted.push(
      'phase and exact bytes of each duplicate: probes on load_module and module_patient_check_exists (samples/CAPTURE.md, recipe C)',
    );
  }
  if (hasCounters && facts.duplicates.some((row) => row.basis === 'bounded' || row.basis === 'estimated')) {
    wanted.push(
      facts.listedSizes > 0n
        ? 'exact bytes per module: probes on mod_stat_bump_becoming and mod_stat_bump_invalid (samples/CAPTURE.md, recipe B)'
        : "bytes per module: `find /lib/modules/$(uname -r) -name '*.ko*' -printf '%s %p\\n'`",
    );
  }
  return wanted;
}
