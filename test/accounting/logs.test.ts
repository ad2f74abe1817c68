// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { boot, build } from './make.js';

const request = (t: bigint | null, requested = 'net-pf-3') => ({
  kind: 'duplicate-request' as const,
  t,
  requested,
  pid: null,
  comm: null,
  callSite: null,
});
const second = 1_000_000_000n;

const counted = (...logs: (readonly ReturnType<typeof request>[])[]) => {
  const { model, diagnostics } = build(...logs.map((lines) => ({ events: [...boot(), ...lines] })));
  return [model.requests.length, diagnostics.filter(({ code }) => code === 'source-repeated').length];
};

describe('logs of one boot', () => {
  it('with the same lines at the same times count once', () => {
    const lines = [request(second), request(5n * second), request(5n * second + 1n)];
    expect(counted(lines, lines)).toEqual([3, 1]);
    // Whole seconds, as dmesg -T prints them.
    expect(counted(lines, [request(second), request(5n * second), request(5n * second)])).toEqual([3, 1]);
  });

  it('add the lines that only one of them has', () => {
    expect(counted([request(second)], [request(second), request(second, 'fs-xfs')])).toEqual([2, 1]);
    expect(counted([request(second), request(2n * second, 'b')], [request(3n * second, 'c')])).toEqual([
      3, 0,
    ]);
  });

  it('that follow each other add up', () => {
    expect(counted([request(second), request(2n * second)], [request(500n * second)])).toEqual([3, 0]);
  });

  it('without times repeat the one that has them', () => {
    const timed = [request(second), request(9n * second), request(90n * second)];
    expect(counted(timed, [request(null), request(null), request(null)])).toEqual([3, 1]);
    expect(counted(timed, [request(null), request(null), request(null), request(null)])).toEqual([4, 1]);
  });

  // dmesg -T prints whole seconds of a wall clock that is off by up to one more.
  it('match a line at nearly the same time, not the first equal one', () => {
    const whole = [request(second, 'a'), request(10n * second, 'm'), request(20n * second, 'z')];
    const rough = [request(2n * second, 'm'), request(11n * second + second / 2n, 'm')];
    const { model } = build({ events: [...boot(), ...whole] }, { events: [...boot(), ...rough] });
    const times = model.requests.filter(({ requested }) => requested === 'm').map(({ t }) => t);
    expect(times).toEqual([2n * second, 10n * second]);
  });

  // A journal may receive a message much later than the kernel printed it.
  it('of which most lines are at other times repeat them late', () => {
    const printed = [request(second, 'a'), request(5n * second, 'b'), request(9n * second, 'c')];
    const whole = [...printed, request(20n * second, 'd')];
    const late = [request(second, 'a'), request(8n * second, 'b'), request(13n * second, 'c')];
    expect(counted(whole, late)).toEqual([4, 1]);
  });

  it('of which most lines are at the same times have another message at another time', () => {
    const printed = [request(second, 'a'), request(5n * second, 'b'), request(9n * second, 'c')];
    const whole = [...printed, request(30n * second, 'b')];
    expect(counted(whole, [...printed, request(12n * second, 'b')])).toEqual([5, 0]);
  });

  it('of many lines are merged in no more than linear time', () => {
    let looks = 0;
    const watched = (index: number) => ({
      ...request(null, `net-pf-${index % 3}`),
      get t() {
        looks++;
        return BigInt(index) * 1_000_000n;
      },
    });
    const lines = Array.from({ length: 5000 }, (_, index) => watched(index));
    expect(counted(lines, lines)).toEqual([5000, 1]);
    // Sorting looks at each time some dozen times; comparing each with each does so thousands of times.
    expect(looks).toBeGreaterThan(lines.length);
    expect(looks).toBeLessThan(500 * lines.length);
  });
});
