// SPDX-License-Identifier: Apache-2.0
/** The built command in a folder of its own with six logs, and a shell around it. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Built, build, PATIENCE_MS } from '../batch/built.js';
import { cli, type Ran } from '../cli/harness.js';

export const failure = (at: number): string =>
  `[${`${at}.000001`.padStart(12)}] m${at}: Unknown symbol x (err -2)\n`;
export const LOG = `[    0.000000] Linux version 6.12.0 (x@y) #1 SMP\n${failure(1)}`;
export const NEVER = /internal error|^ +at /m;

export let built: Built;
export let logs: string;
export let main: string;
const before = process.cwd();

/** Before all tests of a file; `leave` after them. */
export function enter(): void {
  built = build();
  main = join(built.folder, 'dist/cli/main.js');
  logs = join(built.folder, 'logs');
  mkdirSync(logs);
  for (let n = 0; n < 6; n++) writeFileSync(join(logs, `d${n}.txt`), LOG + failure(n + 2));
  process.chdir(built.folder);
}

export function leave(): void {
  process.chdir(before);
  built.remove();
}

/** The command in this process, for what needs no shell around it. */
export async function modwaste(line: string): Promise<Ran> {
  const ran = await cli(line.split(' '));
  expect(ran.stderr).not.toMatch(NEVER);
  return ran;
}

/** Runs a line of the shell, where `modwaste` is the command. */
export function shell(line: string): Omit<Ran, 'code'> & { readonly code: number | null } {
  const ran = spawnSync('bash', ['-c', line.replaceAll('modwaste ', `${process.execPath} ${main} `)], {
    ...{ cwd: built.folder, encoding: 'utf8', timeout: PATIENCE_MS, stdio: ['ignore', 'pipe', 'pipe'] },
  });
  expect(ran.stderr).not.toMatch(NEVER);
  return { code: ran.status, stdout: ran.stdout, stderr: ran.stderr };
}

export const left = (folder: string): string[] => readdirSync(join(built.folder, folder)).sort();

/** True where a file system of a given size can be had, as root. */
export function mounted(folder: string, options: string): boolean {
  mkdirSync(join(built.folder, folder));
  return spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', join(built.folder, folder)]).status === 0;
}
export const unmount = (folder: string): void => {
  spawnSync('umount', [join(built.folder, folder)]);
};
