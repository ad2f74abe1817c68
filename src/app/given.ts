// SPDX-License-Identifier: Apache-2.0
/** Files out of a drop, a file dialog, a paste or a sample, with the folders that they lie in. */
import type { Drop, Given } from './messages.js';

/** An item of a drop, with what not every browser has. */
type Item = DataTransferItem & { getAsFileSystemHandle?(): Promise<Handle | null> };

/** A file or folder as pages get it that were opened from disk: there Chromium gives the names in a folder but no file. */
interface Handle {
  readonly name: string;
  readonly kind: 'file' | 'directory';
  getFile(): Promise<File>;
  values(): AsyncIterable<Handle>;
}

export async function droppedFiles(transfer: DataTransfer): Promise<Given[]> {
  // All must be taken before the first wait: afterwards the drop is over.
  const items = [...transfer.items].filter(({ kind }) => kind === 'file') as Item[];
  const taken = items.map((item) => {
    const entry = item.webkitGetAsEntry();
    const folder = entry?.isDirectory ? (entry as FileSystemDirectoryEntry) : null;
    const handle = folder ? (item.getAsFileSystemHandle?.().catch(() => null) ?? null) : null;
    return { folder, handle, file: folder ? null : item.getAsFile() };
  });
  const text = transfer.getData('text/plain');
  const files: Given[] = [];
  for (const { folder, handle, file } of taken) {
    const opened = await handle;
    if (opened) await collect(opened, '', files);
    else if (folder) await collectEntry(folder, '', files);
    else if (file) files.push({ path: file.name, blob: file });
  }
  if (files.length > 0) return files;
  if (taken.length > 0) throw new Error('the folder is empty');
  return text === '' ? [] : [pastedText(text)];
}

async function collect(handle: Handle, folder: string, files: Given[]): Promise<void> {
  const path = `${folder}${handle.name}`;
  if (handle.kind === 'file') files.push({ path, blob: await handle.getFile() });
  else for await (const one of handle.values()) await collect(one, `${path}/`, files);
}

/** The same, in browsers without handles. */
async function collectEntry(entry: FileSystemEntry, folder: string, files: Given[]): Promise<void> {
  const path = `${folder}${entry.name}`;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    files.push({ path, blob: file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A browser gives a hundred at a time.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return;
    for (const one of some) await collectEntry(one, `${path}/`, files);
  }
}

/** Files of an `<input type=file>`, with folders where a folder was chosen. */
export const chosenFiles = (input: HTMLInputElement): Given[] =>
  [...(input.files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, blob: file }));

/** Text is read like standard input, whose name it gets. */
export const pastedText = (text: string): Given => ({ path: '-', blob: new Blob([text]) });

export const bytesOf = (drops: readonly Drop[]): number =>
  drops.flat().reduce((sum, { blob }) => sum + blob.size, 0);
