# ---- What the archive holds.

counters() { # before|after: /sys/kernel/debug/modules, the kernel's own counters of failed loads
  for file in /sys/kernel/debug/*; do
    [ -e "$file" ] || [ ! -d /sys/kernel/debug ] || mounted debugfs /sys/kernel/debug
    break
  done
  if [ ! -d /sys/kernel/debug/modules ]; then
    grep -q '^counters' "$STATE/missing" 2> /dev/null || lacks counters 'this kernel has none (CONFIG_MODULE_STATS, since 6.4)'
    return
  fi
  mkdir -p "$STATE/$1"
  for file in /sys/kernel/debug/modules/*; do
    error=$( { cat "$file" > "$STATE/$1/${file##*/}"; } 2>&1) && continue
    error=${error##*: } why=$(lockdown)
    note "$file" failed "$error"
    [ "$1" = after ] || lacks counters "${file##*/} cannot be read: $error${why:+ (lockdown: $why)}"
  done
}

save() { # FILE COMMAND...: the command's output as that file of the archive
  file=$1
  shift
  if [ -n "$CUT" ]; then error=interrupted; note "$file" skipped "$error"; return 1; fi
  case $file in */*) mkdir -p "$DIR/${file%/*}" ;; esac
  if error=$("$@" 2>&1 > "$DIR/$file") && [ -s "$DIR/$file" ]; then note "$file" ok "$*"; return; fi
  error=$(one_line "${error:-empty}")
  note "$file" failed "$*: $error"
  case $error in *'No space left'*) say "disk full: $file is incomplete" ;; *) rm -f "$DIR/$file" ;; esac
  return 1
}

by_cmdline() { # true where this boot is traced by the line that --cmdline prints, into the main buffer
  case " $(line_of /proc/cmdline)" in *' trace_event='*sys_exit_finit_module*) ;; *) return 1 ;; esac
}

find_trace() { # sets T and I: where tracing was started
  T=$(line_of "$STATE/tracefs") I=$(line_of "$STATE/instance")
  [ -z "$I" ] || return 0
  [ ! -e "$STATE/started" ] || return 1 # it was tried, and the manifest says why not
  by_cmdline || { lacks trace 'nothing traced this boot'; return 1; }
  find_tracefs || return
  I=$T
  note trace ok 'by the kernel command line, into the main buffer'
  [ -d "$T/events/modwaste" ] || lacks probes 'the kernel command line has none'
  echo "$T" > "$STATE/tracefs"
  echo "$T" > "$STATE/instance"
}

save_trace() {
  find_trace || return
  try 0 "$I/tracing_on"
  save tracing/trace.gz gzip -c "$I/trace" || save tracing/trace cat "$I/trace" || lacks trace "the trace cannot be saved: $error"
  save tracing/stats grep '' "$I"/per_cpu/cpu*/stats /dev/null
  for file in "$I/trace_clock" "$I/buffer_size_kb" "$T/dynamic_events" "$T/kprobe_profile"; do
    [ ! -e "$file" ] || save "tracing/${file##*/}" cat "$file"
  done
  CLOCK=$(sed 's/.*\[\(.*\)\].*/\1/' "$I/trace_clock")
  LOST=0
  # shellcheck disable=SC2013 # one number a line
  for lost in $(sed -n 's/^overrun: //p; s/^dropped events: //p' "$I"/per_cpu/cpu*/stats); do LOST=$((LOST + lost)); done
  [ "$LOST" = 0 ] || lacks trace "$LOST events were lost: the buffer was too small"
}

listing() { # sizes of the module files
  find "$1/" -name '*.ko*' -printf '%s %p\n' 2> /dev/null || find "$1/" -name '*.ko*' -exec stat -c '%s %n' {} + || ls -lR "$1/"
}

kmsg() { # reading ends only with a signal
  [ -r /dev/kmsg ] || return
  cat /dev/kmsg &
  sleep 1
  kill $!
}

config() {
  if [ -r /proc/config.gz ]; then gunzip -c < /proc/config.gz; else cat "/boot/config-$RELEASE"; fi |
    grep -E 'MODULE|PROBE|FTRACE|TRACING|BTF|DEBUG_FS|LOCK_DOWN|KALLSYMS'
}

cpus() { grep -E '^(model name|cpu model|Hardware|CPU part)' /proc/cpuinfo | sort | uniq -c; }

save_rest() {
  save dmesg.json dmesg -J || save kmsg.txt kmsg || save dmesg.txt dmesg || lacks log "the kernel log cannot be read: $error"
  if has journalctl; then save "journal.$JOURNAL" journalctl -b --no-pager -o "$JOURNAL"; fi
  for file in modules meminfo vmallocinfo vmstat cmdline version; do save "proc/$file" cat "/proc/$file"; done
  save proc/cpuinfo.counted cpus
  save module-sizes.txt listing "/lib/modules/$RELEASE" || lacks sizes "the files in /lib/modules/$RELEASE cannot be listed: $error"
  save "config-$RELEASE" config
  if has kmod; then save kmod-version.txt kmod --version; fi
  if has systemctl; then save systemd-version.txt systemctl --version; fi
  if has systemd-analyze; then
    save systemd-analyze.txt systemd-analyze
    for what in critical-chain blame; do save "systemd-$what.txt" systemd-analyze "$what" --no-pager; done
  fi
}

redact() { # in the texts; the trace holds names of tasks and of programs only
  # A host that is called as the kernel's own words are is no secret, and those words are evidence.
  case $HOST in
  '' | kernel | linux | localhost | systemd | udev | module | modprobe | boot) word=secretless ;;
  *) word=$(printf '%s' "$HOST" | sed 's/[^A-Za-z0-9_-]/\\&/g') ;;
  esac
  for file in "$DIR"/dmesg.* "$DIR"/kmsg.txt "$DIR"/journal.* "$DIR"/proc/cmdline; do
    [ -f "$file" ] || continue
    sed -E -e "s/(^|[^A-Za-z0-9_-])$word([^A-Za-z0-9_-]|\$)/\1HOST\2/g" \
      -e 's/("_MACHINE_ID":")[0-9a-f]+/\1REDACTED/' \
      -e 's/([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}/MAC/g' \
      -e 's/([A-Za-z0-9_.-]*(pass|secret|token|key|cred|user|login|luks|crypt)[A-Za-z0-9_.-]*=)[^ "\\]*/\1REDACTED/g' \
      -e 's/((serial ?number|serial|S\/N|asset tag|uuid|wwn)[:=] *)[^ ,;"\\]+/\1REDACTED/Ig' \
      "$file" > "$file.tmp" && mv "$file.tmp" "$file"
  done
}

# shellcheck disable=SC2086 # words, with one space between them
one_line() (set -f; set -- $1; printf '%s' "$*")

json() { # TEMPLATE: fields between tabs as JSON
  sed -e 's/[\\"]/\\&/g' -e "s/^\([^$TAB]*\)$TAB\([^$TAB]*\)$TAB*\(.*\)\$/$1/" -e 's/[[:cntrl:]]/ /g'
}

manifest() { # keeps an earlier one where the disk is full
  print_manifest > "$DIR/manifest.new" && mv "$DIR/manifest.new" "$DIR/manifest.json" && return
  rm -f "$DIR/manifest.new"
  say 'disk full: manifest.json is incomplete'
}

print_manifest() {
  printf '{\n  "modwaste_capture": 1,\n'
  for pair in "mode=$MODE" "level=$LEVEL" "ended=$ENDED" "command=$COMMAND" "date=$DATE" "host=$NAME" "kernel=$RELEASE" \
    "machine=$(uname -m)" "boot_id=$(line_of /proc/sys/kernel/random/boot_id)" "clock=$CLOCK" \
    "started=$(line_of "$STATE/started")" "collected=$UPTIME" "lockdown=$LOCKDOWN" "redacted=$REDACTED"; do
    printf '%s\t%s\n' "${pair%%=*}" "$(one_line "${pair#*=}")"
  done | json '  "\1": "\2",'
  printf '  "cpus": %s,\n  "lost_events": %s,\n  "missing": [\n' "$(grep -c '^processor' /proc/cpuinfo)" "${LOST:-null}"
  json '    {"what": "\1", "why": "\2"},' < "$STATE/missing" | sed '$s/,$//'
  printf '  ],\n  "tried": [\n'
  json '    {"what": "\1", "result": "\2", "detail": "\3"},' < "$STATE/tried" | sed '$s/,$//'
  printf '  ]\n}\n'
}

roomy() { # FOLDER: can hold the archive
  free=$(df -Pk "$1" 2> /dev/null | sed -n '2s/.* \([0-9][0-9]*\)  *[0-9]*% .*/\1/p')
  [ -w "$1" ] && [ "${free:-0}" -ge 20480 ]
}

pack() {
  cd "${DIR%/*}" || return
  archive=$DIR.tar.gz how=czf
  has gzip || archive=$DIR.tar how=cf
  if error=$(tar "$how" "$archive" "${DIR##*/}" 2>&1); then
    rm -rf "$DIR"
  else
    rm -f "$archive"
    archive=$DIR
    say "no archive (${error##*: }): attach the folder as it is"
  fi
  owner=${OWNER:-${SUDO_UID:-}}
  [ -z "$owner" ] || chown -R "$owner" "$archive"
  say "done. Attach this: $archive"
}

# ---- Taking back.

undo_trace() {
  T=$(line_of "$STATE/tracefs") I=$(line_of "$STATE/instance")
  if [ -n "$I" ] && [ "$I" = "$T" ]; then # what the kernel command line started
    for event in $EVENTS; do try 0 "$T/events/${event%:*}/${event#*:}/enable"; done
    [ ! -d "$T/events/modwaste" ] || try 0 "$T/events/modwaste/enable"
    : > "$T/trace"
    try 1408 "$T/buffer_size_kb"
    try 1 "$T/tracing_on"
  elif [ -n "$I" ]; then
    rmdir "$I" || note 'remove the instance' failed "$I"
  fi
  for file in "$T/dynamic_events" "$T/kprobe_events"; do
    [ -e "$file" ] || continue
    # shellcheck disable=SC2013 # the first word of a line names the probe
    for word in $(cat "$file"); do
      case $word in [a-z]*:modwaste/*) try "-:${word#*:}" "$file" || note "remove ${word#*:}" failed "$error" ;; esac
    done
  done
  size=$(line_of "$STATE/saved_cmdlines_size")
  [ -z "$size" ] || try "$size" "$T/saved_cmdlines_size"
  rm -f "$STATE/instance" "$STATE/tracefs" "$STATE/saved_cmdlines_size"
  [ -f "$STATE/mounted" ] || return 0
  while read -r folder; do umount "$folder" || note "umount $folder" failed; done < "$STATE/mounted"
  rm -f "$STATE/mounted"
}
