import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parseDocument } from 'yaml';
import { digestOf } from '../../../lambdas/agents/digest.ts';
import { validateAgentDocument } from '../../../lambdas/agents/validate-agent.ts';
import { planImport } from '../../../lambdas/discovery/plan-import.ts';
import { ManifestLoader } from '../../../lambdas/discovery/reading/manifest-loader.ts';
import type { AgentRead } from '../../../lambdas/discovery/reading/read-document.ts';
import { asShown } from '../../../lambdas/discovery/reading/shown-agent.ts';

/** Public agents of many authors, laid beside the checkout on machines that have them. */
const CORPORA = '../shared/corpora';

const loader = new ManifestLoader();

function documentsBelow(folder: string) {
  const files = readdirSync(`${CORPORA}/${folder}`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`);
  return files.map((path) => {
    const content = readFileSync(path);
    return { path, text: content.toString('latin1'), source: content.toString(), read: loader.load(path, content) };
  });
}

/** What a file says by another way of looking at it: YAML where it is valid, else the first lines of name and description. */
function judged(
  source: string,
): { readonly name: string; readonly description: string; readonly isYaml: boolean } | undefined {
  const matter = /^---\r?\n([\s\S]*?)\r?\n---/.exec(source)?.[1];
  const rawName = matter && /^name:[ \t]*(.*?)[ \t]*\r?$/m.exec(matter)?.[1];
  if (!matter || !rawName) return undefined;
  const document = parseDocument(matter);
  if (document.errors.length > 0) {
    const raw = /^description:[ \t]*(.*?)[ \t]*\r?$/m.exec(matter)?.[1] ?? '';
    return { name: rawName, description: raw, isYaml: false };
  }
  const { name, description } = document.toJS() as { readonly name: string; readonly description: string };
  return { name: String(name), description: description.trim(), isYaml: true };
}

function agentIn({
  path,
  read,
}: {
  readonly path: string;
  readonly read: object;
}): AgentRead & { readonly description: string } {
  const found = read as AgentRead;
  if (found.verdict !== 'agent') throw new Error(`${path}: ${JSON.stringify(read)}`);
  const { description } = found.agent.config as { readonly description: string };
  return { ...found, description };
}

const withCorpora = existsSync(CORPORA) ? describe : describe.skip;

withCorpora(`real agents (skipped where ${CORPORA} is absent)`, () => {
  const begin = performance.now();
  const files = existsSync(CORPORA) ? documentsBelow('agent-files') : [];
  const took = performance.now() - begin;
  const described = files.flatMap((file) => {
    const judgement = judged(file.source);
    return judgement && !/(README|LICENSE)/.test(file.path) ? [{ ...file, judgement }] : [];
  });

  test('all have a verdict', () => {
    console.info(`${files.length} agent files read in ${Math.round(took)} ms`);
    expect(files.length).toBeGreaterThan(500);
    for (const { read } of files) expect(['agent', 'skipped']).toContain(read.verdict);
  });

  test('those with front matter and a name are agents with their true name and description', () => {
    const sound = described.filter(({ judgement }) => judgement.isYaml);
    expect(sound.length).toBeGreaterThan(430);
    for (const file of sound) {
      const { agent, description, degraded } = agentIn(file);
      expect({ path: file.path, name: agent.name, description, degraded }).toEqual({
        path: file.path,
        name: file.judgement.name,
        description: file.judgement.description,
      });
    }
  });

  test('those that are not YAML are degraded, with their true name and the whole description', () => {
    const broken = described.filter(({ judgement }) => !judgement.isYaml);
    expect(broken.length).toBe(44);
    for (const file of broken) {
      const { agent, description, degraded } = agentIn(file);
      expect(agent.name).toBe(file.judgement.name);
      expect(description.startsWith(file.judgement.description)).toBe(true);
      expect(degraded).toEqual({ reason: expect.stringContaining('YAML'), line: expect.any(Number) });
      // Their descriptions go on over examples, and end with the last of them.
      if (file.source.split('---')[1]?.includes('</example>')) expect(description).toMatch(/<\/example>$/);
    }
  });

  test.each(['category: dev', 'memory: project', 'emoji: 🌹', 'token: hush', 'mcp: https://u:hush@h.example.com'])(
    'all keep their true description with %s behind it, and a line that is broken further on',
    (line) => {
      const damaged = described.flatMap((file) => {
        const lines = file.source.split(/\r?\n/);
        const end = lines.indexOf('---', 1);
        // Where the field ends that is the description: examples have no lower-case keys but these.
        const key = /^(?!(user|assistant|description):)[a-z][\w-]*:/;
        const begin = lines.findIndex((text) => text.startsWith('description:'));
        const next = lines.findIndex((text, index) => index > begin && (index === end || key.test(text)));
        const text = lines.toSpliced(end, 0, 'zz: a: b').toSpliced(next, 0, line).join('\n');
        return begin > 0 && next <= end ? [{ file, read: loader.load(file.path, text) }] : [];
      });
      expect(damaged.length).toBeGreaterThan(470);
      for (const { file, read } of damaged) {
        const { description, degraded } = agentIn({ path: file.path, read });
        const told = { path: file.path, description: description.trim(), isTold: degraded !== undefined };
        expect(told).toEqual({ path: file.path, description: agentIn(file).description.trim(), isTold: true });
        expect(JSON.stringify(read)).not.toContain('hush');
      }
    },
  );

  test('nothing else is an agent', () => {
    const paths = new Set(described.map(({ path }) => path));
    for (const { path, read } of files.filter((file) => !paths.has(file.path))) {
      expect({ path, ...read }).toEqual({ path, verdict: 'skipped', reason: expect.any(String) });
    }
  });

  test('all A2A cards are agents without a flaw', () => {
    const cards = documentsBelow('a2a-cards').filter(({ path }) => path.endsWith('.json'));
    expect(cards.length).toBeGreaterThan(30);
    for (const card of cards) expect(agentIn(card)).not.toHaveProperty('degraded');
  });

  test('all agents are such as the registry takes', () => {
    for (const file of [...files, ...documentsBelow('a2a-cards')]) {
      if (file.read.verdict !== 'agent') continue;
      const { agent } = file.read;
      expect(() => validateAgentDocument(agent)).not.toThrow();
      expect(() => digestOf(asShown(agent))).not.toThrow();
    }
  });

  test('planning twice gives the same ids, each once', () => {
    const idsOf = (documents: typeof files) =>
      planImport(documents).flatMap((plan) => (plan.verdict === 'agent' ? [plan.agent.id] : []));
    const ids = idsOf(files);
    expect(new Set(ids).size).toBe(ids.length);
    expect(idsOf(files.toReversed())).toEqual(ids);
  });
});
