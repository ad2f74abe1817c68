// SPDX-License-Identifier: Apache-2.0
export function isStamped(): boolean;
export function isDeclared(): boolean;
export function stamp(): void;
