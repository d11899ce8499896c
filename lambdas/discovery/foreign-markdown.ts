/** Names of files that a convention gives another meaning, whatever their front matter says. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  // Also in another language: `README.zh-CN.md`. Not `readme-generator.md`.
  [/^readme([._-][a-z]{2}([-_][a-z]{2,4})?)?$/i, 'a README'],
  [/^SKILL$/, 'a skill'],
  [/^(CLAUDE|AGENTS|GEMINI|COPILOT)(\.local)?$/, 'instructions for all agents of a project'],
  [/^(CHANGELOG|CONTRIBUTING|CODE_OF_CONDUCT|LICENSE|SECURITY|SUPPORT|GOVERNANCE)$/, 'a document of a project'],
  [/\.(prompt|instructions)$/i, 'a prompt or instructions'],
];

/** Folders that say what their files are; the one nearest to the file decides. */
const FOLDERS: Readonly<Record<string, string | undefined>> = {
  agents: undefined,
  commands: 'a command',
  skills: 'part of a skill',
  'output-styles': 'an output style',
  issue_template: 'a template for issues',
};

/** Keys that agents do not have, and what has them. All of one line must be there. */
const KEYS: readonly (readonly [readonly string[], string])[] = [
  [['about', 'labels'], 'a template for issues'],
  [['about', 'title'], 'a template for issues'],
  [['about', 'assignees'], 'a template for issues'],
  [['argument-hint'], 'a command'],
  [['user-invocable'], 'a skill'],
  [['disable-model-invocation'], 'a skill or a command'],
  [['alwaysApply'], 'a rule'],
  [['applyTo'], 'instructions'],
  [['layout'], 'a page'],
  [['permalink'], 'a page'],
  [['title', 'date'], 'a page'],
  [['date', 'draft'], 'a page'],
  [['sidebar_position'], 'a page'],
  [['sidebar_label'], 'a page'],
];

/** Keys that pages, skills and templates do not have. */
const OF_AGENTS = ['tools', 'mcpServers', 'mcp_servers', 'mcp-servers', 'disallowedTools', 'permissionMode'];

/** Folders of Claude Code say for certain what lies in them, however it is sorted below. */
const OF_CLAUDE = /(?:^|\/)\.claude\/([^/]+)\//;

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');

const isFolder = (name: string): boolean => Object.hasOwn(FOLDERS, name);

/** The folder that says what a file is; none where no folder does. */
function tellingFolder(path: string): string | undefined {
  const folders = path.toLowerCase().split('/').slice(0, -1);
  const sure = OF_CLAUDE.exec(path.toLowerCase())?.[1];
  return sure !== undefined && isFolder(sure) ? sure : folders.findLast(isFolder);
}

/** What a Markdown file is by its place, if that is no agent: `a README`. */
export function foreignByPlace(path: string): string | undefined {
  const name = baseName(path);
  return NAMES.find(([pattern]) => pattern.test(name))?.[1] ?? FOLDERS[tellingFolder(path) ?? 'agents'];
}

/** What has front matter of these keys, if that is no agent. Among agents a file is one, whatever else it says. */
export function foreignByKeys(path: string, keys: ReadonlySet<string>): string | undefined {
  if (tellingFolder(path) === 'agents' || OF_AGENTS.some((key) => keys.has(key))) return undefined;
  return KEYS.find(([all]) => all.every((key) => keys.has(key)))?.[1];
}
