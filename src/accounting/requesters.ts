/** Requesters: what kind of caller a task is, by its name, its parent and the request it works for. */
import type { RequesterKind } from './model.js';
import { isHelper } from './requests.js';
import type { Task } from './tasks.js';

const PROGRAMS = new Set(['modprobe', 'kmod']);

/** `joined`: the task was tied to a request of the kernel. */
export function requesterOf(task: Task | null, joined: boolean): RequesterKind {
  if (!task || task.comm === null) return 'unknown';
  const { comm } = task;
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
export function parentOf(task: Task | null): string | null {
  if (!task) return null;
  for (let at = task.parent; at; at = at.parent) {
    if (at.comm !== null && at.comm !== task.comm) return at.comm;
  }
  return task.parentComm;
}
