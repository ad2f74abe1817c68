// SPDX-License-Identifier: Apache-2.0
/** Captured files are recognised without their names, and agree with each other. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bytesOf, CORPUS } from '../../corpus/index.js';
import { ingest, sizes } from './harness.js';

function read(path: string): string {
  return new TextDecoder().decode(bytesOf(existsSync(path) ? path : `${path}.xz`));
}

function folders(file: string): string[] {
  return readdirSync(CORPUS, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(`/${file}`))
    .map((path) => join(CORPUS, path.slice(0, -file.length)));
}

describe('scenarios', () => {
  it.each(folders('lsmod.txt').filter((folder) => existsSync(`${folder}proc-modules.txt`)))(
    '%s',
    (folder) => {
      const lsmod = ingest(read(`${folder}lsmod.txt`));
      expect(lsmod.form).toBe('lsmod');
      expect(sizes(lsmod.events).sort()).toEqual(
        sizes(ingest(read(`${folder}proc-modules.txt`)).events).sort(),
      );
    },
  );

  it.each(folders('modules-ls-lR.txt'))('%s', (folder) => {
    const found = ingest(read(`${folder}modules-find-printf.txt`));
    const listed = ingest(read(`${folder}modules-ls-lR.txt`));
    const paths = (outcome: typeof found) =>
      outcome.events.flatMap((event) =>
        event.kind === 'module-size' ? [`${event.path} ${event.bytes} ${event.of} ${event.module}`] : [],
      );
    expect(paths(listed).sort()).toEqual(paths(found).sort());
  });

  it.each(folders('proc-modules.txt'))('%s', (folder) => {
    const proc = ingest(read(`${folder}proc-modules.txt`));
    expect(proc.form).toBe('/proc/modules');
    expect(sizes(proc.events)).toHaveLength(read(`${folder}proc-modules.txt`).trim().split('\n').length);
    const listing = read(`${folder}modules-find-printf.txt`).trim().split('\n');
    expect(ingest(listing.join('\n')).events).toHaveLength(listing.length);

    expect(ingest(read(`${folder}proc-meminfo.txt`)).form).toBe('/proc/meminfo');
    expect(ingest(read(`${folder}proc-vmallocinfo.txt`)).events).toHaveLength(1);
    const words = read(`${folder}uname.txt`).trim().split(' ');
    const release = words[2];
    expect(ingest(read(`${folder}proc-version.txt`)).events).toMatchObject([{ release }]);
    expect(ingest(read(`${folder}uname.txt`)).events).toMatchObject([{ release, machine: words.at(-2) }]);
    expect(ingest(read(`${folder}proc-cmdline.txt`)).events).toMatchObject([
      { kind: 'command-line', text: read(`${folder}proc-cmdline.txt`).trim() },
    ]);
    if (existsSync(`${folder}ftrace/buffer-stats.txt`)) {
      expect(ingest(read(`${folder}ftrace/buffer-stats.txt`)).form).toBe('per_cpu stats');
    }
  });

  it.each(folders('proc_modules.txt'))('%s', (folder) => {
    const proc = ingest(read(`${folder}proc_modules.txt`));
    expect(sizes(ingest(read(`${folder}lsmod.txt`)).events).sort()).toEqual(sizes(proc.events).sort());
    const found = read(`${folder}find-modules.txt`);
    expect(sizes(ingest(found).events)).toHaveLength(found.match(/\.ko/g)?.length ?? -1);
    expect(
      Object.fromEntries(
        [
          'proc_meminfo',
          'proc_vmallocinfo',
          'uname-a',
          'proc_cmdline',
          'systemd-analyze',
          'systemd-analyze-blame',
          'systemd-analyze-critical-chain',
          'kmod-version',
        ].map((name) => [name, ingest(read(`${folder}${name}.txt`)).form]),
      ),
    ).toEqual({
      proc_meminfo: '/proc/meminfo',
      proc_vmallocinfo: '/proc/vmallocinfo',
      'uname-a': 'uname -a',
      proc_cmdline: '/proc/cmdline',
      'systemd-analyze': 'systemd-analyze',
      'systemd-analyze-blame': 'systemd-analyze blame',
      'systemd-analyze-critical-chain': 'systemd-analyze critical-chain',
      'kmod-version': 'kmod --version',
    });
    expect(ingest(read(`${folder}tracefs/per_cpu_stats.txt`)).form).toBe('per_cpu stats');
    expect(ingest(read(`${folder}systemd-analyze.txt`)).events.length).toBe(3);
  });
});
