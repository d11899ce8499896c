import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { digestOf } from '../../../../lambdas/agents/digest.ts';
import { validateAgentDocument } from '../../../../lambdas/agents/validate-agent.ts';
import { ManifestLoader } from '../../../../lambdas/discovery/reading/manifest-loader.ts';
import type { ReadDocument } from '../../../../lambdas/discovery/reading/read-document.ts';
import { asShown } from '../../../../lambdas/discovery/reading/shown-agent.ts';
import { MAX_YAML_LENGTH } from '../../../../lambdas/discovery/reading/yaml-matter.ts';
import { validateServiceDocument } from '../../../../lambdas/services/validate-service.ts';
import { assertStrictJson } from '../../../../lambdas/shared/strict-json.ts';

const loader = new ManifestLoader();

/** Every verdict keeps what the loader promises. */
function isSound(read: ReadDocument): boolean {
  if (read.verdict === 'service') return validateServiceDocument(read.service) === read.service;
  if (read.verdict !== 'agent') return read.reason.length > 0;
  assertStrictJson(read.agent);
  validateAgentDocument(read.agent);
  digestOf(asShown(read.agent));
  return read.degraded === undefined || read.degraded.reason.length > 0;
}

/** One way of writing a text behind a key, and whether YAML reads it so. */
interface Written {
  readonly lines: string;
  readonly isYaml: boolean;
}

const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/** Words that mean something to YAML at the beginning of a text, or behind a space. */
const PLAIN = /^[A-Za-z][^#:]*$/;

const styles: readonly ((key: string, text: string) => Written)[] = [
  (key, text) => ({ lines: `${key}: ${text}`, isYaml: PLAIN.test(text) }),
  (key, text) => ({ lines: `${key}: ${quoted(text)}`, isYaml: true }),
  (key, text) => ({ lines: `${key}: '${text.replaceAll("'", "''")}'`, isYaml: true }),
  (key, text) => ({ lines: `${key}: |\n  ${text}`, isYaml: true }),
  (key, text) => ({ lines: `${key}: >-\n    ${text}`, isYaml: true }),
  (key, text) => ({ lines: `${key}:   ${text}  `, isYaml: PLAIN.test(text) }),
];

const word = fc
  .stringMatching(/^[a-z]{2,9}$/)
  .filter((text) => !['null', 'true', 'false', 'none', 'all'].includes(text));
const spice = fc.constantFrom(
  'a:b',
  '"x"',
  'Context: y',
  '{z}',
  '[w]',
  'it’s',
  "don't",
  'é薔',
  '🌹',
  '5%',
  '@me',
  '<b>',
  '- c',
  '(d, e)',
  '\\n',
  '!',
);
const name = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' '));
const description = fc
  .tuple(word, fc.array(fc.oneof(word, word, spice), { minLength: 1, maxLength: 12 }))
  .map(([first, words]) => [first, ...words].join(' '));

const others = fc.subarray([
  'tools: Read, Bash(git:*)',
  'color: red',
  'priority: high',
  'soil: {ph: 6.5}',
  'version: 1.10',
  'model: opus # the large one',
  'hooks:\n  pre: echo hi',
  '# a comment',
]);

/** Things that happen to files; none of them makes another agent of it. */
const damages: Readonly<Record<string, { readonly isFlaw: boolean; of(text: string): string }>> = {
  none: { isFlaw: false, of: (text) => text },
  'Windows line ends': { isFlaw: false, of: (text) => text.replaceAll('\n', '\r\n') },
  'old line ends': { isFlaw: false, of: (text) => text.replaceAll('\n', '\r') },
  'a byte order mark': { isFlaw: false, of: (text) => `\uFEFF${text}` },
  'spaces behind rulers': { isFlaw: false, of: (text) => text.replaceAll('---\n', '---  \n') },
  'a long ruler': { isFlaw: true, of: (text) => text.replace('\n---\n', '\n-------\n') },
  'blank lines before': { isFlaw: true, of: (text) => `\n \n${text}` },
  'a bell': { isFlaw: true, of: (text) => text.replace('\n', '\n\u0007') },
  'no closing ruler': { isFlaw: true, of: (text) => text.replace('\n---\n\n', '\n\n') },
  'an open bracket': { isFlaw: true, of: (text) => text.replace('\n---\n', '\ntags: [a\n---\n') },
  'a stray line': { isFlaw: true, of: (text) => text.replace('\n---\n', '\n<stray>\n---\n') },
  'a key twice': { isFlaw: true, of: (text) => text.replace('\n---\n', '\nname: another\n---\n') },
};

const file = fc
  .record({
    name,
    description,
    others,
    nameStyle: fc.constantFrom(...styles.slice(0, 3)),
    style: fc.constantFrom(...styles),
    isNameLast: fc.boolean(),
    damage: fc.constantFrom(...Object.keys(damages)),
  })
  .map((model) => {
    const [wroteName, wrote] = [model.nameStyle('name', model.name), model.style('description', model.description)];
    const both = [wrote.lines, ...model.others];
    // What stands behind the description ends it: a stray line would otherwise be part of it.
    const fields = model.isNameLast ? [...both, wroteName.lines] : [wroteName.lines, ...both, 'effort: high'];
    const { isFlaw, of } = damages[model.damage] ?? { isFlaw: false, of: (text: string) => text };
    const text = of(`---\n${fields.join('\n')}\n---\n\nThe prompt.\n`);
    return { ...model, text, isWhole: wrote.isYaml && !isFlaw };
  });

describe('front matter that somebody wrote, in whatever style, with whatever happened to it', () => {
  test('gives the true name and description, and says so where it had to be mended', () => {
    fc.assert(
      fc.property(file, (wrote) => {
        const read = loader.load('agents/x.md', wrote.text);
        if (read.verdict !== 'agent') throw new Error(JSON.stringify(read));
        expect(read.agent.name).toBe(wrote.name);
        expect((read.agent.config as { description: string }).description).toBe(wrote.description);
        if (wrote.isWhole) expect(read.degraded).toBeUndefined();
        else if (damages[wrote.damage]?.isFlaw) expect(read.degraded).toBeDefined();
        return isSound(read);
      }),
      { numRuns: 3_000 },
    );
  });
});

const GOOD: readonly (readonly [string, string])[] = [
  [
    'x.md',
    '---\nname: rose-gardener\ndescription: "Prunes: roses"\ntools: Read, Bash(git add:*, git commit:*)\nversion: 1.10\npriority: high\n' +
      'capabilities:\n  core: [pruning]\nmcpServers:\n  - github\n  - docs: {url: "https://d.example.com/mcp", env: {T: x}}\n' +
      'hooks:\n  pre: |\n    echo hi\nother: &a [1, {b: *a}]\n---\n\n# Roses\n\nYou prune.\n',
  ],
  ['x.md', '---\nname: x\ndescription: a: b\n\n<example>\nuser: "c"\n</example>\ncolor: red\ntools: [Read\n---\nText'],
  [
    'm.json',
    '{"id":"m","name":"M","type":"core","capabilities":{"core":["a"]},"config":{"priority":5,"mcp_servers":{"x":{"url":"https://h/"}}}}',
  ],
  [
    'c.json',
    '{"name":"C","url":"https://c.example.com","version":"1","skills":[{"id":"a","tags":["b"]}],"capabilities":{}}',
  ],
  [
    'server.json',
    '{"name":"a/b","version":"1","packages":[{"registry_name":"npm","name":"x","version":"1"}],"remotes":[{"transport_type":"sse","url":"https://h.example.com/"}]}',
  ],
];

/** Bytes that mean something to one of the formats, beside any byte. */
const byte = fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('\n\r\t -:{}[]",\'#&*|>!%@`\\<\u0000')));

const mutation = fc.record({
  at: fc.nat(9_999),
  remove: fc.nat(6),
  insert: fc.array(byte, { maxLength: 6 }),
});

const mutated = fc
  .tuple(fc.constantFrom(...GOOD), fc.array(mutation, { minLength: 1, maxLength: 4 }))
  .map(([[path, text], mutations]) => {
    let bytes = [...Buffer.from(text)];
    for (const { at, remove, insert } of mutations)
      bytes = bytes.toSpliced(Math.floor((at / 10_000) * bytes.length), remove, ...insert);
    return [path, Uint8Array.from(bytes)] as const;
  });

describe('whatever stands in a file', () => {
  test('mutated files have a verdict, and what they give is sound', () => {
    fc.assert(
      fc.property(mutated, ([path, bytes]) => isSound(loader.load(path, bytes))),
      { numRuns: 5_000 },
    );
  });

  test('bytes of any kind have a verdict', () => {
    const content = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: 'binary', maxLength: 300 }));
    const path = fc.constantFrom('x.md', 'x.json', 'server.json');
    fc.assert(
      fc.property(path, content, fc.boolean(), (at, some, isMatter) => {
        const text = typeof some === 'string' && isMatter ? `---\nname: x\n${some}\n---\n` : some;
        return isSound(loader.load(at, text));
      }),
      { numRuns: 3_000 },
    );
  });

  test('values of any kind behind any key give an agent that is sound', () => {
    const key = fc.constantFrom(
      'description',
      'tools',
      'model',
      'color',
      'priority',
      'version',
      'type',
      'capabilities',
      'mcpServers',
      'hooks',
      'resource_limit',
      'specialization',
      'x',
    );
    const matter = fc.dictionary(key, fc.jsonValue({ maxDepth: 4 }));
    fc.assert(
      fc.property(matter, (said) => {
        // JSON is YAML.
        const lines = Object.entries(said).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
        const read = loader.load('x.md', `---\nname: x\n${lines.join('\n')}\n---\n`);
        return read.verdict === 'agent' && isSound(read);
      }),
      { numRuns: 2_000 },
    );
  });
});

/** Documents that are nearly one of the kinds: any value at any of their fields. */
function jsonOf(needed: object, fields: readonly string[], inConfig: readonly string[]): fc.Arbitrary<object> {
  const some = (names: readonly string[]) =>
    fc.dictionary(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 3 });
  return fc.tuple(some(fields), fc.option(some(inConfig))).map(([said, config]) => ({
    ...needed,
    ...said,
    ...(config && { config }),
  }));
}

const CONFIG = [
  'description',
  'color',
  'priority',
  'tools',
  'mcpServers',
  'mcp_servers',
  'mcpServerDefinitions',
  'resourceLimit',
  'x',
];
const DOCUMENTS: Readonly<Record<string, fc.Arbitrary<object>>> = {
  'a manifest': jsonOf(
    { id: 'x', name: 'X' },
    ['name', 'id', 'agent_id', 'type', 'version', 'capabilities', 'monitoring', 'capacity'],
    CONFIG,
  ),
  'an A2A card': jsonOf(
    { name: 'X', url: 'https://x.example.com', skills: [] },
    ['name', 'version', 'description', 'skills', 'capabilities', 'supportedInterfaces'],
    CONFIG,
  ),
  'an MCP server': jsonOf(
    { name: 'a/b', $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json' },
    ['name', 'title', 'version', 'description', 'packages', 'remotes', 'repository', '_meta', 'status'],
    CONFIG,
  ),
};

describe('values of any kind at any field', () => {
  test.each(Object.entries(DOCUMENTS))('of %s have a verdict, and what they give is sound', (_, document) => {
    fc.assert(
      fc.property(document, (said) => isSound(loader.load('x.json', JSON.stringify(said)))),
      { numRuns: 2_000 },
    );
  });
});

/** 128 KB of one thing, behind a name. */
const LENGTH = 128 * 1024;
const HOSTILE = [
  '---\n',
  '-',
  '- ',
  '? ',
  ': ',
  ': : :\n',
  '(',
  '((a, ',
  '[',
  '{',
  '{a: ',
  '[{',
  '"',
  '" ',
  "'",
  ' ',
  '\t',
  '\n',
  ' \n',
  'a\n',
  'a: b\n',
  'name: a\n',
  '#',
  '# \n',
  '&a ',
  '*a ',
  '!a ',
  '|\n',
  '>\n',
  '\\',
  '\\n',
  '<example>',
  '<example>\n',
  '<!--',
  '```\n',
  '`',
  ',',
  ', ',
  'a,',
  '=',
  '%',
  '@',
  '\u0000',
  '\r',
  'a:\n ',
  '$',
  '${',
  '--a ',
  'a=',
  'https://',
  '/',
  '.',
  '薔',
  '\uD83C',
  '\u0007',
  '_a',
  'aA',
  'tools: (\n',
];

/** What takes time in proportion to its length takes a fraction of this; what does not takes minutes. */
const GENEROUS_MS = 5_000;

describe('128 KB of one thing are read in proportion to their length', () => {
  /** Just below the bound of what the YAML library is given. */
  const YAML = MAX_YAML_LENGTH - 100;
  const wrappers: readonly (readonly [string, number, (text: string) => string])[] = [
    ['before everything', LENGTH, (text) => text],
    ['as front matter', LENGTH, (text) => `---\nname: x\n${text}\n---\n`],
    ['as YAML', YAML, (text) => `---\nname: x\n${text}\n---\n`],
    ['as a description', YAML, (text) => `---\nname: x\ndescription: ${text}\n---\n`],
    ['as a broken description', LENGTH, (text) => `---\nname: x\ncolor: a: b\ndescription: ${text}\n---\n`],
    ['as tools', YAML, (text) => `---\nname: x\ncolor: a: b\ntools: ${text}\n---\n`],
    ['as servers', LENGTH, (text) => `---\nname: x\nmcpServers: ${text}\n---\n`],
    ['as a body', LENGTH, (text) => `---\nname: x\n---\n${text}`],
  ];

  test.each(wrappers)('%s', (_, length, wrap) => {
    for (const piece of HOSTILE) {
      const text = wrap(piece.repeat(Math.ceil(length / piece.length)).slice(0, length));
      const begin = performance.now();
      const read = loader.load('x.md', text);
      const isSlow = performance.now() - begin > GENEROUS_MS;
      expect({ piece, isSlow, isSound: isSound(read) }).toEqual({ piece, isSlow: false, isSound: true });
    }
  });

  test('also in JSON', () => {
    for (const piece of HOSTILE) {
      const long = piece.repeat(Math.ceil(LENGTH / piece.length));
      const config = {
        description: long.slice(0, 10_000),
        mcpServers: { x: { command: long, args: [long], url: long, env: [long] } },
      };
      const begin = performance.now();
      for (const text of [
        long,
        JSON.stringify({ id: 'x', name: 'X', config }),
        JSON.stringify({ name: long, config: {} }),
      ]) {
        expect(isSound(loader.load('x.json', text))).toBe(true);
      }
      expect({ piece, isSlow: performance.now() - begin > GENEROUS_MS }).toEqual({ piece, isSlow: false });
    }
  });
});
