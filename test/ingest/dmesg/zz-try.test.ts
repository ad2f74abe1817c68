import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { test } from 'vitest';
import { read, fact, recognise } from './read.js';
test('x', async () => {
  const out: string[]=[]; const sum: Record<string,number>={};
  for (const f of readdirSync('/tmp/pl')) {
    const bytes=readFileSync('/tmp/pl/'+f);
    if (!recognise(bytes)) { console.log('NONE', f); continue; }
    const t0=Date.now();
    const r=await read(bytes);
    const kinds: Record<string,number> = {};
    for (const e of r.events) { const k=e.kind+('what' in e?':'+(e as any).what:'')+('reason' in e?':'+(e as any).reason:''); kinds[k]=(kinds[k]??0)+1; sum[k]=(sum[k]??0)+1; out.push(f.slice(0,30)+':'+e.line+' '+e.t+' '+fact(e).slice(0,300)); }
    const boots=r.events.filter((e:any)=>e.kind==='boot-start').map((e:any)=>`${e.line}:${e.by}:${e.complete}:${e.t}`).join(' ');
    console.log(f.slice(0,50), '|', r.form, r.confidence, r.clock?.zero, JSON.stringify(kinds).length>10?boots:'', JSON.stringify(r.diagnostics), bytes.length, Date.now()-t0+'ms');
  }
  writeFileSync('/tmp/pl-events.txt', out.join('\n'));
  console.log(JSON.stringify(sum,null,0));
}, 300000);
