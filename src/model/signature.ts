// SPDX-License-Identifier: Apache-2.0
/**
 * Longest signature at the end of a module file, in bytes: PKCS#7, struct module_signature and the marker
 * (include/linux/module_signature.h). ML-DSA-87 alone takes 4627 bytes.
 */
export const MAX_SIGNATURE = 8192;
