// SPDX-License-Identifier: Apache-2.0
/** The verdict on a boot in words. */
import { formatBytes, grouped } from '../cell.js';
import { bootName } from './notes.js';
import type {
  BootBrief,
  Crowded,
  Exhausted,
  Trouble,
  Verdict,
  VerdictModule,
  VerdictRequester,
} from './types.js';
import { isFinding } from './verdict.js';
import { bytesText, capital, count, spanText, timeSpan } from './words.js';

/** What a name in a sentence leads to, in a view that has links. */
export type Lead =
  | { readonly to: 'module'; readonly module: string; readonly of: VerdictModule['of'] }
  | { readonly to: 'requester'; readonly requester: VerdictRequester };

/** A part of a sentence; `strong` parts are read first. */
export type Piece = string | { readonly strong: string; readonly lead?: Lead; readonly exact?: bigint };

/** `54.4 MiB wasted in 264 failed loads`. */
function amount({ bytes, failures }: Extract<Verdict, { kind: 'wasted' }>): Piece[] {
  return [
    bytes.high === null && bytes.low === 0n
      ? { strong: 'An unknown amount was wasted' }
      : {
          strong: `${capital(spanText(bytes))} wasted`,
          ...(bytes.low === bytes.high ? { exact: bytes.low } : {}),
        },
    ' in ',
    { strong: failures === null ? 'an unknown number of failed loads' : count(failures, 'failed load') },
  ];
}

function whenText(failures: bigint | null, { from, to }: { from: string; to: string }): string {
  return failures === 1n ? ` ${timeSpan(from, to)}` : `, 90 % of it ${timeSpan(from, to)}`;
}

const LOG_ALONE =
  'A log alone does not prove that nothing was wasted: the kernel prints nothing for duplicate loads.';

/** The sentence, without a line break; its text comes from the evidence and is not yet made safe for a view. */
export function sentence(verdict: Verdict): Piece[] {
  switch (verdict.kind) {
    case 'wasted':
      return wastedSentence(verdict);
    case 'nothing-wasted': {
      const troubles = troublesText(verdict.troubles);
      const rest = troubles === '' ? ['.'] : ['; there were ', { strong: troubles }, '.'];
      return [{ strong: 'Nothing was wasted' }, ': no failed load was charged to any phase', ...rest];
    }
    case 'trouble':
      return [
        ...exhaustedPieces(verdict.exhausted),
        ...troubleSentence(verdict.troubles),
        ...crowdedPieces(verdict.crowded),
      ];
    case 'unclear':
      return [
        { strong: 'No problem is reported here, but there may be one' },
        `: ${verdict.doubts.join('; ')}.`,
      ];
    case 'clear':
      return [
        { strong: 'No module-loading problem is reported here' },
        `: no failed load, no duplicate request, no failed allocation while loading a module. ${LOG_ALONE}`,
      ];
  }
}

/** What went wrong, and on what; for failed loads, that their cost is unknown. */
function troubleSentence(troubles: readonly Trouble[]): Piece[] {
  if (troubles.length === 0) return [];
  const counted = troubles.map((trouble) => `${count(trouble.count, trouble.what)}${named(trouble.names)}`);
  const loads = troubles.reduce((sum, trouble) => (trouble.loads ? sum + trouble.count : sum), 0n);
  const cost =
    loads === 0n
      ? '.'
      : `. How much memory ${loads === 1n ? 'the failed load' : 'the failed loads'} wasted is not known: the evidence names no bytes.`;
  return [{ strong: capital(counted.join(', ')) }, cost];
}

const MOST_NAMES = 2;

function named(names: readonly string[]): string {
  if (names.length === 0) return '';
  const more = names.length - MOST_NAMES;
  return ` (${names.slice(0, MOST_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''})`;
}

/** Leads the report: a larger area only moves the limit, and what loads later fails. */
function exhaustedPieces(exhausted: Exhausted | null): Piece[] {
  if (exhausted === null) return [];
  const { area, estimated, allocations, loads } = exhausted;
  const size = area === null ? '' : ` (${estimated ? 'about ' : ''}${formatBytes(area)})`;
  const least = allocations.high === null ? 'at least ' : '';
  const failed = [
    ...(allocations.low > 0n ? [`${least}${count(allocations.low, 'failed allocation')}`] : []),
    ...(loads > 0n ? [`${count(loads, 'load')} failed with ENOMEM`] : []),
  ];
  return [{ strong: 'The vmalloc area ran out' }, `${size}: ${failed.join(', ')}. `];
}

function wastedSentence(verdict: Extract<Verdict, { kind: 'wasted' }>): Piece[] {
  const { when, module, requester, troubles } = verdict;
  const pieces: Piece[] = [...exhaustedPieces(verdict.exhausted), ...amount(verdict)];
  if (when) pieces.push(whenText(verdict.failures, when));
  if (module) {
    const lead: Lead = { to: 'module', module: module.module, of: module.of };
    const cost = `${module.estimated ? 'about ' : ''}${bytesText(null, module.bytes, null)}`;
    const how =
      module.reason === null
        ? ` in ${count(module.times, 'duplicate')}`
        : `, ${module.reason.replaceAll('-', ' ')}`;
    pieces.push('; most on ', { strong: module.module, lead }, ` (${cost}${how})`);
  }
  if (requester) {
    const lead: Lead = { to: 'requester', requester };
    const { bytes, percent, percentExact, most, traced } = requester;
    const least = percentExact || percent === 100 ? '' : 'at least ';
    const part = most || traced === null ? '' : `of the ${grouped(traced)} in the trace, `;
    const share = percent === null || percent === 0 ? '' : `, ${least}${percent} %`;
    pieces.push(
      `${module && part === '' ? ', ' : '; '}${part}${most ? 'mostly' : 'most'} by `,
      { strong: requester.name, lead },
      ` (${spanText(bytes)}${share})`,
    );
  }
  const also = troublesText(troubles);
  pieces.push(also === '' ? '.' : `. Also ${also}.`, ...crowdedPieces(verdict.crowded));
  return pieces;
}

/** What was held at once is what fills an area, not the sum of what was wasted. */
function crowdedPieces(crowded: Crowded | null): Piece[] {
  if (crowded === null) return [];
  const { area, areaBytes, estimated, peak } = crowded;
  const whole = `${estimated ? 'an estimated ' : 'the '}${formatBytes(areaBytes)}`;
  const where = area === 'vmalloc' ? 'vmalloc area' : 'for modules';
  return [' ', { strong: `Loads held ${spanText(peak)} at once` }, `, of ${whole} ${where}.`];
}

function troublesText(troubles: readonly Trouble[]): string {
  return troubles.map(({ what, count: times }) => count(times, what)).join(', ');
}

const textOf = (pieces: readonly Piece[]): string =>
  pieces.map((piece) => (typeof piece === 'string' ? piece : piece.strong)).join('');

export function plainSentence(verdict: Verdict): string {
  return textOf(sentence(verdict));
}

/** Boots whose figures fit one sentence. */
const FEW_BOOTS = 3;

/** How many boots have findings, and the figures of each, or of the worst; `boots`: findings first. */
export function bootsSentence(boots: readonly BootBrief[]): string {
  const findings = boots.filter(({ verdict }) => isFinding(verdict));
  const found = findings.filter(({ verdict }) => verdict.kind !== 'unclear');
  const unclear = findings.length - found.length;
  const [first] = found;
  const all = count(boots.length, 'boot');
  const figures = (boot: BootBrief): string => `${bootName(boot)}: ${briefSentence(boot.verdict)}`;
  if (findings.length > 0 && boots.length <= FEW_BOOTS)
    return `${capital(all)}: ${boots.map(figures).join('; ')}.`;
  const doubt = unclear === 0 ? '' : `; ${grouped(unclear)} ${unclear === 1 ? 'is' : 'are'} not known`;
  if (!first) {
    const caution = boots.some(({ verdict }) => verdict.kind === 'clear') ? ` ${LOG_ALONE}` : '';
    return `None of ${all} has a finding${doubt}.${caution}`;
  }
  const some = `${grouped(found.length)} of ${all} ${found.length === 1 ? 'has' : 'have'} findings`;
  return `${some}${found.length === 1 ? ', ' : '; most in '}${figures(first)}${doubt}.`;
}

/** The first figures of a verdict, where several stand side by side. */
function briefSentence(verdict: Verdict): string {
  return verdict.kind === 'wasted' ? textOf(amount(verdict)) : shortVerdict(verdict);
}

/** The verdict in a few words, for a row of a table of boots. */
export function shortVerdict(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'wasted': {
      const { module, requester } = verdict;
      return [
        verdict.exhausted ? 'vmalloc area ran out' : null,
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
      return [verdict.exhausted ? 'vmalloc area ran out' : null, troublesText(verdict.troubles) || null]
        .filter((part) => part !== null)
        .join(', ');
    case 'unclear':
      return 'not known';
    case 'clear':
      return 'no problem reported';
  }
}

/** What a boot wasted; null where that is not known. */
export function wasteText(verdict: Verdict): string | null {
  if (verdict.kind === 'wasted') return spanText(verdict.bytes);
  return verdict.kind === 'nothing-wasted' ? formatBytes(0) : null;
}
