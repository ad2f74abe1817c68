// SPDX-License-Identifier: Apache-2.0
/**
 * Tasks: which program a pid was at a time. A text trace prints a pid's last name, so a call's comm is the last one
 * printed for the same life of the pid: from the fork that created it to the next fork with its number.
 */
import type { Event } from '../../model/event.js';
import type { Stream } from '../boots/recordings.js';

/** One program that a pid ran: from its fork (or exec) to its next exec or its end. */
export interface Task {
  /** Unique for each life of a pid, across execs. */
  readonly id: number;
  readonly pid: number;
  comm: string | null;
  readonly parent: Task | null;
  /** The parent's name when it forked. */
  readonly parentComm: string | null;
  /** The file of the exec that started this program. */
  readonly filename: string | null;
  /** The pid's name before that exec. */
  readonly formerComm: string | null;
  /** Whether it has syscall events of load calls. A 32-bit program on a 64-bit kernel has none. */
  isTraced: boolean;
}

type InTask = Extract<Event, { readonly pid: number; readonly cpu: number | null }>;

function isInTask(event: Event): event is InTask {
  switch (event.kind) {
    case 'syscall-enter':
    case 'syscall-exit':
    case 'module-load':
    case 'module-free':
    case 'module-request':
    case 'fork':
    case 'exec':
    case 'probe':
    case 'function-call':
      return true;
    default:
      event satisfies Exclude<Event, InTask>;
      return false;
  }
}

/** TASK_COMM_LEN without the NUL (include/linux/sched.h). */
const COMM_LENGTH = 15;

/** Events in the order of their streams, each with the task in whose context it was written. */
export interface Followed {
  readonly stream: Stream;
  /** By the event's place in the stream; null for events without a task. */
  readonly tasks: readonly (Task | null)[];
}

/** Follows the tasks of the streams of one boot; pids of different streams are unrelated. */
export function followTasks(streams: readonly Stream[]): Followed[] {
  let lives = 0;
  const nextId = (): number => lives++;
  return streams.map((stream) => {
    const tasks = new Tasks(nextId);
    return { stream, tasks: stream.events.map((event) => tasks.follow(event)) };
  });
}

class Tasks {
  readonly #live = new Map<number, Task>();
  readonly #nextId: () => number;

  constructor(nextId: () => number) {
    this.#nextId = nextId;
  }

  /** Follows one event; returns the task in whose context it was recorded, or null. */
  follow(event: Event): Task | null {
    if (!isInTask(event)) return null;
    const task = this.#task(event.pid);
    if (event.kind === 'syscall-enter' || event.kind === 'syscall-exit')
      task.isTraced ||= event.call !== 'delete_module';
    else if (event.kind === 'exec') return this.#exec(task, event.filename, event.comm);
    if (event.comm !== null) task.comm = event.comm;
    if (event.kind === 'fork') {
      // A child starts with its parent's name: the only name in the record from the time of the fork.
      if (event.childComm !== '') task.comm = event.childComm;
      this.#live.set(event.childPid, {
        id: this.#nextId(),
        pid: event.childPid,
        comm: event.childComm,
        parent: task,
        parentComm: task.comm,
        filename: null,
        formerComm: null,
        isTraced: false,
      });
    }
    return task;
  }

  #task(pid: number): Task {
    let task = this.#live.get(pid);
    if (!task) {
      task = {
        id: this.#nextId(),
        pid,
        comm: null,
        parent: null,
        parentComm: null,
        filename: null,
        formerComm: null,
        isTraced: false,
      };
      this.#live.set(pid, task);
    }
    return task;
  }

  #exec(before: Task, filename: string, comm: string | null): Task {
    const base = filename.slice(filename.lastIndexOf('/') + 1).slice(0, COMM_LENGTH);
    const task: Task = {
      id: before.id,
      pid: before.pid,
      // The record of the exec itself may still be printed with the name before it.
      comm: comm === null || comm === before.comm ? base : comm,
      parent: before.parent,
      parentComm: before.parentComm ?? before.comm,
      filename,
      formerComm: before.comm,
      isTraced: false,
    };
    this.#live.set(before.pid, task);
    return task;
  }
}
