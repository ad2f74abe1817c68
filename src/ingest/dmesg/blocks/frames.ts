// SPDX-License-Identifier: Apache-2.0
/** What the frames of a stack trace show of loads. */
import { moduleName } from '../../../model/module-name.js';
import { INIT_CALLER, isLoader } from './loader-frames.js';

const REQUEST_FRAMES = /^(?:__request_module|call_modprobe|call_usermodehelper_exec)\b/;
/** Of modprobe -r and rmmod. */
const REMOVAL = /^(?:\w*_)?(?:sys|SyS|SYSC)_delete_module$/;

export interface Frames {
  count: number;
  loads: boolean;
  requests: boolean;
  removes: boolean;
  /** The module of the frame before, null before the first; and of the init function in the trace. */
  before: string | null;
  module: string | null;
}

export const noFrames = (): Frames => ({
  count: 0,
  loads: false,
  requests: false,
  removes: false,
  before: null,
  module: null,
});

/** Adds the next function, from the innermost. */
export function addFunction(frames: Frames, func: string): void {
  frames.loads ||= isLoader(func);
  frames.requests ||= REQUEST_FRAMES.test(func);
  frames.removes ||= REMOVAL.test(func);
  if (func === INIT_CALLER && frames.before !== null) frames.module ??= moduleName(frames.before);
}
