// SPDX-License-Identifier: Apache-2.0
/** What looks like a problem of a load and is none: jobs in progress, removals, other system calls of a loader. */
import { describe, expect, test } from 'vitest';
import { caseOf } from '../../../src/case.js';
import { readBytes } from '../../forms/read.js';

/** Problems, and for each boot the verdict and its doubts. */
async function told(text: string): Promise<string[]> {
  const { model } = caseOf(await readBytes({ bytes: Buffer.from(text) }));
  return [
    ...model.problems.map(({ kind, who, times }) => `${kind} ${who} ${times}`),
    ...model.boots.flatMap(({ verdict, doubts }) => [verdict, ...doubts]),
  ];
}

const START = `[    0.000000] Linux version 6.1.0 (a@b) (gcc) #1 SMP
[    1.000000] Run /init as init process
`;
const PAINTED = `     [*     ] A start job is running for Load Kernel Modules (13s / 1min 30s)
     [**    ] (1 of 2) A start job is running for Load Kernel Modules (14s / 1min 30s)
`;
const UNIT = 'systemd-modules-load.service';
const WAITS = `systemd waits for ${UNIT}, and the log does not say how that ended`;

describe('a start job that systemd shows while it runs', () => {
  test.each([
    ['ends well', `${PAINTED}     [  OK  ] Finished Load Kernel Modules.\n`, ['clear']],
    [
      'fails once',
      `${PAINTED}[FAILED] Failed to start Load Kernel Modules.\n`,
      [`failed-unit ${UNIT} 1`, 'trouble'],
    ],
    ['may fail after the log', PAINTED, ['unclear', WAITS]],
    ['by its unit', `[ ***  ] Job ${UNIT}/start running (1min 4s / no limit)\n`, ['unclear', WAITS]],
    [
      'is no failed module',
      '[ ***  ] A start job is running for Load Kernel Module drm (4s / 1min 30s)\n',
      ['clear'],
    ],
    ['is of a disk', '[ ***  ] A start job is running for /dev/sda2 (4s / 1min 30s)\n', ['clear']],
  ])('%s', async (_, lines, expected) => {
    expect(await told(START + lines)).toEqual(expected);
  });

  test('is no failed unit in a post', async () => {
    expect(await told(`${PAINTED}     [  OK  ] Finished Load Kernel Modules.\n`)).toEqual([
      'unclear',
      'there is no kernel log',
    ]);
  });
});
