// SPDX-License-Identifier: Apache-2.0
/** The kinds of advice and of problems, and what a boot may be called. */

export type BootVerdict = 'trouble' | 'clear' | 'unclear';

export type AdviceKind =
  | 'one-requester'
  | 'one-per-cpu'
  | 'user-space-decompression'
  | 'live-modules'
  | 'kernel-without-coalescing'
  | 'kernel-decompression'
  | 'duplicates'
  | 'unnamed-failures'
  | 'signature'
  | 'lockdown'
  | 'vermagic'
  | 'relocation'
  | 'btf'
  | 'failed-loads'
  | 'unexplained-failures'
  | 'failed-inits'
  | 'percpu-exhausted'
  | 'vmalloc-exhausted'
  | 'memory-exhausted'
  | 'stuck-loads'
  | 'crashed-loads'
  | 'throttling'
  | 'failed-units'
  | 'failed-requests'
  | 'missing-modules'
  | 'failed-commands'
  | 'unsupported-modules'
  | 'refused-inits'
  | 'slow-inits'
  | 'repeated-requests';

export type ProblemKind =
  | 'throttled'
  | 'refused-request'
  | 'failed-request'
  | 'denied-request'
  | 'stuck-load'
  | 'crashed-load'
  | 'slow-worker'
  | 'killed-worker'
  | 'failed-unit'
  | 'slow-init'
  | 'unfinished-init'
  | 'not-found'
  | 'failed-command'
  | 'unsupported-module'
  | 'refused-init';
