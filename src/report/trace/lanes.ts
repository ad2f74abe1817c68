// SPDX-License-Identifier: Apache-2.0
/** Tracks of slices that do not overlap: the format wants the slices of one track nested or apart. */
import { getOrAdd } from '../../model/groups.js';

export interface Lane {
  readonly tid: number;
  readonly name: string;
}

interface OpenLane extends Lane {
  end: bigint;
}

/** Above the pids of any Linux kernel (PID_MAX_LIMIT is 2^22). */
const FIRST_OWN_TID = 2 ** 22 + 1;

/** Gives each slice of a group the first track of the group that is free; slices must come in order of their starts. */
export class Lanes {
  readonly #groups = new Map<string, OpenLane[]>();
  #next = FIRST_OWN_TID;

  /** `tid`: of the group's first track; null for one of its own. */
  place(group: string, tid: number | null, name: string, start: bigint, end: bigint): Lane {
    const lanes = getOrAdd(this.#groups, group, () => []);
    let lane = lanes.find((one) => one.end <= start);
    if (!lane) {
      const isFirst = lanes.length === 0;
      lane = {
        tid: isFirst && tid !== null ? tid : this.#next++,
        name: isFirst ? name : `${name} (${lanes.length + 1})`,
        end,
      };
      lanes.push(lane);
    }
    lane.end = end;
    return lane;
  }

  all(): Lane[] {
    return [...this.#groups.values()].flat();
  }
}
