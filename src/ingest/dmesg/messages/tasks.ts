// SPDX-License-Identifier: Apache-2.0
/** Tasks that load modules, by the names that the kernel prints. */

/** At most 15 characters; udev's workers have parentheses. */
export const LOADER_TASK =
  /^(?:\(?udev-worker\)?|systemd-udevd?|udevd|systemd-modules?(?:-loa?d?)?|modprobe|insmod|kmod|kmodloader|mdev)$/;
