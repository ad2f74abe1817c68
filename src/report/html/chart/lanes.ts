// SPDX-License-Identifier: Apache-2.0
/** Which lane each call is drawn in: a lane per task; tasks of one name that never overlap share one. */

export interface LaneCalls {
  readonly start: readonly number[];
  readonly end: readonly number[];
  /** Name of the calling task; empty where it is not known. */
  readonly comm: readonly string[];
  readonly pid: readonly (number | null)[];
  readonly wasted: readonly number[];
}

export interface Lane {
  readonly comm: string;
  /** The only task in it, or null where several share it. */
  readonly pid: number | null;
  readonly tasks: number;
  /** Indexes of its calls, in order of time. */
  readonly calls: readonly number[];
}

interface Task {
  readonly comm: string;
  readonly pid: number | null;
  readonly from: number;
  to: number;
  readonly calls: number[];
}

interface Open {
  readonly tasks: Task[];
  to: number;
}

/** Lanes of the names that wasted most first; within a name, in order of time. */
export function laneLayout(calls: LaneCalls): Lane[] {
  const tasks = new Map<string, Task>();
  const waste = new Map<string, number>();
  for (const [index, from] of calls.start.entries()) {
    const comm = calls.comm[index] ?? '';
    const pid = calls.pid[index] ?? null;
    const to = calls.end[index] ?? from;
    const key = `${pid} ${comm}`;
    const task = tasks.get(key);
    if (task) {
      task.calls.push(index);
      task.to = Math.max(task.to, to);
    } else tasks.set(key, { comm, pid, from, to, calls: [index] });
    waste.set(comm, (waste.get(comm) ?? 0) + (calls.wasted[index] ?? 0));
  }
  const byName = new Map<string, Open[]>();
  for (const task of tasks.values()) {
    const lanes = byName.get(task.comm) ?? [];
    byName.set(task.comm, lanes);
    const free = lanes.find((lane) => lane.to < task.from);
    if (free) {
      free.tasks.push(task);
      free.to = task.to;
    } else lanes.push({ tasks: [task], to: task.to });
  }
  const names = [...byName.keys()].sort(
    (a, b) => (waste.get(b) ?? 0) - (waste.get(a) ?? 0) || (a < b ? -1 : a > b ? 1 : 0),
  );
  return names.flatMap((comm) =>
    (byName.get(comm) ?? []).map(({ tasks: held }) => ({
      comm,
      pid: held.length === 1 ? (held[0]?.pid ?? null) : null,
      tasks: held.length,
      calls: held.flatMap((task) => task.calls),
    })),
  );
}
