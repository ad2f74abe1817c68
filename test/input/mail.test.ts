// SPDX-License-Identifier: Apache-2.0
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { PLACES } from '../../src/ingest/layouts/index.js';
import { logLines, openBytes, tar, zip } from './helpers.js';

const HEAD = [
  'Return-Path: <a@example.org>',
  'From: A <a@example.org>',
  'To: b@example.org',
  'Subject: slow boot',
  ' (folded)',
  'MIME-Version: 1.0',
];

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('base64')
    .replace(/.{76}/g, (line) => `${line}\n`);
}

const mail = (...lines: readonly string[]): string => [...HEAD, ...lines, ''].join('\n');

const LOG = logLines(300);

const MIXED = mail(
  'Content-Type: multipart/mixed;',
  '\tboundary="=_outer"',
  '',
  'This is a multi-part message in MIME format.',
  '--=_outer',
  'Content-Type: multipart/alternative; boundary=inner',
  '',
  '--inner',
  'Content-Type: text/plain; charset=utf-8',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'It is slow =E2=80=94 see =',
  'below:',
  '[    1.0] a=3Db  ',
  '--inner',
  'Content-Type: text/html',
  '',
  '<p>It is slow</p>',
  '--inner--',
  'an epilogue',
  '',
  '--=_outer',
  'Content-Type: text/plain; name="dmesg.txt"',
  'Content-Disposition: inline; filename="dmesg.txt"',
  '',
  'line 1',
  '',
  'line 3',
  '--=_outer',
  'Content-Type: application/gzip',
  "Content-Disposition: attachment; filename*0*=utf-8''kern%2E; filename*1=log.gz",
  'Content-Transfer-Encoding: base64',
  '',
  base64(gzipSync(LOG)),
  '--=_outer',
  'Content-Type: application/octet-stream; name="=?utf-8?B?ZG1lc2cudHh0?="',
  'Content-Transfer-Encoding: BASE64',
  '',
  base64(Buffer.from('again\n')),
  '--=_outer--',
);

describe('mails', () => {
  it('parts become members, decoded', async () => {
    for (const text of [MIXED, MIXED.replaceAll('\n', '\r\n')]) {
      const opened = await openBytes(Buffer.from(text));
      const eol = text === MIXED ? '\n' : '\r\n';
      expect(opened.texts).toEqual({
        '-!text': `It is slow — see below:${eol}[    1.0] a=b`,
        '-!dmesg.txt': ['line 1', '', 'line 3'].join(eol),
        '-!kern.log.gz': LOG,
        '-!dmesg.txt (2)': 'again\n',
      });
      expect(opened.said).toEqual([
        'input-skipped -: not read (links, special files): html (HTML version of the text)',
      ]);
      for (const size of [1, 7, 100]) {
        expect((await openBytes(Buffer.from(text), {}, size)).texts).toEqual(opened.texts);
      }
    }
  });

  it('a plain one is read as text, with the line numbers of the file', async () => {
    const text = mail(
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: 8bit',
      '',
      '[  1.0] x',
    );
    expect((await openBytes(Buffer.from(text))).texts).toEqual({ '-': text });
  });

  it('an encoded plain one has one member', async () => {
    const text = mail('Content-Transfer-Encoding: base64', '', base64(Buffer.from(LOG)));
    expect((await openBytes(Buffer.from(text))).texts).toEqual({ '-!text': LOG });
  });

  it('holds archives, which hold the rest', async () => {
    const text = mail(
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Disposition: attachment; filename=logs.zip',
      'Content-Transfer-Encoding: base64',
      '',
      base64(zip({ 'x.tar.gz': gzipSync(tar({ dmesg: LOG })) })),
      '--b',
      'Content-Type: message/rfc822',
      '',
      MIXED,
      '--b--',
    );
    const opened = await openBytes(Buffer.from(text));
    expect(opened.texts['-!logs.zip!x.tar.gz!dmesg']).toBe(LOG);
    expect(opened.texts['-!part-2!kern.log.gz']).toBe(LOG);
  });

  it('truncated anywhere: no throw, what is there is read', async () => {
    for (let end = 300; end < MIXED.length - 20; end += 17) {
      const opened = await openBytes(Buffer.from(MIXED.slice(0, end)));
      expect(opened.problems.map(({ code }) => code)).toContain('archive-damaged');
      expect(LOG.startsWith(opened.texts['-!kern.log.gz'] ?? '')).toBe(true);
    }
  });

  it('an outer boundary ends the inner parts', async () => {
    const text = mail(
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: multipart/mixed; boundary=inner',
      '',
      '--inner',
      '',
      'one',
      '--b',
      '',
      'two',
      '--b--',
    );
    const opened = await openBytes(Buffer.from(text));
    expect(opened.texts).toEqual({ '-!text': 'one', '-!text (2)': 'two' });
    expect(opened.said).toEqual([]);
  });
});

describe('mbox', () => {
  const FROM = 'From mboxrd@z Thu Jan  1 00:00:00 1970\n';
  const PLAIN = mail('', 'From here the log is pasted:', '[    1.0] x', 'From nowhere', '');

  it('mails are members; one in parts is opened', async () => {
    const opened = await openBytes(Buffer.from(`${FROM}${PLAIN}\n${FROM}${MIXED}\n${FROM}${PLAIN}`));
    expect(opened.texts).toMatchObject({
      '-!1': `${PLAIN}\n`,
      '-!2!dmesg.txt': 'line 1\n\nline 3',
      '-!2!kern.log.gz': LOG,
      '-!3': PLAIN,
    });
    expect(opened.problems.map(({ code }) => code)).toEqual(['input-skipped']);
  });
});

describe('crash files of apport', () => {
  // As problem_report.py writes them: each line of base64 is a piece of one gzip stream.
  const pieces = (bytes: Uint8Array, size: number): string => {
    let text = '';
    for (let at = 0; at < bytes.length; at += size) {
      text += ` ${Buffer.from(bytes.subarray(at, at + size)).toString('base64')}\n`;
    }
    return text;
  };
  const crash = [
    'ProblemType: Crash',
    'Architecture: amd64',
    'CoreDump: base64\n'.concat(pieces(gzipSync(Buffer.alloc(5000, 'core')), 10)).trimEnd(),
    'CurrentDmesg: base64\n'.concat(pieces(gzipSync(LOG), 100)).trimEnd(),
    'ProcModules:',
    ' ext4 1 0 - Live 0x0',
    ' ',
    ' jbd2 2 1 ext4, Live 0x0',
    'Uname: Linux 6.5.0-14-generic x86_64',
    '',
  ].join('\n');

  it('multi-line values become members; the others form one', async () => {
    const opened = await openBytes(Buffer.from(crash), { places: PLACES });
    expect(opened.texts).toEqual({
      '-!CurrentDmesg': LOG,
      '-!ProcModules': 'ext4 1 0 - Live 0x0\n\njbd2 2 1 ext4, Live 0x0\n',
      '-!fields': 'ProblemType: Crash\nArchitecture: amd64\nUname: Linux 6.5.0-14-generic x86_64\n',
    });
    expect(opened.said).toEqual([
      'input-skipped -: members of a crash report of apport that hold no evidence, not unpacked: CoreDump',
    ]);
    expect(
      (await openBytes(Buffer.from(crash), { places: PLACES, allMembers: true })).texts['-!CoreDump'],
    ).toHaveLength(5000);
  });

  it('truncated anywhere: no throw', async () => {
    for (let end = 20; end < crash.length; end += 23) {
      const opened = await openBytes(Buffer.from(crash.slice(0, end)), { places: PLACES });
      expect(LOG.startsWith(opened.texts['-!CurrentDmesg'] ?? '')).toBe(true);
    }
  });
});
