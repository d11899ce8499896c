/** Names of languages by their codes, which `README.ja.md` ends with; no text is made for people of them. */
const LANGUAGES = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });

/** A README, also in another language: `README.zh-CN.md`, `readme_ja.md`. Not `readme-qa.md`. */
function isReadme(name: string): boolean {
  const [, separator, language, region] = /^readme(?:([._-])([a-z]{2})(?:[-_]([a-z]{2,4}))?)?$/i.exec(name) ?? [
    '',
    '-',
  ];
  if (separator === undefined) return true;
  if (language === undefined || (separator === '-' && region === undefined)) return false;
  return LANGUAGES.of(language.toLowerCase()) !== undefined;
}

type Names = readonly (readonly [(name: string) => boolean, string])[];

/** Names of files that a convention gives another meaning, whatever their front matter says. */
const NAMES: Names = [
  [isReadme, 'a README'],
  [(name) => name === 'SKILL', 'a skill'],
  [(name) => /\.(prompt|instructions)$/i.test(name), 'a prompt or instructions'],
];

/** Names that mean something else outside folders of agents. */
const NAMES_OUTSIDE: Names = [
  [(name) => /^skill$/i.test(name), 'a skill'],
  [(name) => /^(claude|agents|gemini|copilot)(\.local)?$/i.test(name), 'instructions for all agents of a project'],
  [
    (name) => /^(changelog|contributing|code_of_conduct|license|security|support|governance)$/i.test(name),
    'a document of a project',
  ],
];

const AGENT_FOLDERS = ['agents', 'agent', 'subagents', 'chatmodes'];

/** Folders that say what their files are; the one nearest to the file decides. */
const FOLDERS: Readonly<Record<string, string | undefined>> = {
  ...Object.fromEntries(AGENT_FOLDERS.map((folder) => [folder, undefined])),
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

/** Whether a file is among agents: by its folder, or by the end that editors give the names of agents. */
const isAmongAgents = (path: string): boolean =>
  AGENT_FOLDERS.includes(tellingFolder(path) ?? '') || /\.(agent|chatmode)$/i.test(baseName(path));

const named = (path: string, names: Names): string | undefined => {
  const name = baseName(path);
  return names.find(([isNamed]) => isNamed(name))?.[1];
};

/**
 * What a Markdown file is by its place, if that is no agent: `a README`.
 *
 * @param path as its reader calls it: folders that nobody named, above a checkout, say nothing
 */
export function foreignByPlace(path: string): string | undefined {
  const foreign = named(path, NAMES);
  return (
    foreign ?? (isAmongAgents(path) ? undefined : (named(path, NAMES_OUTSIDE) ?? FOLDERS[tellingFolder(path) ?? '']))
  );
}

/** What has front matter of these keys, if that is no agent. Among agents a file is one, whatever else it says. */
export function foreignByKeys(path: string, keys: ReadonlySet<string>): string | undefined {
  if (isAmongAgents(path)) {
    return keys.has('name') && keys.has('description') ? undefined : named(path, NAMES_OUTSIDE);
  }
  if (OF_AGENTS.some((key) => keys.has(key))) return undefined;
  return KEYS.find(([all]) => all.every((key) => keys.has(key)))?.[1];
}

/**
 * The path by which a file below a named folder is judged. What the folder's path says was not said of its files (a
 * checkout may be called `skills`), unless it is one of Claude Code's, or one of agents.
 *
 * @param folder as the user wrote it
 * @param below path from there
 */
export function placeBelow(folder: string, below: string): string {
  const parts = folder.split(/[\\/]/).filter((part) => part !== '');
  const claude = parts.lastIndexOf('.claude');
  if (claude !== -1) return [...parts.slice(claude), below].join('/');
  const last = parts.at(-1) ?? '';
  return AGENT_FOLDERS.includes(last.toLowerCase()) ? `${last}/${below}` : below;
}
