import { describe, expect, test } from '@jest/globals';
import { placeBelow } from '../../../../lambdas/discovery/reading/foreign-markdown.ts';
import { ManifestLoader } from '../../../../lambdas/discovery/reading/manifest-loader.ts';

const AGENT = '---\nname: g\ndescription: d\n---\n';
const COPILOT = "---\nname: g\ndescription: d\nargument-hint: '[x]'\n---\n";

const verdictOf = (path: string, text = AGENT, origin = path): string =>
  new ManifestLoader().load(path, text, origin).verdict;

describe('the place of a file', () => {
  test('is its path as its reader calls it, not where it comes from', () => {
    expect(verdictOf('g.md', AGENT, '/home/commands/skills/g.md')).toBe('agent');
    expect(verdictOf('commands/g.md', AGENT, '/home/agents/g.md')).toBe('skipped');
  });

  test.each(['agent', 'agents', 'subagents', 'chatmodes'])('among %s is that of an agent', (folder) => {
    expect(verdictOf(`skills/${folder}/g.md`, COPILOT)).toBe('agent');
    expect(verdictOf(`${folder}/skills/g.md`)).toBe('skipped');
  });

  test.each(['g.agent.md', 'prompts/g.chatmode.md'])('%s is that of an agent by its name', (path) => {
    expect(verdictOf(path, COPILOT)).toBe('agent');
    expect(verdictOf('g.md', COPILOT)).toBe('skipped');
  });

  test.each(['SECURITY', 'support', 'CLAUDE', 'GEMINI'])('%s.md among agents is that of an agent', (name) => {
    expect(verdictOf(`.claude/agents/${name}.md`)).toBe('agent');
    expect(verdictOf(`.claude/agents/${name}.md`, '---\nname: g\n---\nText.')).toBe('skipped');
    expect(verdictOf(`${name}.md`)).toBe('skipped');
  });

  test.each(['foo/skill.md', 'claude.md', 'Agents.MD', 'contributing.md'])('%s is none', (path) => {
    expect(verdictOf(path)).toBe('skipped');
  });

  test.each(['README', 'readme.ja', 'README_pt_BR', 'readme-zh-cn', 'README.zh-Hans'])('%s.md is a README', (name) => {
    expect(verdictOf(`agents/${name}.md`)).toBe('skipped');
  });

  test.each(['readme-qa', 'readme.qa', 'readme-it', 'readme-generator'])('%s.md is none', (name) => {
    expect(verdictOf(`${name}.md`)).toBe('agent');
  });
});

test.each([
  ['/tmp/skills', 'a/g.md', 'a/g.md'],
  ['commands', 'g.md', 'g.md'],
  ['/home/u/.claude/commands/x', 'g.md', '.claude/commands/x/g.md'],
  ['../repo/Agents/', 'g.md', 'Agents/g.md'],
  ['C:\\repo\\.claude\\agents', 'g.md', '.claude/agents/g.md'],
])('of a folder %s its file %s is judged as %s', (folder, below, place) => {
  expect(placeBelow(folder, below)).toBe(place);
});
