// SPDX-License-Identifier: Apache-2.0
/** Requesters: what kind of caller a task is, by its name, its parent and the request it works for. */
import type { RequesterKind } from '../model.js';
import { isHelper } from './requests.js';
import type { Task } from './tasks.js';

const PROGRAMS = new Set(['modprobe', 'kmod']);

/** By the task's name at the call. `joined`: the task was tied to a request of the kernel. */
export function requesterOf(comm: string | null, task: Task | null, joined: boolean): RequesterKind {
  if (!task || comm === null) return 'unknown';
  // A latency-format trace cuts names to eight characters.
  if (comm.startsWith('(udev-w') || comm.startsWith('systemd-udev') || comm === 'udevd' || comm === 'eudevd')
    return 'udev';
  if (comm.startsWith('systemd-modules')) return 'systemd-modules-load';
  if (PROGRAMS.has(comm)) return joined || isHelper(task) ? 'kernel' : 'modprobe';
  if (comm === 'insmod') return 'insmod';
  if (comm === 'systemd') return 'systemd';
  if (task.pid === 1) return 'init';
  return 'other';
}

/** The nearest ancestor with another name: the script or daemon that ran modprobe or insmod. */
export function parentOf(comm: string | null, task: Task | null): string | null {
  if (!task) return null;
  for (let at = task.parent; at; at = at.parent) {
    if (at.comm !== null && at.comm !== comm) return at.comm;
  }
  return task.parentComm === comm ? null : task.parentComm;
}
