// SPDX-License-Identifier: Apache-2.0
/** Whether a load failed of which the kernel printed a message: some releases go on, some configurations do. */
import type { Event, LoadFailure } from '../../model/event.js';
import { isOlder } from '../kernel.js';

/** What decides whether a message means a failure. */
export interface Decider {
  readonly release: string | null;
  /** Debian kernels refuse modules without symbol versions, as kernels before 4.9 did. */
  readonly debian: boolean;
  /** Whether it refuses modules without a valid signature. */
  readonly enforces: Enforcement;
}

export function deciderOf(events: readonly Event[], release: string | null): Decider {
  return {
    release,
    debian: events.some((event) => event.kind === 'kernel-version' && / Debian /.test(event.banner)),
    enforces: enforcementOf(events),
  };
}

type Enforcement = 'yes' | 'no' | 'unknown';

/**
 * Where signatures are not enforced, the first module without a valid one taints the kernel, which it prints once: only a
 * log from the start of the boot must show it.
 */
function enforcementOf(events: readonly Event[]): Enforcement {
  if (events.some((event) => event.kind === 'taint' && event.what === 'unsigned')) return 'no';
  const isEnforced = events.some(
    (event) =>
      (event.kind === 'boot-start' && event.complete) ||
      (event.kind === 'command-line' && ENFORCED.test(event.text)),
  );
  return isEnforced ? 'yes' : 'unknown';
}

const ENFORCED = /\b(?:module\.sig_enforce\b(?!=[0nN])|lockdown=(?:integrity|confidentiality)\b)/;

/** Whether the kernel did not trust a signature, and nothing says whether it refused the module. */
export function mayHaveRefused(events: readonly Event[]): boolean {
  const isUntrusted = events.some((event) => event.kind === 'load-failure' && event.fails === 'if enforced');
  return isUntrusted && enforcementOf(events) === 'unknown';
}

/** An unknown release counts as a current one. */
export function fails({ fails, reason }: LoadFailure, { release, debian, enforces }: Decider): boolean {
  if (fails === 'always') return true;
  if (fails === 'if enforced') return enforces === 'yes';
  const [when = '', border = ''] = fails.split(' ');
  if (when === 'before') return isOlder(release, border) === true || (debian && reason === 'symbol-version');
  return isOlder(release, border) === false;
}
