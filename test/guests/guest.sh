#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs in a guest: the step that the kernel command line names, with what lies on the second disk; the result goes to
# the third as a tar. Then the guest powers off.

storm() { # the same modules from several shells at once, twice
  for _ in 1 2; do
    for _ in 1 2 3 4; do
      for module in nls_cp932 nls_cp936 nls_cp949 nls_cp950 minix cramfs romfs twofish_generic; do
        file=$(modinfo -n "$module") && insmod "$file"
      done &
    done
    wait
  done
  modprobe nosuchmodule
} 2> /dev/null
if [ "$1" = storm ]; then storm; exit; fi

word() { sed -n "s/.*guest\.$1=\([^ ]*\).*/\1/p" /proc/cmdline | sed 's/,/ /g'; }
shell=$(word shell)

case $(word step) in
install) $shell capture.sh --boot --seconds 3 --out /root > log 2>&1 ;;
boot) # until the capture has removed itself
  tries=0
  while [ -d /etc/modwaste ] && [ $((tries += 1)) -lt 300 ]; do sleep 1; done
  systemctl list-units --failed --no-legend > log
  journalctl -b --no-pager -u 'modwaste*' >> log
  ;;
live) $shell capture.sh --live --out /root -- sh /root/guest.sh storm > log 2>&1 ;;
plain) sleep 3 ;; # a boot to time
esac

{
  echo "left behind:"
  ls -d /etc/modwaste /run/modwaste /sys/kernel/tracing/instances/modwaste /etc/initramfs-tools/*/modwaste \
    /etc/initramfs-tools/scripts/init-top/00modwaste /usr/lib/dracut/modules.d/99modwaste /etc/systemd/system/modwaste* \
    /etc/systemd/system/*/modwaste* 2> /dev/null
  grep modwaste /sys/kernel/tracing/dynamic_events
  lsinitramfs "/boot/initrd.img-$(uname -r)" 2> /dev/null | grep modwaste
} > left
systemd-analyze > systemd-analyze.txt
cp "/boot/initrd.img-$(uname -r)" initrd
tar cf /dev/vdc --ignore-failed-read log left systemd-analyze.txt initrd modwaste-*
sync
poweroff -f
