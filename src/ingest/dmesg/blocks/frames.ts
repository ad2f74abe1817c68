// SPDX-License-Identifier: Apache-2.0
/** What the frames of a stack trace show of loads. */
import { moduleName } from '../../../model/module-name.js';
import { sourceName } from '../../source-name.js';
import { INIT_CALLER, isLoader } from './loader-frames.js';

const REQUEST_FRAMES = /^(?:__request_module|call_modprobe|call_usermodehelper_exec)\b/;
/** Of modprobe -r and rmmod. */
const REMOVAL = /^(?:\w*_)?(?:sys|SyS|SYSC)_delete_module$/;

/** A system call: __x64_sys_close, __se_compat_sys_openat, SyS_open, ksys_read; since 6.9, all of x86 go through x64_sys_call. */
const SYSCALL =
  /^(?:__)?(?:(?:x64|ia32|arm64|s390x?|riscv|powerpc|loongarch|se|do)_)?(?:compat_)?(?:k?sys|SyS|SYSC)_(?!call\b)[a-z]\w*$/;

export interface Frames {
  count: number;
  loads: boolean;
  requests: boolean;
  removes: boolean;
  /** Any system call. */
  calls: boolean;
  /** The module of the frame before, null before the first; and of the init function in the trace. */
  before: string | null;
  module: string | null;
}

export const noFrames = (): Frames => ({
  count: 0,
  loads: false,
  requests: false,
  removes: false,
  calls: false,
  before: null,
  module: null,
});

/** Adds the next function, from the innermost. */
export function addFunction(frames: Frames, symbol: string): void {
  const func = sourceName(symbol);
  frames.loads ||= isLoader(func);
  frames.requests ||= REQUEST_FRAMES.test(func);
  frames.removes ||= REMOVAL.test(func);
  frames.calls ||= SYSCALL.test(func);
  if (func === INIT_CALLER && frames.before !== null) frames.module ??= moduleName(frames.before);
}
