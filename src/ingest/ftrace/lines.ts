// SPDX-License-Identifier: Apache-2.0
/** Classifies lines that are not records: unreadable ones, and continuations of the line before. */
import { mayContinue } from '../wrapped.js';

// "sys_finit_module(", "sys_exit_init_module:", "module_load: x"
const WATCHED = /\bsys_(?:enter_|exit_)?(?:finit|init|delete)_module\b|\bmodule_(?:load|free|request): /;

/** True if a line names a relevant event. */
export function isWatched(line: string): boolean {
  return line.includes('module') && WATCHED.test(line);
}

// "1 4 50941725233 type: 252"                 options/raw
// "00000001 00000004 0000000bdc5d0a31 type: 252"  options/hex
const RAW = /^\d+ \d+ \d+ type: \d+/;
const HEX = /^[\da-f]{8} [\da-f]{8} [\da-f]{16} type: /;
// "sys_finit_module(fd: 5, uargs: 4b2f3d, flags: 4)", "module_load: nls_cp932 ", "fread: (f+0x51/0xd0 <- g) ret=1"
const WITHOUT_CONTEXT =
  /^(?:sys_\w*module(?:\(| -> )|module_(?:load|free|request): |sched_process_\w+: \w+=|\w+: \(\S+\+0x)/;

/** The trace option that removes task or fields from a line, or null. */
export function unusableForm(line: string): 'raw' | 'hex' | 'nocontext-info' | null {
  if (RAW.test(line)) return 'raw';
  if (HEX.test(line)) return 'hex';
  return WITHOUT_CONTEXT.test(line) ? 'nocontext-info' : null;
}

const ARGUMENT = /^(?:[\w.]+=\S|<- \S|-> \S)/;

/** True if `line` looks like the wrapped end of the line before. */
export function isWrapped(before: string, line: string): boolean {
  return (
    mayContinue(before, line) && (ARGUMENT.test(line) || before.lastIndexOf('(') > before.lastIndexOf(')'))
  );
}
