// SPDX-License-Identifier: Apache-2.0
/** Where what it becomes is checked in. */
export const RESULT: URL;
/** The text of the module. */
export function compile(): Promise<string>;
