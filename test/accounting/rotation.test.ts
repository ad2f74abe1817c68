// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { rotationOf } from '../../src/accounting/boots/rotation.js';

describe('rotated logs', () => {
  it('from the oldest to the newest', () => {
    const names = ['kern.log', 'kern.log.1', 'kern.log.10.gz', 'kern.log.2.gz'];
    const sorted = [...names].sort((a, b) => rotationOf(b).age - rotationOf(a).age);
    expect(sorted).toEqual(['kern.log.10.gz', 'kern.log.2.gz', 'kern.log.1', 'kern.log']);
    const dated = ['messages', 'messages-20261122', 'messages-20261115.xz'];
    expect([...dated].sort((a, b) => rotationOf(b).age - rotationOf(a).age)).toEqual([
      'messages-20261115.xz',
      'messages-20261122',
      'messages',
    ]);
  });

  it.each([
    ['var/log/kern.log', 'var/log/kern.log.1', true],
    ['a.tar!var/log/syslog.2.gz', 'a.tar!var/log/syslog.3.gz', true],
    ['messages', 'messages-20261122-1795344300.xz', true],
    ['var/log/kern.log', 'var/log/syslog.1', false],
    ['a/kern.log', 'b/kern.log.1', false],
    ['dmesg.txt', 'dmesg.txt.gz', false],
    ['report-6.12', 'report-6.1', false],
  ])('%s and %s: %s', (a, b, rotated) => {
    const [x, y] = [rotationOf(a), rotationOf(b)];
    expect(x.log === y.log && x.age !== y.age).toBe(rotated);
  });
});
