// SPDX-License-Identifier: Apache-2.0
/** Advice about other failures. */
import { groupBy } from '../../model/groups.js';
import { type Advice, type AdviceEvidence, worthOfFailures } from './evidence.js';
import { remedyFor } from './remedies.js';

/** An init that fails this often is retried by somebody, not probed once. */
const REPEATED_INITS = 2;

export function failureAdvice(evidence: AdviceEvidence): (Advice | null)[] {
  const charged = evidence.failures.filter(({ phase }) => phase !== 'init');
  const byRemedy = groupBy(charged, ({ reason, errno }) => remedyFor(reason, errno));
  return [
    ...[...byRemedy].map(([remedy, rows]): Advice => {
      const [first] = rows;
      return {
        ...worthOfFailures(rows, evidence.attempts),
        kind: remedy === null ? 'unexplained-failures' : (kindOf(first?.reason ?? '') ?? 'failed-loads'),
        text: remedy ?? unexplained(evidence),
        evidence: 'failures',
      };
    }),
    repeatedInits(evidence),
  ];
}

function unexplained({ boot, attempts }: AdviceEvidence): string {
  const find = 'Find out why these loads failed';
  if (boot.logs === 0) return `${find}: the kernel log of that boot may say why.`;
  const silent = attempts.length > 0 ? 'neither the log nor the trace says why' : 'the log does not say why';
  return `${find}: ${silent}; load one by hand (modprobe -v) and read dmesg.`;
}

function kindOf(reason: string): Advice['kind'] | null {
  switch (reason) {
    case 'signature':
    case 'lockdown':
    case 'vermagic':
    case 'relocation':
    case 'btf':
      return reason;
    case 'percpu':
      return 'percpu-exhausted';
    case 'vmalloc':
      return 'vmalloc-exhausted';
    case 'memory':
      return 'memory-exhausted';
    default:
      return null;
  }
}

function repeatedInits({ failures, attempts }: AdviceEvidence): Advice | null {
  const times = new Map<string, number>();
  for (const { phase, module, times: more } of failures) {
    if (phase === 'init' && module !== null) times.set(module, (times.get(module) ?? 0) + more);
  }
  const repeated = failures.filter(
    ({ phase, module }) => phase === 'init' && module !== null && (times.get(module) ?? 0) >= REPEATED_INITS,
  );
  if (repeated.length === 0) return null;
  return {
    ...worthOfFailures(repeated, attempts),
    // A failed init frees what it had: the kernel charges it to no phase.
    low: null,
    high: null,
    basis: null,
    kind: 'failed-inits',
    text: 'Blacklist these modules, or fix what keeps requesting them: their inits failed repeatedly, each after a full load.',
    evidence: 'failures',
  };
}
