// SPDX-License-Identifier: Apache-2.0
/** Names of functions as in the source. */

// "module_patient_check_exists.constprop.0", "acpi_ipmi_probe.cold", "layout_and_allocate.isra.0", "load_module.llvm.123"
const COMPILER_SUFFIX = /\.(?:constprop|isra|part|cold|llvm|lto_priv|clone|localalias)\b.*$/;

/** Without what a compiler put behind it. */
export function sourceName(symbol: string): string {
  return symbol.replace(COMPILER_SUFFIX, '');
}
