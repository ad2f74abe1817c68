// SPDX-License-Identifier: Apache-2.0
/**
 * What kernels of phone and SoC vendors print between timestamp and message: CPU, task, clock, or subsystem. Each layer is
 * anchored and bounded; several may follow each other.
 */
import { type Prefix, take } from './parts.js';

interface Layer {
  readonly vendor: string;
  readonly example: string;
  /** Group `pid`: the printing task. */
  readonly pattern: RegExp;
  /** Specific enough to start a line without a timestamp. */
  readonly alone?: true;
}

// biome-ignore format: a table
export const VENDOR_LAYERS: readonly Layer[] = [
  { vendor: 'MediaTek', example: '-(0)[0:swapper]Linux version 4.4.95+ (user@host) (gcc version 6.3.1)', pattern: /^ {0,2}[-.~!*]?\(\d{1,2}\)\[(?<pid>\d{1,7}):[^\]]{1,32}\] ?/, alone: true },
  { vendor: 'MediaTek', example: '[name:spm&]wake up by EINT', pattern: /^ ?\[name:[\w.-]{1,32}&\] ?/ },
  { vendor: 'Oplus, Xiaomi: wall clock and CPU', example: '[20181130_14:50:45.130273]@0 usb 1-1: new device', pattern: /^ ?\[(?:t|\d{8}_\d\d:\d\d:\d\d[.:]?\d{0,9})\](?:@\d{1,2})? ?/ },
  { vendor: 'Oplus: CPU', example: '@5 usb 1-1: new device', pattern: /^ ?@\d{1,2} / },
  { vendor: 'Xiaomi', example: '(CPU:4-pid:1:init) [10:20:30.123456] usb 1-1: new device', pattern: /^ ?\(CPU:\d{1,2}-pid:(?<pid>\d{1,7}):[^)]{1,40}\) ?(?:\[\d\d:\d\d:\d\d[^\]]{0,24}\](?:@\d{1,2})? ?)?/ },
  { vendor: 'Samsung', example: '[0:      swapper/0:    1] usb 1-1: new device', pattern: /^ ?[A-Z]?\[ {0,2}[A-Z]?\d{1,2}: {0,20}[^\s[\]][^[\]]{0,31}: {0,8}(?<pid>\d{1,7})\] ?/, alone: true },
  { vendor: 'Huawei, Honor', example: '[pid:236,cpu4,ueventd]usb 1-1: new device', pattern: /^ ?\[pid:(?<pid>\d{1,7}),cpu\d{1,2},[^\]]{1,40}\] ?/, alone: true },
  { vendor: 'Huawei: wall clock', example: '[1970:01:01 00:00:14]usb 1-1: new device', pattern: /^ ?\[\d{4}:\d\d:\d\d \d\d:\d\d:\d\d(?:[.,:]\d{1,9})?\] ?/ },
  { vendor: 'Honor', example: '[811:modprobe]percpu: allocation failed, size=5200 align=8 atomic=0', pattern: /^ ?\[(?<pid>\d{1,7}):(?![A-Z]{3,8}\])[A-Za-z(][^\]:]{0,31}\] ?/, alone: true },
  { vendor: 'Exynos, Marvell, Spreadtrum', example: 'c0      0 Initializing cgroup subsys cpu', pattern: /^ ?(?:[cC]\d{1,2} {1,8}(?<pid>\d{1,7})(?: {1,2}\([^)]{1,20}\))?|c\d{1,2}) / },
  { vendor: 'Spreadtrum', example: '[ T123@C1] usb 1-1: new device', pattern: /^ ?\[ {0,6}[TC](?<pid>\d{1,7})@[TC]\d{1,7}\] ?/ },
  { vendor: 'LG: CPU', example: '[0] Linux version 4.4.78', pattern: /^ ?\[\d\] ?(?=\S)/ },
  { vendor: 'HTC', example: '[K] Initializing cgroup subsys cpu', pattern: /^ ?\[K\] / },
];

/** Maximum number of adjacent layers. */
const MAX_LAYERS = 4;

/** Removes vendor layers. `alone`: no printk timestamp before them. */
export function readVendor(prefix: Prefix, alone = false): boolean {
  let taken = 0;
  for (; taken < MAX_LAYERS; taken++) {
    const match = firstMatch(prefix.text, alone && taken === 0);
    if (!match) break;
    const pid = match.groups?.pid;
    if (pid !== undefined) prefix.caller ??= `T${pid}`;
    take(prefix, match[0], 'vendor');
  }
  return taken > 0;
}

/** The start of any vendor layer, after at most two blanks. */
const FRONT = /^ {0,2}[-.~!*A-Z]?[[(@cC]/;

function firstMatch(text: string, alone: boolean): RegExpExecArray | null {
  if (!FRONT.test(text)) return null;
  for (const layer of VENDOR_LAYERS) {
    if (alone && !layer.alone) continue;
    const match = layer.pattern.exec(text);
    if (match) return match;
  }
  return null;
}
