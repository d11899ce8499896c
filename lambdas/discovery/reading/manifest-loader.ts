import { isObject } from '../../agents/merge.ts';
import { isA2aCard, readA2aCard } from './a2a-card.ts';
import { readAgentManifest } from './agent-manifest.ts';
import { readAgentMarkdown } from './agent-markdown.ts';
import { DOCUMENT_EXTENSIONS, extensionOf } from './document-extension.ts';
import { decodeFile, type FileText } from './file-text.ts';
import { jsonLines } from './json-lines.ts';
import { isMcpServer, readMcpServer } from './mcp-server-json.ts';
import { invalid, type ReadDocument, skipped } from './read-document.ts';
import { isService, readService } from './service-json.ts';

/** The schema's bound of `filePath`, which is one line. */
const MAX_ORIGIN_LENGTH = 1024;

/** Files of packages and plugins have a name, and may have any other key of an agent as well. */
const PACKAGE = /(^|\/)(package|bower|composer|lerna|plugin|marketplace)\.json$/i;

/** Files of editors and compilers, which take comments in their JSON. */
const COMMENTED = /(^|\/)([tj]sconfig[^/]*|devcontainer|\.eslintrc)\.json$|(^|\/)\.(vscode|devcontainer)\//i;

const STRING = /"(?:[^"\\\n]|\\.)*"?/g;
const COMMENT = /(^|[\s,{}[\]])\/[/*]/;

/** A name or place that says of a file what it should be: then it is a broken one. */
const TELLING = /manifest|card|server|service|agent/i;

/** Whether a file that is no JSON was not meant as what is read here. */
const isOthersJson = (path: string, text: string): boolean =>
  !TELLING.test(path) && (text.trim() === '' || COMMENTED.test(path) || COMMENT.test(text.replace(STRING, '')));

const isOrigin = (origin: string): boolean =>
  origin.length <= MAX_ORIGIN_LENGTH && !/\p{Cc}/u.test(origin) && origin.isWellFormed();

const textOf = (content: string | Uint8Array): FileText =>
  typeof content === 'string' ? { text: content.replace(/^\uFEFF/, '') } : decodeFile(content);

/** Node tells where JSON breaks as "… at position 12 (line 2 column 3)", or quotes the place, which may be a secret. */
function jsonError(error: unknown): ReadDocument {
  const { message } = error as SyntaxError;
  const line = /\(line (\d+) column \d+\)/.exec(message)?.[1];
  const what = /^(Expected .*|Bad .*|Unterminated .*|Unexpected (?:end|non-whitespace).*)(?= in JSON)/.exec(
    message,
  )?.[1];
  const end = message.startsWith('Unexpected end') ? 'it breaks off' : 'an unexpected character';
  return invalid(`not valid JSON: ${what ?? end}`, line ? Number(line) : undefined);
}

/**
 * Reads the files in which people declare agents and what these depend on (second specification, "ManifestLoader"): JSON
 * manifests, A2A agent cards, agent Markdown, MCP `server.json` and `service.json`, told apart by their shape.
 *
 * Pure, and never throws: what is neither agent nor service is `skipped` and what is a broken one is `invalid`, each with
 * its reason. An agent that it gives passes `validateAgentDocument` and `digestOf`. It takes time in proportion to the
 * file's length, whatever stands in it.
 */
export class ManifestLoader {
  /**
   * @param path tells by its extension, name and folders what the file is
   * @param origin becomes the agent's `filePath`. Default: the path
   */
  load(path: string, content: string | Uint8Array, origin = path): ReadDocument {
    const extension = extensionOf(path);
    if (!DOCUMENT_EXTENSIONS.includes(extension)) return skipped('neither a .json nor a .md file');
    if (!isOrigin(origin))
      return invalid('its path is too long, or not one line, and so is none that an agent can have');
    const file = textOf(content);
    return extension === 'json' ? this.#json(path, file, origin) : this.#markdown(path, file, origin);
  }

  #markdown(path: string, { text, flaw }: FileText, origin: string): ReadDocument {
    return readAgentMarkdown(path, origin, text, flaw ? [flaw] : []);
  }

  #json(path: string, { text, flaw }: FileText, origin: string): ReadDocument {
    if (PACKAGE.test(path)) return skipped('a package or plugin, no agent');
    if (flaw) return invalid('it is not a text in UTF-8', flaw.line);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      return isOthersJson(path, text) ? skipped('JSON with comments, or empty: no manifest') : jsonError(error);
    }
    if (Array.isArray(value)) return skipped('a list: each agent and each server has a file of its own');
    if (!isObject(value)) return skipped('a JSON document that is not an object');
    const lineOf = jsonLines(text);
    if (isMcpServer(path, value)) return readMcpServer(value, lineOf);
    if (isService(path, value)) return readService(value, lineOf);
    return isA2aCard(value) ? readA2aCard(origin, value, lineOf) : readAgentManifest(path, origin, value, lineOf);
  }
}
