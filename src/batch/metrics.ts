// SPDX-License-Identifier: Apache-2.0
/** A run as OpenMetrics text, for the textfile collector of a node exporter. */
import type { RunSummary } from './summary.js';

interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'summary';
  readonly unit?: string;
  readonly help: string;
  /** Labels with what follows the name, and values. */
  readonly samples: readonly (readonly [suffix: string, value: number])[];
}

const QUANTILES = [
  ['0.5', 'p50'],
  ['0.9', 'p90'],
  ['0.99', 'p99'],
  ['0.999', 'p99.9'],
  ['1', 'max'],
] as const;

/** What a run says of itself, while it runs and at its end. */
export function openMetrics(
  run: RunSummary,
  {
    planned,
    read,
    isFinished,
  }: { planned: number; read: { cases: number; seconds: number }; isFinished: boolean },
): string {
  const metrics: readonly Metric[] = [
    {
      ...{ name: 'cases', type: 'counter', help: 'Cases that are done, by status.' },
      samples: Object.entries(run.by_status).map(([status, cases]) => [`_total{status="${status}"}`, cases]),
    },
    { name: 'cases_planned', type: 'gauge', help: 'Cases of this run.', samples: [['', planned]] },
    {
      ...{ name: 'cases_reused', type: 'counter', help: 'Cases whose earlier results were kept.' },
      samples: [['_total', run.reused]],
    },
    { name: 'boots', type: 'counter', help: 'Boots found.', samples: [['_total', run.boots]] },
    {
      ...{ name: 'read_bytes', type: 'counter', unit: 'bytes', help: 'Bytes of the cases on disk.' },
      samples: [['_total', run.bytes]],
    },
    {
      ...{ name: 'case_seconds', type: 'summary', unit: 'seconds', help: 'Time to read a case.' },
      samples: [
        ...QUANTILES.map(
          ([quantile, key]) => [`{quantile="${quantile}"}`, run.seconds_per_case[key]] as const,
        ),
        ['_sum', read.seconds],
        ['_count', read.cases],
      ],
    },
    {
      ...{ name: 'peak_memory_bytes', type: 'gauge', unit: 'bytes', help: 'Peak memory, workers included.' },
      samples: [['', run.peak_rss_bytes]],
    },
    {
      ...{ name: 'elapsed_seconds', type: 'gauge', unit: 'seconds', help: 'Time since the run started.' },
      samples: [['', run.seconds]],
    },
    {
      ...{ name: 'finished', type: 'gauge', help: '1 once all results are written.' },
      samples: [['', isFinished ? 1 : 0]],
    },
  ];
  return `${metrics.map(textOf).join('')}# EOF\n`;
}

function textOf({ name, type, unit, help, samples }: Metric): string {
  const whole = `modwaste_batch_${name}`;
  const head = [
    `# TYPE ${whole} ${type}`,
    ...(unit === undefined ? [] : [`# UNIT ${whole} ${unit}`]),
    `# HELP ${whole} ${help}`,
  ];
  return [...head, ...samples.map(([suffix, value]) => `${whole}${suffix} ${value}`), ''].join('\n');
}
