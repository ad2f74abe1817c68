// SPDX-License-Identifier: Apache-2.0
/** One call in words: in the tip under the pointer, and in the line below the lanes. */
import { errnoName } from '../../../model/errno.js';
import { formatBytes } from '../../cell.js';
import { OUTCOMES } from '../chart/calls.js';
import { momentLabel, spanLabel } from '../chart/scale.js';
import { evidenceId } from '../cites.js';
import { h, type Markup } from '../markup.js';
import type { BootCalls } from './calls.js';

function callParts(
  calls: BootCalls,
  index: number,
): { head: string; what: string; when: string; who: string; cost: string } {
  const detail = calls.detail(index);
  const start = calls.start[index] ?? 0;
  const end = calls.end[index] ?? start;
  const low = calls.wasted[index] ?? 0;
  const error = detail.errno ? errnoName(detail.errno) : null;
  const high = detail.wastedHigh;
  return {
    head: detail.module ?? 'module not known',
    what: [OUTCOMES[calls.outcome[index] ?? 0], detail.phase, error].filter(Boolean).join(', '),
    when: `${momentLabel(start, calls.zero, calls.unit, 1000)}, ${end > start ? `for ${spanLabel(end - start, calls.unit)}` : 'end not seen'}`,
    who: `${detail.comm ?? '?'}${detail.pid === null ? '' : `-${detail.pid}`} (${detail.requester}), ${detail.call ?? 'call not known'}`,
    cost:
      high === low
        ? `wasted ${formatBytes(low)}`
        : `wasted at least ${formatBytes(low)}${high === null ? '' : `, at most ${formatBytes(high)}`}`,
  };
}

export function callTip(calls: BootCalls, index: number): Markup {
  const { head, what, when, who, cost } = callParts(calls, index);
  return [h('b', head), ...[what, when, who, cost].map((text) => h('div', text))];
}

export function callLine(calls: BootCalls, index: number): Markup {
  const { head, what, when, who, cost } = callParts(calls, index);
  const { attempt, source, line, endLine } = calls.detail(index);
  return [
    h('b', head),
    ` ${what} · ${when} · ${who} · ${cost} · attempt ${attempt} · `,
    h('a.cite', { href: `#${evidenceId({ source, line })}` }, `line ${line}`),
    endLine === null || endLine === line
      ? null
      : [' to ', h('a.cite', { href: `#${evidenceId({ source, line: endLine })}` }, `line ${endLine}`)],
  ];
}
