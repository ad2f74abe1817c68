# ---- The next boot.
#
# Where nothing may be installed:
#     --cmdline    only prints a kernel command line that traces a boot
#     --collect    collects after such a boot

ETC=/etc/modwaste
installed() { [ -d "$ETC" ]; }

cmdline() {
  PRINT=1
  # shellcheck disable=SC2086 # one by one
  events=$(printf '%s,' $EVENTS)
  probes=$(probes | sed 's/ /,/g; s/$/;/' | while read -r probe; do printf '%s' "$probe"; done)
  cat << EOT
Kernel command line for one boot, with nothing installed; afterwards run: sudo sh ${0##*/} --collect

trace_event=${events%,} trace_buf_size=$(buffer_kb)K trace_clock=mono

For the bytes of each load as well (in GRUB's editor write \\\$ for \$, and quotes around the whole):

kprobe_event=${probes%;}
EOT
}

install_hooks() {
  ! installed || die "it is installed already: reboot, or run --undo"
  case $OUT in *[!A-Za-z0-9/._+-]*) die "choose a folder of plain characters with --out, not $OUT" ;; esac
  [ -f "$0" ] || die 'save this script as a file first'
  trap 'exit 130' INT TERM HUP
  trap uninstall EXIT
  mkdir -p "$ETC"
  # The copy runs with today's options.
  sed "s|^MODE=.*|MODE=collect LEVEL=$LEVEL WAIT=$WAIT REDACT='$REDACT' OUT='$OUT' OWNER='${SUDO_UID:-}'|" "$0" > "$ETC/capture.sh" ||
    die "cannot write to $ETC"
  hook_initramfs || { has systemctl && say 'the trace will start with systemd, after the initramfs'; } ||
    die 'nothing here can start a trace at boot: --cmdline prints a kernel command line that does'
  if has systemctl; then units; else say "no systemd: after the boot, run: sudo sh $ETC/capture.sh"; fi
  trap - EXIT
  say "installed for the next boot of Linux $RELEASE: reboot. The archive will be in $OUT"
  say "to undo this now: sudo sh ${0##*/} --undo"
}

hook_initramfs() { # starts the trace before udev loads the first module
  if has update-initramfs && [ -d /etc/initramfs-tools/scripts ]; then
    tools=/etc/initramfs-tools
    mkdir -p "$tools/hooks" "$tools/scripts/init-top"
    cat > "$tools/hooks/modwaste" << EOT
#!/bin/sh
[ "\$1" != prereqs ] || exit 0
. /usr/share/initramfs-tools/hook-functions
copy_exec /bin/grep
mkdir -p "\$DESTDIR/etc/modwaste"
cp $ETC/capture.sh "\$DESTDIR/etc/modwaste/"
EOT
    cat > "$tools/scripts/init-top/00modwaste" << EOT
#!/bin/sh
[ "\$1" != prereqs ] || exit 0
sh /etc/modwaste/capture.sh --start 2> /dev/null
EOT
    chmod 755 "$tools/hooks/modwaste" "$tools/scripts/init-top/00modwaste"
    remake="update-initramfs -u -k $RELEASE"
  elif has dracut; then
    module=/usr/lib/dracut/modules.d/99modwaste
    mkdir -p "$module"
    cat > "$module/module-setup.sh" << EOT
#!/bin/bash
check() { return 0; }
install() {
  inst_multiple sh cat mkdir mount grep
  inst_simple $ETC/capture.sh /etc/modwaste/capture.sh
  inst_hook pre-udev 00 "\$moddir/start.sh"
}
EOT
    echo 'sh /etc/modwaste/capture.sh --start 2> /dev/null' > "$module/start.sh"
    chmod 755 "$module/module-setup.sh"
    remake="dracut --force --kver $RELEASE"
  else
    say 'no initramfs-tools and no dracut'
    return 1
  fi
  say "rebuilding the initramfs: $remake"
  if $remake > "$ETC/log" 2>&1; then
    echo "$remake" > "$ETC/remake"
  else
    say "that failed ($(tail -n 1 "$ETC/log"))"
    unhook
    return 1
  fi
}

unhook() {
  rm -rf /etc/initramfs-tools/hooks/modwaste /etc/initramfs-tools/scripts/init-top/00modwaste \
    /usr/lib/dracut/modules.d/99modwaste
}

units() (
  umask 022
  cat > /etc/systemd/system/modwaste-start.service << EOT
[Unit]
Description=Trace module loads of this boot, unless the initramfs does already
DefaultDependencies=no
Before=systemd-udevd.service systemd-udev-trigger.service systemd-modules-load.service
ConditionPathExists=!/run/modwaste/started
[Service]
Type=oneshot
ExecStart=/bin/sh /etc/modwaste/capture.sh --start
[Install]
WantedBy=sysinit.target
EOT
  cat > /etc/systemd/system/modwaste-collect.service << EOT
[Unit]
Description=Collect the trace of module loads of this boot, and remove it
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/bin/sh /etc/modwaste/capture.sh --collect
[Install]
WantedBy=multi-user.target
EOT
  systemctl daemon-reload
  systemctl enable --quiet modwaste-start.service modwaste-collect.service
)

uninstall() {
  installed || return 0
  say 'removing what --boot installed'
  unhook
  remake=$(line_of $ETC/remake)
  if [ -z "$remake" ] || $remake > $ETC/log 2>&1; then rm -rf $ETC; else say "'$remake' failed: run it by hand, then remove $ETC"; fi
  has systemctl || return 0
  # A reload would end the unit that runs this, as its file is gone.
  systemctl --no-reload disable --quiet modwaste-start.service modwaste-collect.service
  rm -f /etc/systemd/system/modwaste-start.service /etc/systemd/system/modwaste-collect.service
  [ "$MODE" = collect ] || systemctl daemon-reload
}
