import { isObject } from '../agents/merge.ts';
import { isA2aCard, readA2aCard } from './a2a-card.ts';
import { readAgentManifest } from './agent-manifest.ts';
import { readAgentMarkdown } from './agent-markdown.ts';
import { invalid, type ReadDocument, skipped } from './read-document.ts';

const EXTENSION = /\.([^./]+)$/;

/** Extensions of the files that may describe an agent, lower case, without the dot. */
export const DOCUMENT_EXTENSIONS: readonly string[] = ['json', 'md', 'markdown'];

/** The extension of a path, lower case, without the dot; empty where it has none. */
export const extensionOf = (path: string): string => EXTENSION.exec(path)?.[1]?.toLowerCase() ?? '';

/** Node tells where JSON breaks as "… at position 12 (line 2 column 3)", or not at all when the text just ends. */
function readJson(origin: string, text: string): ReadDocument {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const message = (error as SyntaxError).message;
    const line = /\(line (\d+) column \d+\)/.exec(message)?.[1];
    return invalid(
      `not valid JSON: ${message.replace(/ in JSON at position .*$/s, '')}`,
      line ? Number(line) : undefined,
    );
  }
  if (!isObject(value)) return skipped('a JSON document that is not an object');
  return isA2aCard(value) ? readA2aCard(origin, value) : readAgentManifest(origin, value);
}

/**
 * Reads one file as an agent, by its shape: a JSON manifest, an A2A agent card, or Markdown with YAML front matter.
 * Pure, and never throws: what is no agent is `skipped` and what is a broken one is `invalid`, each with its reason.
 *
 * @param path tells by its extension what the text is
 * @param origin becomes the agent's `filePath`. Default: the path
 */
export function readAgentDocument(path: string, text: string, origin = path): ReadDocument {
  const content = text.replace(/^\uFEFF/, '');
  const extension = extensionOf(path);
  if (extension === 'json') return readJson(origin, content);
  if (DOCUMENT_EXTENSIONS.includes(extension)) return readAgentMarkdown(origin, content);
  return skipped('neither a .json nor a .md file');
}
