# ---- Tracing. This part also runs in the initramfs, where sh, cat, grep, mkdir and mount may be all there is.

try() { # VALUE FILE: writes, and keeps the reason of a failure in $error
  error=$( { echo "$1" >> "$2"; } 2>&1) && return
  error=${error##*: }
  return 1
}

lockdown() { # none, integrity or confidentiality; nothing where the kernel has no lockdown
  value=$(line_of /sys/kernel/security/lockdown)
  value=${value#*\[}
  echo "${value%%\]*}"
}

mounted() { # TYPE FOLDER: mounts it there, and remembers
  error=$(mount -t "$1" "$1" "$2" 2>&1) || { note "mount $1" failed "$error"; return 1; }
  echo "$2" >> "$STATE/mounted"
  note "mount $1" ok "$2"
}

find_tracefs() { # sets T
  [ -e /sys/kernel/security/lockdown ] || [ ! -d /sys/kernel/security ] || mounted securityfs /sys/kernel/security
  # Not even mounted then: 6.12 crashes when it is unmounted.
  [ "$(lockdown)" != confidentiality ] || { lacks trace 'this kernel is locked down (lockdown: confidentiality)'; return 1; }
  T=/sys/kernel/tracing
  [ -d "$T" ] || T=/sys/kernel/debug/tracing # before 4.1
  [ ! -e "$T/trace" ] || return 0
  [ -d "$T" ] || { lacks trace 'this kernel has no tracefs (CONFIG_FTRACE)'; return 1; }
  mounted tracefs "$T" || { lacks trace "tracefs cannot be mounted: $error"; return 1; }
}

# Per CPU: a sixteenth of the available memory, shared by all CPUs, between 256 KiB and 64 MiB; 256 MiB in all.
buffer_kb() {
  cpus=0 kb=0
  for _ in /sys/devices/system/cpu/cpu[0-9]*; do cpus=$((cpus + 1)); done
  while read -r name value _; do [ "$name" != MemAvailable: ] || kb=$((value / 16)); done < /proc/meminfo
  [ "$kb" -le 262144 ] || kb=262144
  kb=$((kb / cpus))
  [ "$kb" -le 65536 ] || kb=65536
  [ "$kb" -ge 256 ] || kb=256
  echo "$kb"
}

start() {
  mkdir -p "$STATE" || die "cannot write to $STATE"
  line_of /proc/uptime > "$STATE/started"
  counters before
  [ "$LEVEL" != counters ] || { lacks trace '--level counters'; return; }
  find_tracefs || return
  I=$T/instances/modwaste
  if ! error=$(mkdir "$I" 2>&1); then
    lacks trace "tracefs refuses an instance: ${error##*: }"
    return
  fi
  echo "$T" > "$STATE/tracefs"
  echo "$I" > "$STATE/instance"
  note trace ok 'into an instance of its own'
  try 0 "$I/tracing_on" # until all is set
  for clock in mono global; do
    if try "$clock" "$I/trace_clock"; then note clock ok "$clock"; break; fi
    note clock failed "$clock: $error"
  done
  refused=''
  for event in $EVENTS; do
    if try 1 "$I/events/${event%:*}/${event#*:}/enable"; then note "event $event" ok; continue; fi
    note "event $event" failed "$error"
    case $event in syscalls:*) refused="$refused ${event#*:}" ;; esac
  done
  [ -z "$refused" ] || lacks trace "this kernel has no events$refused (CONFIG_FTRACE_SYSCALLS)"
  # After the events: once an instance has a size, 6.1 no longer enlarges the main buffer for who traces next.
  kb=$(buffer_kb)
  until try "$kb" "$I/buffer_size_kb" || [ "$kb" -lt 512 ]; do
    note buffer failed "$kb KiB per CPU: $error"
    kb=$((kb / 2))
  done
  note buffer ok "$kb KiB per CPU"
  names_of_tasks
  if [ "$LEVEL" = trace ]; then lacks probes '--level trace'; else probes; fi
  try 1 "$I/tracing_on"
}

# The kernel keeps the names of 128 tasks. More, unless someone else traces: the change would drop what it keeps.
names_of_tasks() {
  for other in "$T"/instances/*/; do [ "$other" = "$I/" ] || return; done
  [ "$(line_of "$T/current_tracer")" = nop ] && [ -z "$(line_of "$T/set_event")" ] || return
  size=$(line_of "$T/saved_cmdlines_size")
  [ "${size:-4096}" -lt 4096 ] && try 4096 "$T/saved_cmdlines_size" && echo "$size" > "$STATE/saved_cmdlines_size"
}

# ---- Probes. `f:` needs BTF and fprobe events (6.6 and later), `p:` and `r:` kprobe events.

name_of() { # FUNCTION: as this kernel calls it, with the suffix that the compiler may have added
  for symbol in $SYMBOLS; do
    case $symbol in
    *.cold | *.part.*) ;;
    "$1" | "$1".constprop.* | "$1".isra.* | "$1".llvm.*) echo "$symbol"; return ;;
    esac
  done
  return 1
}

attach() { # NAME FUNCTION FORM...: the first that this kernel takes; @ is the function. With PRINT, prints that of kprobes
  probe=$1
  symbol=$(name_of "$2") || { [ -n "$PRINT" ] || note "probe $probe" skipped "no function $2"; return 1; }
  shift 2
  for form; do
    definition="${form%%:*}:modwaste/$probe $symbol${form#*:@}"
    if [ -n "$PRINT" ]; then
      case $form in [pr]*) echo "$definition"; return ;; esac
      continue
    fi
    if try "$definition" "$T/$DYNAMIC"; then
      if try 1 "$I/events/modwaste/$probe/enable"; then note "probe $probe" ok "$definition"; return; fi
      try "-:modwaste/$probe" "$T/$DYNAMIC"
    elif [ -r "$T/error_log" ]; then
      why=''
      while read -r line; do case $line in *error:*) why=", ${line##*error: }" ;; esac; done < "$T/error_log"
      error=$error$why
    fi
    note "probe $probe" failed "$definition: $error"
  done
  FAILED="$FAILED $probe"
  return 1
}

# NAME FUNCTION ARGUMENTS-OF-f ARGUMENTS-OF-p-OR-r [LESS-OF-r]. Return probes ask for room, as storms overrun the default.
on_entry() { attach "$1" "$2" "f:@ $3" "p:@ $4"; }
on_return() { attach "$1" "$2" "f256:@%return $3" "f:@%return $3" "r256:@ $4" ${5:+"r256:@ $5"}; }
by_kprobe() { case $form in [pr]*) ;; *) return 1 ;; esac; } # the probe attached last

find_functions() { # sets SYMBOLS, and how arguments and words look here
  for function in $FUNCTIONS; do set -- "$@" -e " $function"; done
  SYMBOLS=$(grep -F "$@" /proc/kallsyms | while read -r _ _ symbol module; do [ -n "$module" ] || echo "$symbol"; done)
  retval="\$retval" arg1="\$arg1" arg2="\$arg2" arg3="\$arg3" arg6="\$arg6"
  # struct load_info starts name, mod, hdr, len; a pointer is as wide as an address is here.
  len=+24 word=u64 signed=s64
  address=$(line_of /proc/kallsyms)
  address=${address%% *}
  [ "${#address}" -le 8 ] || return 0
  len=+12 word=u32 signed=s32
  ! grep -q ARMv /proc/cpuinfo || arg1=%r0 arg2=%r1 arg3=%r2
}

probes() {
  FAILED='' DYNAMIC=dynamic_events release=$(line_of /proc/sys/kernel/osrelease)
  [ -e "$T/dynamic_events" ] || DYNAMIC=kprobe_events
  [ -n "$PRINT" ] || [ -e "$T/$DYNAMIC" ] || { lacks probes 'this kernel has no dynamic events (CONFIG_KPROBE_EVENTS)'; return; }
  find_functions
  [ -n "$SYMBOLS" ] || { lacks probes 'no symbols in /proc/kallsyms (CONFIG_KALLSYMS)'; return; }
  # Bytes of each failed load, where the kernel counts them (CONFIG_MODULE_STATS).
  exact=1
  for name in becoming invalid; do
    on_entry $name mod_stat_bump_$name "name=info->name:string len=info->len compressed=info->compressed_len flags=flags" \
      "name=+0(+0($arg1)):string len=$len($arg1):$word flags=$arg2:x32" || exact=''
  done
  on_entry listed try_add_failed_module "name:string reason" "name=+0($arg1):string reason=$arg2:u32"
  # Any kernel: phase and bytes by the steps of each call.
  on_return read kernel_read_file "name=file->f_path.dentry->d_name.name:string id=id ret=$retval" "ret=$retval:$signed" &&
    by_kprobe && case $len$release in
    # The name is where struct file and struct dentry had it until 6.5.
    +24[45].* | +246.[0-5].*) attach read_in kernel_read_file "p:@ name=+0(+40(+24($arg1))):string id=$arg6:u32" ;;
    esac
  on_return decomp module_decompress "len=info->len clen=size ret=$retval" "ret=$retval:s32" &&
    by_kprobe && attach decompin module_decompress "p:@ size=$arg3:$word"
  [ -z "$exact" ] || return 0
  on_entry load load_module "len=info->len flags=flags" "len=$len($arg1):$word flags=$arg3:x32"
  # A return probe sees arguments since 6.9. Elsewhere: the length once the signature is checked.
  case $release in [2345].* | 6.[0-8].*) with_len='' ;; *) with_len="len=$len($arg1):$word " ;; esac
  on_return loadret load_module "len=info->len ret=$retval" "${with_len}ret=$retval:s32" "ret=$retval:s32"
  case $definition in *len=*) ;; *) attach checked check_modstruct_version "p:@ len=$len($arg1):$word" ;; esac
  if on_return dup module_patient_check_exists "name=+0($arg1):string ret=$retval:s32" "ret=$retval:s32"; then
    ! by_kprobe || attach dupin module_patient_check_exists "p:@ name=+0($arg1):string"
  else # where the compiler inlined it: at least whether a load got as far as its layout
    attach layout module_enforce_rwx_sections 'p:@'
  fi
  on_entry postload security_kernel_post_load_data "size=size id=id" "size=$arg2:$word id=$arg3:u32"
  [ -z "$PRINT" ] || return 0
  for function in load_module module_patient_check_exists; do
    name_of $function > /dev/null || lacks probes "$function is no function of its own in this kernel"
  done
  [ -z "$FAILED" ] || lacks probes "not attached:$FAILED"
}
