// SPDX-License-Identifier: Apache-2.0
/** Parts of dates, for patterns of what stands before a line or a message. */

/** `10:00:00` */
export const TIME = '\\d\\d:\\d\\d:\\d\\d';
/** `2024-05-01` */
export const DAY = '\\d{4}-\\d\\d-\\d\\d';
/** `Z`, `+0200`, `-05:00` */
export const ZONE = '(?:Z|[+-]\\d\\d:?\\d\\d)';
/** `May  1 10:00:00` */
export const SYSLOG_DATE = `[A-Z][a-z]{2} [ \\d]\\d ${TIME}`;
