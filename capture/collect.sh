# ---- What the archive holds.

counters() { # before|after: /sys/kernel/debug/modules, the kernel's own counters of failed loads
  debugfs=$ROOT/sys/kernel/debug has_debugfs=''
  while read -r _ folder _; do [ "$ROOT$folder" != "$debugfs" ] || has_debugfs=1; done < "$ROOT/proc/mounts"
  [ -n "$has_debugfs" ] || [ ! -d "$debugfs" ] || mounted debugfs "$debugfs"
  if [ ! -e "$debugfs/modules/stats" ]; then
    [ "$1" = after ] || lacks counters 'this kernel has none (CONFIG_MODULE_STATS, since 6.4)'
    return
  fi
  mkdir -p "$STATE/$1"
  for file in "$debugfs"/modules/*; do
    error=$( { cat "$file" > "$STATE/$1/${file##*/}"; } 2>&1) || note "$file" failed "$error"
  done
}

save() { # FILE COMMAND...: the command's output as that file of the archive
  file=$1
  shift
  if [ -n "$CUT" ]; then note "$file" skipped interrupted; return 1; fi
  case $file in */*) mkdir -p "$DIR/${file%/*}" ;; esac
  if error=$("$@" 2>&1 > "$DIR/$file") && [ -s "$DIR/$file" ]; then note "$file" ok "$*"; return; fi
  error=$(printf '%s' "${error:-empty}" | tr '\n\t' '  ')
  note "$file" failed "$*: $error"
  case $error in *'No space left'*) say "disk full: $file is incomplete" ;; *) rm -f "$DIR/$file" ;; esac
  return 1
}

save_trace() {
  T=$(line_of "$STATE/tracefs") I=$(line_of "$STATE/instance")
  if [ -z "$I" ]; then
    [ "$LEVEL" != counters ] && by_cmdline && find_tracefs || return
    I=$T
    remember
  fi
  try 0 "$I/tracing_on"
  save tracing/trace.gz gzip -c "$I/trace" || save tracing/trace cat "$I/trace" || lacks trace "the trace cannot be saved: $error"
  save tracing/stats grep '' "$I"/per_cpu/cpu*/stats /dev/null
  for file in trace_clock buffer_size_kb; do save "tracing/$file" cat "$I/$file"; done
  for file in dynamic_events kprobe_profile; do [ ! -e "$T/$file" ] || save "tracing/$file" cat "$T/$file"; done
  CLOCK=$(sed 's/.*\[\(.*\)\].*/\1/' "$I/trace_clock")
  LOST=$(($(sed -n 's/^overrun: /+/p; s/^dropped events: /+/p' "$I"/per_cpu/cpu*/stats | tr -d '\n')+0))
  [ "$LOST" = 0 ] || lacks trace "$LOST events were lost: the buffer was too small"
}

listing() { # sizes of the module files
  find "$1/" -name '*.ko*' -printf '%s %p\n' 2> /dev/null || find "$1/" -name '*.ko*' -exec stat -c '%s %n' {} + ||
    ls -lR "$1/"
}

kmsg() { # reading ends only with a signal
  [ -r "$ROOT/dev/kmsg" ] || return
  cat "$ROOT/dev/kmsg" &
  reader=$!
  sleep 1
  kill $reader
}

config() {
  if [ -r "$ROOT/proc/config.gz" ]; then gzip -dc < "$ROOT/proc/config.gz"; else cat "$ROOT/boot/config-$RELEASE"; fi |
    grep -E 'MODULE|PROBE|FTRACE|TRACING|BTF|DEBUG_FS|LOCK_DOWN|KALLSYMS'
}

cpus() { grep -E '^(model name|cpu model|Hardware|CPU part)' "$ROOT/proc/cpuinfo" | sort | uniq -c; }

save_rest() {
  save dmesg.json dmesg -J || save kmsg.txt kmsg || save dmesg.txt dmesg || lacks log "the kernel log cannot be read: $error"
  if has journalctl; then save "journal.$JOURNAL" journalctl -b --no-pager -o "$JOURNAL"; fi
  for file in modules meminfo vmallocinfo vmstat cmdline version; do save "proc/$file" cat "$ROOT/proc/$file"; done
  save proc/cpuinfo.counted cpus
  save module-sizes.txt listing "$ROOT/lib/modules/$RELEASE" || lacks sizes "no files in /lib/modules/$RELEASE"
  save "config-$RELEASE" config
  if has kmod; then save kmod-version.txt kmod --version; fi
  if has systemctl; then save systemd-version.txt systemctl --version; fi
  if has systemd-analyze; then save systemd-analyze.txt systemd-analyze; fi
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

text() { printf '"%s"' "$(printf '%s' "$1" | tr '\n\t\r' '   ' | sed 's/\\/\\\\/g; s/"/\\"/g')"; }

manifest() {
  printf '{\n  "modwaste_capture": 1,\n'
  for pair in "mode=$MODE" "level=$LEVEL" "ended=${ENDED:-finished}" "command=$COMMAND" "date=$DATE" "host=$NAME" "kernel=$RELEASE" \
    "machine=$(uname -m)" "boot_id=$(line_of "$ROOT/proc/sys/kernel/random/boot_id")" "clock=$CLOCK" \
    "started=$(line_of "$STATE/started")" "collected=$UPTIME" "lockdown=$(lockdown)" "redacted=$REDACTED"; do
    printf '  "%s": ' "${pair%%=*}"
    text "${pair#*=}"
    printf ',\n'
  done
  printf '  "cpus": %s,\n  "lost_events": %s,\n' "$(grep -c '^processor' "$ROOT/proc/cpuinfo")" "${LOST:-null}"
  list missing what why
  printf ',\n'
  list tried what result detail
  printf '\n}\n'
}

list() { # FILE KEY...: its lines as JSON objects
  printf '  "%s": [' "$1"
  name=$1 comma=''
  shift
  while IFS=$TAB read -r a b c; do
    printf '%s\n    {' "$comma"
    comma=,
    for key; do
      [ "$key" = "$1" ] || printf ', '
      printf '"%s": ' "$key"
      text "$a"
      a=$b b=$c
    done
    printf '}'
  done < "$STATE/$name"
  printf '\n  ]'
}

roomy() { # FOLDER: can hold the archive
  free=$(df -Pk "$1" 2> /dev/null | sed -n '2s/.* \([0-9][0-9]*\)  *[0-9]*% .*/\1/p')
  [ -w "$1" ] && [ "${free:-0}" -ge 20480 ]
}

collect() {
  RELEASE=$(line_of "$ROOT/proc/sys/kernel/osrelease") HOST=$(line_of "$ROOT/proc/sys/kernel/hostname")
  DATE=$(date -u +%Y%m%dT%H%M%SZ) UPTIME=$(line_of "$ROOT/proc/uptime") NAME=$HOST JOURNAL=export REDACTED=''
  if [ -n "$REDACT" ]; then # lines of JSON can be redacted, length-prefixed fields cannot
    NAME=HOST JOURNAL=json
    REDACTED='host name, values of secrets, MAC addresses, serial numbers'
  fi
  mkdir -p "$STATE"
  touch "$STATE/tried" "$STATE/missing"
  for folder in "$OUT" "$ROOT/var/tmp" "$ROOT/root" "$ROOT/dev/shm"; do
    roomy "$folder" && break
    say "no room in $folder (20 MiB are needed)"
  done
  DIR=$folder/modwaste-$NAME-$DATE
  mkdir "$DIR" || die "cannot write to $folder"
  trap '' INT TERM HUP # what was traced is kept, and the trace taken back, in any case
  save_trace
  counters after
  undo_trace
  trap 'CUT=1' INT TERM HUP
  for folder in before after; do [ ! -d "$STATE/$folder" ] || cp -r "$STATE/$folder" "$DIR/"; done
  save_rest
  [ -z "$REDACT" ] || redact
  [ -z "$CUT" ] || ENDED='interrupted while collecting'
  manifest > "$DIR/manifest.json" || say 'disk full: no manifest.json'
  pack
  rm -rf "$STATE"
}

pack() {
  archive=$DIR.tar.gz
  if error=$(cd "${DIR%/*}" && tar czf "$archive" "${DIR##*/}" 2>&1); then
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
  if [ -n "$I" ]; then
    if [ "$I" = "$T" ]; then
      rest=$EVENTS,
      while [ -n "$rest" ]; do
        event=${rest%%,*} rest=${rest#*,}
        try 0 "$T/events/${event%:*}/${event#*:}/enable"
      done
      [ ! -d "$T/events/modwaste" ] || try 0 "$T/events/modwaste/enable"
      : > "$T/trace"
      try 1408 "$T/buffer_size_kb"
      try 1 "$T/tracing_on"
    else
      rmdir "$I" || note 'remove the instance' failed "$I"
    fi
    remove_probes
    [ ! -f "$STATE/saved_cmdlines_size" ] || try "$(line_of "$STATE/saved_cmdlines_size")" "$T/saved_cmdlines_size"
    rm -f "$STATE/instance" "$STATE/tracefs"
  fi
  [ -f "$STATE/mounted" ] || return 0
  while read -r folder; do umount "$folder" || note "umount $folder" failed; done < "$STATE/mounted"
  rm -f "$STATE/mounted"
}

remove_probes() {
  for file in "$T/dynamic_events" "$T/kprobe_events"; do
    [ -e "$file" ] || continue
    sed -n 's/^[a-z0-9]*:\(modwaste\/[^ ]*\).*/-:\1/p' "$file" 2> /dev/null > "$STATE/probes"
    while read -r probe; do try "$probe" "$file" || note "remove ${probe#-:}" failed "$error"; done < "$STATE/probes"
  done
}
