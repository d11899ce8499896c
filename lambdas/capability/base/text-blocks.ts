import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { AgentText } from '../index/agent-columns.ts';

/**
 * Agents in a block. A page of 50 that are far apart reads 50 blocks: of 256 agents each that takes 15 ms; smaller ones
 * compress worse.
 */
export const TEXT_BLOCK = 256;

/** Names and descriptions, compressed block by block: only those that are shown need reading. */
export function encodeBlocks(agents: number, text: (slot: number) => AgentText): Uint8Array[] {
  return Array.from({ length: Math.ceil(agents / TEXT_BLOCK) }, (_, block) => {
    const first = block * TEXT_BLOCK;
    const slots = Array.from({ length: Math.min(TEXT_BLOCK, agents - first) }, (_none, n) => first + n);
    return zstdCompressSync(JSON.stringify(slots.map(text)));
  });
}

/** Reads the text of a slot; a block is decoded once, when one of its agents is first asked for. */
export function textReader(blocks: readonly Uint8Array[]): (slot: number) => AgentText {
  const decoded: (readonly AgentText[] | undefined)[] = [];
  return (slot) => {
    const block = Math.floor(slot / TEXT_BLOCK);
    const texts =
      decoded[block] ?? (JSON.parse(zstdDecompressSync(blocks[block] as Uint8Array).toString()) as AgentText[]);
    decoded[block] = texts;
    return texts[slot % TEXT_BLOCK] as AgentText;
  };
}
