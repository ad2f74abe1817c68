// SPDX-License-Identifier: Apache-2.0
/** The script of a thread, out of a block of the page. */
import { blockBytes } from './blocks.js';
import { gunzip } from './gunzip.js';

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): {
    createScriptURL(url: string): string;
  };
}

/** Its address; `policy` is the one that the page allows to name a script, and can be made once. */
export async function threadUrl(block: string, policy: string): Promise<string> {
  const text = await gunzip(blockBytes(block)).text();
  const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  const { trustedTypes } = window as unknown as { trustedTypes?: TrustedTypes };
  return trustedTypes?.createPolicy(policy, { createScriptURL: () => url }).createScriptURL(url) ?? url;
}
