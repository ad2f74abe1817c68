/** The verdict on a boot: from what is known of it to one sentence. */
import { formatBytes } from '../cell.js';
import type {
  BootAnswer,
  RequesterLine,
  Trouble,
  Verdict,
  VerdictModule,
  VerdictRequester,
} from './types.js';
import { bytesText, capital, count, spanText, timeSpan } from './words.js';

type Known = Omit<BootAnswer, 'verdict'>;

export interface Totals {
  readonly wasted: { readonly low: bigint; readonly high: bigint | null } | null;
  readonly failures: bigint | null;
  readonly when: { readonly from: string; readonly to: string } | null;
  /** Why the evidence cannot show that there was no problem. */
  readonly doubts: string | null;
}

export function verdictOf(known: Known, totals: Totals): Verdict {
  const { evidence } = known;
  const { wasted, failures } = totals;
  if (wasted !== null && (wasted.low > 0n || (evidence.lowerBound && (failures ?? 0n) > 0n))) {
    const troubles = troublesOf(known, (phase) => phase === 'init');
    const module = worstModule(known);
    const requester = worstRequester(known, wasted.low);
    return { kind: 'wasted', bytes: wasted, failures, when: totals.when, module, requester, troubles };
  }
  const troubles = troublesOf(known, () => true);
  if (wasted !== null && !evidence.lowerBound) return { kind: 'nothing-wasted', troubles };
  if (troubles.length > 0) return { kind: 'trouble', troubles };
  const doubts = doubtsOf(known, totals);
  return doubts.length > 0 ? { kind: 'unclear', doubts } : { kind: 'clear' };
}

/** True where there is something to read about. */
export function isFinding(verdict: Verdict): boolean {
  switch (verdict.kind) {
    case 'wasted':
    case 'trouble':
    case 'unclear':
      return true;
    case 'nothing-wasted':
      return verdict.troubles.length > 0;
    case 'clear':
      return false;
  }
}

function doubtsOf({ evidence }: Known, { doubts }: Totals): string[] {
  const own: string[] = [];
  if (evidence.trace === 'loads')
    own.push('the trace holds only loads that succeeded, and cannot show a failed one');
  else if (evidence.trace !== null && !evidence.traceComplete && evidence.traceReason !== null)
    own.push(evidence.traceReason);
  // A trace or counters without a finding are no worse for the lack of a log.
  const measured = evidence.snapshots > 0n || evidence.trace === 'calls';
  if (doubts !== null && !(measured && evidence.logs === 0n)) own.push(doubts);
  return own;
}

const NOUNS: Readonly<Record<string, string>> = {
  'stuck-load': 'stuck load',
  'crashed-load': 'crashed load',
  'slow-worker': 'slow udev worker',
  'killed-worker': 'killed udev worker',
  'refused-request': 'refused request',
  throttled: 'throttled request',
  'failed-request': 'failed request',
  'denied-request': 'denied request',
  'failed-unit': 'failed unit',
  'unfinished-init': 'unfinished init',
  'slow-init': 'slow init',
  'not-found': 'missing module',
};

/** Failures in the phases that `counts` takes, then what is no failed load. */
function troublesOf(known: Known, counts: (phase: string | null) => boolean): Trouble[] {
  const inits = known.failures.filter(({ phase }) => phase === 'init');
  const others = known.failures.filter(({ phase }) => phase !== 'init' && counts(phase));
  const times = (rows: readonly { readonly times: bigint }[]): bigint =>
    rows.reduce((sum, row) => sum + row.times, 0n);
  const problems = [...new Set(known.problems.map(({ kind }) => kind))].map((kind) => ({
    what: NOUNS[kind] ?? kind,
    count: times(known.problems.filter((row) => row.kind === kind)),
  }));
  return [
    { what: 'failed load', count: times(others) },
    { what: 'failed init', count: times(inits) },
    { what: 'failed allocation', count: BigInt(known.allocations.length) },
    ...problems,
    {
      what: 'duplicate request by the kernel',
      count: known.requests.reduce((sum, { duplicates }) => sum + duplicates, 0n),
    },
  ].filter((trouble) => trouble.count > 0n);
}

/** The module on which most was wasted, by duplicates or by other failures. */
function worstModule({ modules, failures }: Known): VerdictModule | null {
  const costly = failures
    .filter(({ phase, module, wasted }) => phase !== 'init' && module !== null && (wasted ?? 0n) > 0n)
    .sort((a, b) => ((a.wasted ?? 0n) < (b.wasted ?? 0n) ? 1 : -1))[0];
  const [first] = modules;
  const bytes = first ? (first.bytes ?? first.span.high ?? first.span.low) : 0n;
  if (costly?.module && (costly.wasted ?? 0n) > bytes) {
    const low = costly.wasted ?? 0n;
    const high = costly.basis === 'bounded' ? null : low;
    return {
      module: costly.module,
      bytes: { low, high },
      times: costly.times,
      of: 'failures',
      reason: costly.reason,
      estimated: false,
    };
  }
  if (!first || bytes === 0n) return null;
  const span = first.bytes === null ? first.span : { low: first.bytes, high: first.bytes };
  return {
    module: first.module,
    bytes: span,
    times: first.times,
    of: 'duplicates',
    reason: null,
    estimated: first.basis === 'estimated',
  };
}

/** The program by which most was wasted, whatever call sites led to it. */
function worstRequester({ requesters }: Known, total: bigint): VerdictRequester | null {
  const byName = new Map<string, { bytes: bigint; most: RequesterLine }>();
  for (const row of requesters) {
    const name = row.comm ?? row.requester;
    const bytes = row.wasted?.low ?? 0n;
    const known = byName.get(name);
    if (!known) byName.set(name, { bytes, most: row });
    else
      byName.set(name, {
        bytes: known.bytes + bytes,
        most: bytes > (known.most.wasted?.low ?? 0n) ? row : known.most,
      });
  }
  const [first] = [...byName].sort(([a, x], [b, y]) =>
    x.bytes === y.bytes ? (a < b ? -1 : 1) : x.bytes < y.bytes ? 1 : -1,
  );
  if (!first || total === 0n || first[1].bytes === 0n) return null;
  const [name, { bytes, most }] = first;
  const percent = Math.min(Number((bytes * 100n) / total), 100);
  return { name, requester: most.requester, comm: most.comm, callSite: most.callSite, bytes, percent };
}

/** What a name in a sentence leads to, in a view that has links. */
export type Lead =
  | { readonly to: 'module'; readonly module: string; readonly of: VerdictModule['of'] }
  | { readonly to: 'requester'; readonly requester: VerdictRequester };

/** A part of a sentence; what is strong is what one reads first. */
export type Piece = string | { readonly strong: string; readonly lead?: Lead; readonly exact?: bigint };

/** The sentence, without a line break; its text comes from the evidence and is not yet made safe for a view. */
export function sentence(verdict: Verdict): Piece[] {
  switch (verdict.kind) {
    case 'wasted':
      return wastedSentence(verdict);
    case 'nothing-wasted': {
      const said = troublesText(verdict.troubles);
      const rest = said === '' ? ['.'] : ['; there were ', { strong: said }, '.'];
      return [{ strong: 'Nothing was wasted' }, ': no failed load was charged to any phase', ...rest];
    }
    case 'trouble':
      return [
        { strong: capital(troublesText(verdict.troubles)) },
        '. How much memory that wasted is not known: the evidence names no bytes.',
      ];
    case 'unclear':
      return [
        { strong: 'No problem is reported here, but there may be one' },
        `: ${verdict.doubts.join('; ')}.`,
      ];
    case 'clear':
      return [
        { strong: 'No module-loading problem is reported here' },
        ': no failed load, no duplicate request, no failed allocation. A log alone does not prove that nothing was ' +
          'wasted: the kernel prints nothing for duplicate loads.',
      ];
  }
}

function wastedSentence(verdict: Extract<Verdict, { kind: 'wasted' }>): Piece[] {
  const { bytes, failures, when, module, requester, troubles } = verdict;
  const pieces: Piece[] = [
    bytes.high === null && bytes.low === 0n
      ? { strong: 'An unknown amount was wasted' }
      : { strong: `${capital(spanText(bytes))} wasted`, exact: bytes.low },
    ' in ',
    { strong: failures === null ? 'an unknown number of failed loads' : count(failures, 'failed load') },
  ];
  if (when) pieces.push(`, 90 % of it ${timeSpan(when.from, when.to)}`);
  if (module) {
    const lead: Lead = { to: 'module', module: module.module, of: module.of };
    const cost = `${module.estimated ? 'about ' : ''}${bytesText(null, module.bytes, null)}`;
    const how = module.reason === null ? ` in ${count(module.times, 'duplicate')}` : `, ${module.reason}`;
    pieces.push('; most on ', { strong: module.module, lead }, ` (${cost}${how})`);
  }
  if (requester) {
    const lead: Lead = { to: 'requester', requester };
    const share = requester.percent === 0 ? '' : `, ${requester.percent} %`;
    pieces.push(
      `${module ? ', ' : '; '}mostly by `,
      { strong: requester.name, lead },
      ` (${formatBytes(requester.bytes)}${share})`,
    );
  }
  const also = troublesText(troubles);
  pieces.push(also === '' ? '.' : `. Also ${also}.`);
  return pieces;
}

function troublesText(troubles: readonly Trouble[]): string {
  return troubles.map(({ what, count: times }) => count(times, what)).join(', ');
}

export function plainSentence(verdict: Verdict): string {
  return sentence(verdict)
    .map((piece) => (typeof piece === 'string' ? piece : piece.strong))
    .join('');
}

/** The verdict in a few words, for a row of a table of boots. */
export function shortVerdict(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'wasted': {
      const { module, requester } = verdict;
      return [
        module ? `most on ${module.module}` : null,
        requester ? `by ${requester.name}` : null,
        troublesText(verdict.troubles) || null,
      ]
        .filter((part) => part !== null)
        .join(', ');
    }
    case 'nothing-wasted':
      return troublesText(verdict.troubles) || 'nothing wasted';
    case 'trouble':
      return troublesText(verdict.troubles);
    case 'unclear':
      return 'cannot be told';
    case 'clear':
      return 'no problem reported';
  }
}
