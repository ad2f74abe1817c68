// SPDX-License-Identifier: Apache-2.0
/** Boot time, and time per unit: systemd-analyze. */
import type { BootDuration } from '../../model/event.js';
import { parseTimespan } from '../../model/timespan.js';
import type { IngestContext } from '../ingester.js';
import { lineByLine } from './sniff.js';

/** `Startup finished in 42.818s (kernel) + 7.399s (initrd) + 29.915s (userspace) = 1min 12.733s` */
const FINISHED = /^\s*Startup finished in (.+)$/;
const REACHED = /^\s*\S+\.target reached after .* in userspace/;
const PART = /^(\d[^(]*)\((kernel|initrd|userspace)\)$/;

function duration(context: IngestContext, text: string, line: number): void {
  const finished = FINISHED.exec(text)?.[1];
  if (!finished) return;
  const emit = (what: BootDuration['what'], span: string) => {
    const ns = parseTimespan(span);
    if (ns !== null) context.emit({ kind: 'boot-duration', line, t: null, what, ns });
  };
  const [parts = '', total] = finished.split('=', 2);
  for (const text of parts.split('+')) {
    const [, span = '', part] = PART.exec(text.trim()) ?? [];
    if (part === 'kernel' || part === 'initrd' || part === 'userspace') emit(part, span);
  }
  if (total) emit('total', total);
}

export const systemdAnalyze = lineByLine(
  {
    name: 'systemd-analyze',
    title: 'Boot time (systemd-analyze)',
    priority: 565,
    needles: ['Startup finished'],
  },
  [{ form: 'systemd-analyze', line: FINISHED, also: REACHED, share: 50, maxLines: 6, confidence: 90 }],
  duration,
);

const UNIT = String.raw`\S+\.(?:service|device|mount|socket|swap|target|timer|path|scope|slice|automount)`;
/** `1min 4.410s systemd-udev-settle.service` */
const BLAMED = new RegExp(
  String.raw`^\s*((?:\d+h )?(?:\d+min )?\d+(?:\.\d+)?(?:ms|us|µs|s))\s+(${UNIT})\s*$`,
);
/** `└─network.target @4.2s +3ms`, with any characters for the tree; a name may start with `-`. */
const CHAINED = /^[\s|│]*(?:[`└├|][─-])?([^\s|│]\S*\.\w+) @([\d.][^+]*)(?: \+(\d.*))?$/;
const CHAIN_HEAD = /^The time (?:when unit became active|the unit took to start)/;

function unitTime(context: IngestContext, text: string, line: number): void {
  const [, span = '', blamed] = BLAMED.exec(text) ?? [];
  const [, chained, after = '', took] = CHAINED.exec(text.trimEnd()) ?? [];
  const unit = blamed ?? chained;
  if (unit === undefined) return;
  context.emit({
    kind: 'unit-time',
    line,
    t: null,
    unit,
    what: blamed === undefined ? 'chain' : 'blame',
    after: blamed === undefined ? parseTimespan(after) : null,
    took: parseTimespan(blamed === undefined ? (took ?? '') : span),
  });
}

export const systemdBlame = lineByLine(
  {
    name: 'systemd-blame',
    title: 'Time per unit (systemd-analyze blame, critical-chain)',
    priority: 564,
  },
  [
    { form: 'systemd-analyze blame', line: BLAMED, share: 80, minLines: 2, confidence: 85 },
    {
      form: 'systemd-analyze critical-chain',
      line: { test: (line) => CHAINED.test(line.trimEnd()) || CHAIN_HEAD.test(line) },
      share: 80,
      minLines: 2,
      confidence: 85,
    },
  ],
  unitTime,
);
