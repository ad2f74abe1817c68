/** What kernel logs and traces are full of: what is rare here is worth looking for. */
export const SAMPLE = new TextEncoder().encode(`
          <idle>-0       [003] d..2.    37.321026: sched_switch: prev_comm=swapper/3 prev_pid=0 prev_prio=120 prev_state=R ==> next_comm=kworker/3:1 next_pid=57 next_prio=120
     ksoftirqd/1-22      [001] d.s3.   812.004519: sched_waking: comm=rcu_preempt pid=15 prio=120 target_cpu=000
            Xorg-1871    [006] d.h1.  1290.118730: sched_stat_runtime: comm=postgres pid=8042 runtime=1290512 [ns] vruntime=98
    kworker/u8:2-4410    [002] .....    45.900871: workqueue_execute_start: work struct 00000000d3a1f5c2: function wb_workfn
          <idle>-0       [000] d.h1.     9.764103: irq_handler_entry: irq=24 name=virtio0-input.0
          <idle>-0       [000] dNh1.     9.764188: irq_handler_exit: irq=24 ret=handled
       python3-30412     [005] ..s1.   233.871250: softirq_entry: vec=1 [action=TIMER]
       systemd-1         [004] d..1.    60.002817: timer_start: timer=00000000b46e7c19 function=delayed_work_timer_fn expires=4294952300 [timeout=250] cpu=4 idx=12 flags=D|P|I
          <idle>-0       [007] d.h..    71.440296: hrtimer_expire_entry: hrtimer=00000000e85d0f1c function=tick_nohz_handler now=71440290012
          node-2093      [001] .....   118.335907: kmem_cache_alloc: call_site=__alloc_skb+0x6e/0x1a0 ptr=00000000a5c9d3e7 bytes_req=256 bytes_alloc=256 gfp_flags=GFP_KERNEL|__GFP_ZERO node=-1 accounted=false
            sh-5120      [003] .....    88.610542: kfree: call_site=skb_release_data+0x10d/0x1e0 ptr=000000004b3f6a98
            sh-5120      [003] .....    88.610597: sys_openat(dfd: ffffff9c, filename: 7f8e42d1, flags: 80000, mode: 0)
            sh-5120      [003] .....    88.610613: sys_read -> 0x340
         nginx-971       [002] .....   310.229418: net_dev_queue: dev=eth0 skbaddr=00000000c07f95ab len=1514
         jbd2-311        [006] .....    52.718334: block_rq_issue: 8,0 WS 4096 () 1953128 + 8 none,0,0 [jbd2/sda1-8]
[    0.000000] BIOS-e820: [mem 0x000000000009fc00-0x000000000009ffff] reserved
[    0.176254] ACPI: SSDT 0x00000000BFFE1D0D 0009E3 (v02 Intel  CpuSsdt 00003000 INTL 20160527)
[    0.581930] pci 0000:00:1f.2: [8086:2922] type 00 class 0x010601 conventional PCI endpoint
[    0.583417] pci 0000:00:02.0: BAR 0 [mem 0xfd000000-0xfdffffff pref]
[    1.204678] usb 1-1: New USB device found, idVendor=0627, idProduct=0001, bcdDevice= 0.00
[    1.377015] input: Power Button as /devices/LNXSYSTM:00/LNXPWRBN:00/input/input0
[    2.918341] EXT4-fs (sda1): mounted filesystem with ordered data mode. Quota mode: none.
[    4.450126] systemd[1]: Started Rule-based Manager for Device Events and Files.
[    7.093852] audit: type=1400 audit(1700000000.123:5): apparmor="STATUS" operation="profile_load" profile="unconfined" name="lsb_release" pid=412 comm="apparmor_parser"
`);
