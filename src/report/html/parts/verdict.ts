/** The sentence that a boot comes down to. */
import type { Cite } from '../../../accounting/model.js';
import { formatBytes } from '../../cell.js';
import type { BootFacts, FailureFact, RequesterFact } from '../../summary/facts.js';
import { type Calls, extent } from '../chart/calls.js';
import { grouped, momentLabel, roundStep } from '../chart/scale.js';
import { h, type Markup } from '../markup.js';
import { cut } from './table.js';
import { count, duplicateBytes } from './words.js';

/** Makes a name in the verdict lead to its evidence. */
export interface Leads {
  duplicate(module: string): Cite | null;
  failure(module: string): Cite | null;
  requester(requester: string, comm: string | null, callSite: string | null): Cite | null;
  /** The text as a link to that line. */
  link(text: string, cite: Cite | null): Markup;
}

/** The verdict on one boot: how much, when, on which module, by whom. */
export function verdict(facts: BootFacts, calls: Calls, leads: Leads): Markup[] {
  const { wasted, failures } = facts;
  if (wasted === null) {
    const said = trouble(facts);
    if (said === null) {
      return [
        h('b', {}, 'No module-loading problem is reported here'),
        ': no failed load, no duplicate request, no failed allocation. A log alone does not prove that nothing was ' +
          'wasted: the kernel prints nothing for duplicate loads.',
      ];
    }
    return [
      h('b', {}, capital(said)),
      '. How much memory that wasted is not known: a kernel log names no bytes.',
    ];
  }
  if (wasted === 0n && !facts.lowerBound) {
    const said = trouble(facts);
    return [
      h('b', {}, 'Nothing was wasted'),
      ': no failed load was charged to any phase',
      ...(said === null ? [] : ['; there were ', h('b', {}, said)]),
      '.',
    ];
  }
  const exact = !facts.lowerBound;
  const most = !exact && facts.wastedHigh !== null ? ` (at most ${formatBytes(facts.wastedHigh)})` : '';
  return [
    h('b', { title: `${grouped(wasted)} bytes` }, `${exact ? '' : 'At least '}${formatBytes(wasted)} wasted`),
    `${most} in `,
    h('b', {}, failures === null ? 'an unknown number of failed loads' : count(failures, 'failed load')),
    ...when(calls),
    ...worst(facts, leads),
    ...who(facts, leads),
    '.',
  ];
}

/** What went wrong besides waste, in words. */
function trouble({ failed, autoload, allocationFailures }: BootFacts): string | null {
  const failures = failed.reduce((sum, { times }) => sum + times, 0n);
  const requests = autoload.reduce((sum, { duplicates }) => sum + duplicates, 0n);
  const parts = [
    failures > 0n ? count(failures, 'failed load') : null,
    requests > 0n ? `${count(requests, 'duplicate request')} by the kernel` : null,
    allocationFailures > 0n ? count(allocationFailures, 'failed allocation') : null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(', ');
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** The part of the waste that the stated span of time holds. */
const MOST_OF_IT = 0.9;

function when(calls: Calls): Markup[] {
  const span = narrowestSpan(calls.start, calls.wasted, MOST_OF_IT);
  if (span === null) return [];
  const whole = extent(calls);
  const step = roundStep(Math.max((whole.to - whole.from) / 1000, calls.unit === 'ns' ? 1e6 : 1));
  const label = (at: number) => momentLabel(at, calls.zero, calls.unit, step);
  const [from, to] = [label(span.from), label(span.to)];
  return [
    from === to ? `, 90 % of it at ${from}` : `, 90 % of it between ${from.replace(/ s$/, '')} and ${to}`,
  ];
}

/** The shortest span of the starts that holds at least this share of the weights; null where there is no weight. */
export function narrowestSpan(
  starts: readonly number[],
  weights: readonly number[],
  share: number,
): { readonly from: number; readonly to: number } | null {
  const wanted = weights.reduce((sum, weight) => sum + weight, 0) * share;
  if (wanted === 0) return null;
  let best: { from: number; to: number } | null = null;
  let held = 0;
  let first = 0;
  for (const [last, weight] of weights.entries()) {
    held += weight;
    while (held - (weights[first] ?? 0) >= wanted) held -= weights[first++] ?? 0;
    if (held < wanted) continue;
    const from = starts[first] ?? 0;
    const to = starts[last] ?? 0;
    if (best === null || to - from < best.to - best.from) best = { from, to };
  }
  return best;
}

/** The module on which most was wasted, by duplicates or by other failures. */
/** Characters of a name in the verdict; a kernel's are at most 55. */
const MOST_NAME = 60;

const lead = (leads: Leads, name: string, cite: Cite | null): Markup =>
  leads.link(cut(name, MOST_NAME), cite);

function worst({ duplicates, failed }: BootFacts, leads: Leads): Markup[] {
  const [first] = duplicates;
  const costly = failed
    .filter(({ phase, module }) => phase !== 'init' && module !== null)
    .reduce<FailureFact | null>(
      (most, row) => ((row.wasted ?? 0n) > (most?.wasted ?? 0n) ? row : most),
      null,
    );
  const bytes = first ? (first.bytes ?? first.high ?? first.low) : 0n;
  if (costly?.module && (costly.wasted ?? 0n) > bytes) {
    return [
      '; most on ',
      h('b', {}, lead(leads, costly.module, leads.failure(costly.module))),
      ` (${formatBytes(costly.wasted ?? 0n)}, ${costly.reason})`,
    ];
  }
  if (!first || bytes === 0n) return [];
  return [
    '; most on ',
    h('b', {}, lead(leads, first.module, leads.duplicate(first.module))),
    ` (${duplicateBytes(first)} in ${count(first.times, 'duplicate')})`,
  ];
}

function who({ requesters, wasted }: BootFacts, leads: Leads): Markup[] {
  const byName = new Map<string, { bytes: bigint; most: RequesterFact }>();
  for (const row of requesters) {
    const name = row.comm ?? row.requester;
    const known = byName.get(name);
    if (!known) byName.set(name, { bytes: row.wasted, most: row });
    else
      byName.set(name, {
        bytes: known.bytes + row.wasted,
        most: row.wasted > known.most.wasted ? row : known.most,
      });
  }
  const order = [...byName].sort(([a, left], [b, right]) =>
    left.bytes === right.bytes ? (a < b ? -1 : 1) : left.bytes < right.bytes ? 1 : -1,
  );
  const [first] = order;
  if (!first || wasted === null || wasted === 0n) return [];
  const [name, { bytes, most }] = first;
  if (bytes === 0n) return [];
  const share = Math.min(Number((bytes * 100n) / wasted), 100);
  const link = lead(leads, name, leads.requester(most.requester, most.comm, most.callSite));
  return [', mostly by ', h('b', {}, link), ` (${formatBytes(bytes)}, ${share} %)`];
}
