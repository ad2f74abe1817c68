// SPDX-License-Identifier: Apache-2.0
/** Word size of a boot's kernel, by a trace, memory figures, uname or the release. */
import type { Event } from '../../model/event.js';
import type { WordBits } from '../kernel.js';
import type { Identity } from './parts.js';

/** Output of `uname -m` on 64-bit and on 32-bit kernels. */
const MACHINES_64 =
  /^(?:x86_64|aarch64(?:_be)?|arm64|ppc64(?:le)?|s390x|riscv64|loongarch64|mips64\w*|sparc64|parisc64|alpha|ia64)$/;
const MACHINES_32 =
  /^(?:i[3-6]86|arm(?:v[4-7]\w*)?|ppc|mips|mipsel|parisc|sparc|m68k|sh4|s390|riscv32|microblaze)$/;

/** Flavours and architectures that distributions put at the end of a release: `6.5.0-0.deb12.4-686-pae`, `7.0.1-300.fc44.x86_64`. */
const RELEASE_64 =
  /[-.+_](?:amd64|x86_64|arm64|aarch64|ppc64(?:le|el)?|powerpc64(?:le)?|s390x|riscv64|loong64)(?:$|[-.+_])/;
const RELEASE_32 = /[-.+_](?:[56]86(?:-pae)?|i[3-6]86|armmp(?:-lpae)?|armhf|armv[5-7]\w*)(?:$|[-.+_])/;

/** The vmalloc area of a 32-bit kernel is part of 4 GiB; that of a 64-bit one is larger than any 4 GiB. */
const ADDRESS_SPACE_32 = 2 ** 32;

/**
 * `events`: those of the boot. Figures of the kernel take precedence over uname, which personality(2) may change.
 */
export function wordBits(identity: Pick<Identity, 'machine' | 'release'>, events: Iterable<Event>): WordBits {
  let printed: WordBits = null;
  let area: WordBits = null;
  for (const event of events) {
    // It takes precedence: nothing after it matters.
    if (printed !== null) break;
    if (event.kind === 'syscall-exit') printed = event.wordBits ?? null;
    else if (event.kind === 'counter' && event.value >= BigInt(ADDRESS_SPACE_32)) area ??= 64;
    else if (event.kind === 'memory-figure' && event.what === 'vmalloc-total' && event.bytes > 0)
      area ??= event.bytes < ADDRESS_SPACE_32 ? 32 : 64;
    // A direct mapping that ends, and memory beyond it: 64-bit kernels have none (mm/Kconfig: HIGHMEM).
    else if (event.kind === 'memory-figure' && (event.what === 'lowmem' || event.what === 'highmem'))
      area ??= 32;
  }
  return (
    printed ??
    area ??
    byName(identity.machine, MACHINES_32, MACHINES_64) ??
    byName(identity.release, RELEASE_32, RELEASE_64)
  );
}

function byName(name: string | null, of32: RegExp, of64: RegExp): WordBits {
  if (name === null) return null;
  if (of64.test(name)) return 64;
  return of32.test(name) ? 32 : null;
}
