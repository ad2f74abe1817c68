#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# modwaste-capture: records how this machine loads kernel modules, into one file to attach to a bug report.
#
#   sudo sh modwaste-capture.sh           does what the line of settings below says
#     --live [-- COMMAND...]              traces now, while COMMAND runs or for N seconds, and collects
#     --boot                              traces the next boot, and collects N seconds after multi-user.target
#     --undo                              takes back whatever an earlier run left
#     --seconds N    --level counters|trace|probes    --out FOLDER
#     --redact                            leaves out host name, secrets, MAC addresses, serial numbers
#
# What it changes, and takes back when it ends, Ctrl-C included:
#   - it mounts tracefs and debugfs where they are not mounted;
#   - it traces into an instance of its own (instances/modwaste), with probes of its own (group modwaste);
#   - unless someone else traces, tracing keeps the names of more tasks (saved_cmdlines_size);
#   - --boot: /etc/modwaste, two systemd units and a hook in this kernel's initramfs, which is made anew. They remove
#     themselves after the next boot.
# It sends nothing. The archive holds logs of this boot, the trace, and figures of modules and memory (`tar tzf` lists
# them); its manifest.json says what was tried, what failed, and what is missing.

MODE=live LEVEL=probes WAIT=30 REDACT='' OUT='' OWNER=''

ROOT=${MODWASTE_ROOT:-} # the tests put a machine of their own here
STATE=$ROOT/run/modwaste
EVENTS='module:module_load,module:module_free,module:module_request,syscalls:sys_enter_finit_module,syscalls:sys_exit_finit_module,syscalls:sys_enter_init_module,syscalls:sys_exit_init_module,sched:sched_process_exec,sched:sched_process_fork'
TAB='	'
CUT=''   # set by a signal: what is left is skipped
PRINT='' # set by --cmdline: print probes, attach none
umask 077

say() { printf 'modwaste-capture: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
has() { command -v "$1" > /dev/null 2>&1; }
line_of() { line=''; { read -r line < "$1"; } 2> /dev/null; printf '%s\n' "$line"; } # FILE: its first line

# For manifest.json: each thing tried, and each kind of evidence that the archive lacks.
note() { printf '%s\t%s\t%s\n' "$1" "$2" "${3:--}" >> "$STATE/tried"; } # WHAT ok|failed|skipped DETAIL
lacks() { # trace|probes|counters|log|sizes WHY
  printf '%s\t%s\n' "$1" "$2" >> "$STATE/missing"
  say "no $1: $2"
}

# ---- Tracing. This part also runs in the initramfs, where sh, cat, mkdir and mount may be all there is.

try() { # VALUE FILE: writes, and keeps the reason of a failure in $error
  error=$( { echo "$1" >> "$2"; } 2>&1) && return
  error=${error##*: }
  return 1
}

lockdown() { # none, integrity or confidentiality
  value=$(line_of "$ROOT/sys/kernel/security/lockdown")
  value=${value#*\[}
  echo "${value%%\]*}"
}

mounted() { # TYPE FOLDER: mounts it there; remembered for undo
  error=$(mount -t "$1" "$1" "$2" 2>&1) || { note "mount $1" failed "$error"; return 1; }
  echo "$2" >> "$STATE/mounted"
  note "mount $1" ok "$2"
}

find_tracefs() { # sets T
  T=$ROOT/sys/kernel/tracing
  [ -d "$T" ] || T=$ROOT/sys/kernel/debug/tracing # before 4.1
  [ ! -e "$T/trace" ] || return 0
  [ -d "$T" ] || { lacks trace 'this kernel has no tracefs (CONFIG_FTRACE)'; return 1; }
  mounted tracefs "$T" || { lacks trace "tracefs cannot be mounted: $error"; return 1; }
}

by_cmdline() { # true where this boot is traced by the line that --cmdline prints, into the main buffer
  case " $(line_of "$ROOT/proc/cmdline") " in *" trace_event=$EVENTS "*) ;; *) return 1 ;; esac
}

# Per CPU: a sixteenth of the available memory, shared by all CPUs, between 256 KiB and 64 MiB; 256 MiB in all.
buffer_kb() {
  cpus=0 kb=0
  for _ in "$ROOT"/sys/devices/system/cpu/cpu[0-9]*; do cpus=$((cpus + 1)); done
  while read -r name value _; do [ "$name" != MemAvailable: ] || kb=$((value / 16)); done < "$ROOT/proc/meminfo"
  [ "$kb" -le 262144 ] || kb=262144
  kb=$((kb / cpus))
  [ "$kb" -le 65536 ] || kb=65536
  [ "$kb" -ge 256 ] || kb=256
  echo "$kb"
}

remember() { # for undo
  printf '%s\n' "$T" > "$STATE/tracefs"
  printf '%s\n' "$I" > "$STATE/instance"
}

start() {
  mkdir -p "$STATE" || die "cannot write to $STATE"
  line_of "$ROOT/proc/uptime" > "$STATE/started"
  counters before
  if [ "$LEVEL" = counters ]; then lacks trace '--level counters'; return; fi
  find_tracefs || return
  I=$T
  if by_cmdline; then
    note trace ok 'by the kernel command line, into the main buffer'
    remember
  else
    I=$T/instances/modwaste
    if ! error=$(mkdir "$I" 2>&1); then
      why=$(lockdown)
      lacks trace "tracefs refuses an instance: ${error##*: }${why:+ (lockdown: $why)}"
      return
    fi
    remember
    note trace ok 'into an instance of its own'
    try 0 "$I/tracing_on" # until all is set
    for clock in mono global; do
      if try "$clock" "$I/trace_clock"; then note clock ok "$clock"; break; fi
      note clock failed "$clock: $error"
    done
    kb=$(buffer_kb)
    until try "$kb" "$I/buffer_size_kb" || [ "$kb" -lt 512 ]; do
      note buffer failed "$kb KiB per CPU: $error"
      kb=$((kb / 2))
    done
    note buffer ok "$kb KiB per CPU"
    rest=$EVENTS, refused=''
    while [ -n "$rest" ]; do
      event=${rest%%,*} rest=${rest#*,}
      if try 1 "$I/events/${event%:*}/${event#*:}/enable"; then note "event $event" ok; else
        note "event $event" failed "$error"
        case $event in syscalls:*) refused="$refused ${event#*:}" ;; esac
      fi
    done
    [ -z "$refused" ] || lacks trace "this kernel has no events$refused (CONFIG_FTRACE_SYSCALLS)"
  fi
  names_of_tasks
  if [ "$LEVEL" = trace ]; then lacks probes '--level trace'; else probes; fi
  try 1 "$I/tracing_on"
}

# The kernel keeps the names of 128 tasks. More, unless someone else traces: the change would drop what it keeps.
names_of_tasks() {
  for other in "$T"/instances/*/; do
    case $other in "$I/" | "$T/instances/*/") ;; *) return ;; esac
  done
  [ "$(line_of "$T/current_tracer")" = nop ] && { [ "$I" = "$T" ] || [ -z "$(line_of "$T/set_event")" ]; } || return
  size=$(line_of "$T/saved_cmdlines_size")
  [ "${size:-4096}" -lt 4096 ] && try 4096 "$T/saved_cmdlines_size" && echo "$size" > "$STATE/saved_cmdlines_size"
}

# ---- Probes. `f:` needs BTF and fprobe events (6.6 and later), `p:` and `r:` kprobe events.

attach() { # NAME DEFINITION...: the first that this kernel takes; with PRINT, prints one for the kernel command line
  probe=$1
  shift
  for definition; do
    if [ -n "$PRINT" ]; then
      case $definition in [pr]*) echo "${definition%%:*}:modwaste/$probe ${definition#*:}"; return ;; esac
      continue
    fi
    if try "${definition%%:*}:modwaste/$probe ${definition#*:}" "$T/$DYNAMIC"; then
      if try 1 "$I/events/modwaste/$probe/enable"; then note "probe $probe" ok "$definition"; return; fi
      try "-:modwaste/$probe" "$T/$DYNAMIC"
    else
      why=''
      [ ! -r "$T/error_log" ] || while read -r line; do
        case $line in *error:*) why=", ${line##*error: }" ;; esac
      done < "$T/error_log"
      error=$error$why
    fi
    note "probe $probe" failed "$definition: $error"
  done
  FAILED="$FAILED $probe"
  return 1
}

symbols() { # NAME: as this kernel calls it, with the suffix that the compiler may have added
  if has grep; then
    grep -E " $1([.](constprop|isra)[.][0-9]+)*\$" "$ROOT/proc/kallsyms"
  else
    while read -r line; do
      case $line in *" $1" | *" $1.constprop."*[0-9] | *" $1.isra."*[0-9]) echo "$line" ;; esac
    done < "$ROOT/proc/kallsyms"
  fi | while read -r _ _ symbol; do echo "$symbol"; done
}

probes() {
  FAILED='' DYNAMIC=dynamic_events
  [ -e "$T/dynamic_events" ] || DYNAMIC=kprobe_events
  [ -z "$PRINT" ] && [ -d "$T/events/modwaste" ] && { note probes ok 'by the kernel command line'; return; }
  [ -n "$PRINT" ] || [ -e "$T/$DYNAMIC" ] || { lacks probes 'this kernel has no dynamic events (CONFIG_KPROBE_EVENTS)'; return; }
  # struct load_info starts name, mod, hdr, len; the width of a pointer is that of an address here.
  at=24 word=u64 signed=s64
  address=$(line_of "$ROOT/proc/kallsyms")
  [ -n "$address" ] || { lacks probes 'no symbols in /proc/kallsyms'; return; }
  address=${address%% *}
  [ "${#address}" -gt 8 ] || at=12 word=u32 signed=s32
  # Bytes of each failed load, where the kernel counts them (CONFIG_MODULE_STATS).
  exact=''
  for s in $(symbols mod_stat_bump_becoming); do
    attach becoming "f:$s name=info->name:string len=info->len compressed=info->compressed_len flags=flags" \
      "p:$s name=+0(+0(\$arg1)):string len=+$at(\$arg1):$word flags=\$arg2:x32" && exact=$s
  done
  for s in $(symbols mod_stat_bump_invalid); do
    attach invalid "f:$s name=info->name:string len=info->len compressed=info->compressed_len flags=flags" \
      "p:$s name=+0(+0(\$arg1)):string len=+$at(\$arg1):$word flags=\$arg2:x32" || exact=''
  done
  for s in $(symbols try_add_failed_module); do
    attach listed "f:$s name:string reason" "p:$s name=+0(\$arg1):string reason=\$arg2:u32"
  done
  # Any kernel: phase and bytes by the steps of each call. Return probes ask for room, as storms overrun the default.
  attach read "f256:kernel_read_file%return name=file->f_path.dentry->d_name.name:string id=id ret=\$retval" \
    "f:kernel_read_file%return name=file->f_path.dentry->d_name.name:string id=id ret=\$retval" \
    "r256:kernel_read_file ret=\$retval:$signed"
  # Without BTF the name is where struct file and struct dentry had it until 6.5.
  case $definition$at$(line_of "$ROOT/proc/sys/kernel/osrelease") in
  r*24[45].* | r*246.[0-5].*) attach read_in "p:kernel_read_file name=+0(+40(+24(\$arg1))):string id=\$arg6:u32" ;;
  esac
  for s in $(symbols module_decompress); do
    attach decomp "f:$s%return len=info->len clen=size ret=\$retval" "r256:$s ret=\$retval:s32" &&
      case $definition in r*) attach decompin "p:$s size=\$arg3:$word" ;; esac
  done
  [ -z "$exact" ] || return 0
  for s in $(symbols load_module); do
    attach load "f:$s len=info->len flags=flags" "p:$s len=+$at(\$arg1):$word flags=\$arg3:x32"
    attach loadret "f256:$s%return len=info->len ret=\$retval" "f:$s%return len=info->len ret=\$retval" "r256:$s ret=\$retval:s32"
  done
  patient=$(symbols module_patient_check_exists)
  for s in $patient; do
    attach dup "f256:$s%return name=+0(\$arg1):string ret=\$retval:s32" "f:$s%return name=+0(\$arg1):string ret=\$retval:s32" \
      "r256:$s ret=\$retval:s32" && case $definition in r*) attach dupin "p:$s name=+0(\$arg1):string" ;; esac
  done
  attach postload "f:security_kernel_post_load_data size=size id=id" "p:security_kernel_post_load_data size=\$arg2:$word id=\$arg3:u32"
  [ -z "$PRINT" ] || return 0
  [ -n "$patient" ] || lacks probes 'module_patient_check_exists is no function of its own in this kernel'
  [ -z "$FAILED" ] || lacks probes "not attached:$FAILED"
}
