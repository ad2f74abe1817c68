#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs in a guest: the step that the kernel command line names, with what lies on the second disk; the result goes to
# the third as a tar. Then the guest powers off. Files of the result: log, left (what a capture should have taken back),
# and the archives.

storm() { # the same modules from several shells at once, twice
  files=''
  for module in nls_cp932 nls_cp936 nls_cp949 nls_cp950 minix cramfs romfs twofish_generic; do
    files="$files $(find "/lib/modules/$(uname -r)/" -name "$module.ko*")"
  done
  for _ in 1 2; do
    for _ in 1 2 3 4; do
      for file in $files; do insmod "$file"; done &
    done
    wait
  done
  modprobe nosuchmodule
} 2> /dev/null
if [ "$1" = storm ]; then storm; exit; fi

word() { sed -n "s/.*guest\.$1=\([^ ]*\).*/\1/p" /proc/cmdline | sed 's/,/ /g'; }
shell=$(word shell)
tracing=/sys/kernel/tracing

state() { # all that a capture changes
  grep -E ' (tracefs|debugfs|securityfs) ' /proc/mounts
  ls -d /run/modwaste
  for file in saved_cmdlines_size set_event tracing_on buffer_size_kb dynamic_events trace_clock instances; do
    [ -e "$tracing/$file" ] || continue
    echo "$file:" && if [ -d "$tracing/$file" ]; then ls "$tracing/$file"; else sed -E 's/.*expanded: 1408.*|^14(08|10)$/as the kernel makes it/' "$tracing/$file"; fi
  done
} 2> /dev/null

installed() {
  ls -d /etc/modwaste /etc/initramfs-tools/hooks/modwaste /etc/initramfs-tools/scripts/init-top/00modwaste \
    /usr/lib/dracut/modules.d/99modwaste /etc/systemd/system/modwaste* /etc/systemd/system/*/modwaste*
  ls -d /run/modwaste "$tracing/instances/modwaste"
  grep modwaste "$tracing/dynamic_events"
  image=/boot/initrd.img-$(uname -r)
  if [ ! -f "$image" ]; then :
  elif command -v lsinitrd > /dev/null; then lsinitrd "$image" | grep modwaste # lsinitramfs takes minutes for dracut's
  else lsinitramfs "$image" | grep modwaste; fi
} 2> /dev/null

on() { # WHAT [COMMAND...]: runs it, and logs that and its exit code
  echo "-- $*"
  shift
  "$@"
  echo "-- exit $?"
}

trouble() { # each: a clear message, all taken back, what was collected kept
  capture="$shell capture.sh --live"
  fast="$shell capture.sh --live --level trace"
  # shellcheck disable=SC2086 # a command and its arguments
  {
    [ -e "$tracing/trace" ] || mount -t tracefs tracefs "$tracing"
    echo 1 > "$tracing/events/sched/sched_process_exec/enable" # someone else traces
    state > others
    on 'no root' su -s /bin/sh -c 'exec sh -s -- --live' nobody < capture.sh
    on 'interrupted while it traces' timeout -s INT 60 $capture --seconds 900
    mkdir -p full fake
    cat > fake/journalctl << 'EOT'
#!/bin/sh
kill -INT "$(cat /root/pid)"
sleep 1
EOT
    chmod 755 fake/journalctl
    # shellcheck disable=SC2016 # for the inner shell
    on 'interrupted while it collects' env PATH="/root/fake:$PATH" sh -c 'echo $$ > pid; exec "$@"' sh $fast --seconds 1
    on 'killed' timeout -s KILL 60 $capture --seconds 900
    on 'again' $fast --seconds 1
    on 'undone' $shell capture.sh --undo
    mount -t tmpfs -o size=1m tmpfs full
    on 'a small disk' $fast --seconds 1 --out full
    umount full
    mount -t tmpfs -o size=30m,nr_inodes=12 tmpfs full
    on 'a disk that fills up' $fast --seconds 1 --out full
    cp -r full/. . && umount full
    on 'a command that fails' $fast -- false
    state | diff others - > left
    echo 0 > "$tracing/events/sched/sched_process_exec/enable"
  }
}

step=$(word step)
rm -rf log left hooks before full fake
[ "$step" = boot ] || rm -rf modwaste-* /var/tmp/modwaste-*
state > before
# shellcheck disable=SC2086 # a shell may be a command and its argument
case $step in
install) on "$step" $shell capture.sh --boot --seconds 3 --out /root ;;
boot) # until the capture has removed itself
  tries=0
  while [ -d /etc/modwaste ] && [ $((tries += 1)) -lt 1500 ]; do sleep 1; done
  sleep 2
  systemctl list-units --failed --no-legend
  journalctl -b --no-pager -o cat -u 'modwaste*'
  ;;
undo) on "$step" $shell capture.sh --undo ;;
live | lockdown-*) on "$step" $shell capture.sh --live --out /root -- sh /root/guest.sh storm ;;
cmdline) $shell capture.sh --cmdline ;;
collect) storm; on "$step" $shell capture.sh --collect --out /root ;;
trouble) trouble ;;
plain) sleep 3 ;; # a boot to time
esac > log 2>&1

case $step in
live | lockdown-*) state | diff before - > left; installed >> left ;;
trouble) installed >> left ;;
install) installed > hooks ;;
*) installed > left ;;
esac
systemd-analyze > systemd-analyze.txt 2> /dev/null
cp "/boot/initrd.img-$(uname -r)" initrd 2> /dev/null
# shellcheck disable=SC2046 # names without spaces
tar cf /dev/vdc $(ls -d log left hooks systemd-analyze.txt initrd modwaste-* /var/tmp/modwaste-* 2> /dev/null)
sync
poweroff -f
