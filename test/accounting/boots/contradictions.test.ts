// SPDX-License-Identifier: Apache-2.0
/** Sources that contradict the boot that they are counted with are told. */
import { expect, it } from 'vitest';
import { build, type GivenSource } from '../make.js';

type Facts = GivenSource['events'][number];

const log = (...events: readonly Facts[]): GivenSource => ({
  path: 'dmesg',
  events: [{ kind: 'boot-start', t: 0n, by: 'banner', bootId: null, complete: true }, ...events],
});
const kernel = (release: string): Facts => ({ kind: 'kernel-version', release, machine: null, banner: '' });
const commandLine = (text: string): Facts => ({ kind: 'command-line', text });
/** A listing of modules, of which each has so many bytes more than its number of pages. */
const listing = (path: string, modules: number, more: (index: number) => number): GivenSource => ({
  path,
  events: Array.from({ length: modules }, (_, index) => ({
    kind: 'module-size',
    module: `m${index}`,
    of: 'memory',
    bytes: 4096 * (index + 1) + more(index),
    path: null,
  })),
});
const said = (...sources: readonly GivenSource[]): string[] =>
  build(...sources)
    .diagnostics.filter(({ code }) => code === 'boot-contradicted')
    .map(({ detail }) => detail);

it.each<[string, GivenSource, string[]]>([
  ['the same kernel', { events: [kernel('6.12.1')] }, []],
  ['another kernel', { events: [kernel('6.13.0')] }, ['it is of Linux 6.13.0, the boot of 6.12.1']],
  ['the same command line', { events: [commandLine('quiet')] }, []],
  ['another command line', { events: [commandLine('debug')] }, ['it has another command line']],
])('a file of %s beside a log', (_, other, expected) => {
  expect(said(log(kernel('6.12.1'), commandLine('quiet')), other)).toEqual(expected);
});

it('two files of two kernels, without a log', () => {
  expect(said({ events: [kernel('6.12.1')] }, { events: [kernel('6.13.0')] })).toHaveLength(1);
});

it.each<[string, (index: number) => number, string[]]>([
  ['equal to the first', () => 0, []],
  ['with one size that differs, as in the midst of a load', (index) => (index === 3 ? 4096 : 0), []],
  ['with other sizes', (index) => (index % 2) * 4096, ['m1 has 12288 bytes, and 8192 in proc/modules']],
])('a second listing of modules %s', (_, more, expected) => {
  expect(
    said(
      log(),
      listing('proc/modules', 8, () => 0),
      listing('lsmod', 8, more),
    ),
  ).toEqual(expected);
});
