// SPDX-License-Identifier: Apache-2.0
/** What the configuration of a boot's kernel says. */
import type { Boot, KernelOptionRow } from './model.js';

/** False where the configuration of this kernel lacks the option, true where it has it; null where nothing says. */
export function hasOption(
  boot: Pick<Boot, 'kernel'>,
  options: readonly KernelOptionRow[],
  name: string,
): boolean | null {
  // A report can hold the configurations of all installed kernels.
  const mine = options.find(
    (row) => row.name === name && (row.release === null || fits(boot.kernel, row.release)),
  );
  return mine ? mine.value !== 'n' : null;
}

/** The head of /proc/config.gz names the number alone. */
function fits(kernel: string | null, release: string): boolean {
  if (kernel === null || kernel === release) return true;
  return kernel.startsWith(release) && !/^[\d.]/.test(kernel.slice(release.length));
}
