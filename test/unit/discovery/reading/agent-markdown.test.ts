import { describe, expect, test } from '@jest/globals';
import { ManifestLoader } from '../../../../lambdas/discovery/reading/manifest-loader.ts';
import type { AgentRead } from '../../../../lambdas/discovery/reading/read-document.ts';

const load = (content: string | Uint8Array, path = 'garden/agents/g.md') => new ManifestLoader().load(path, content);

const markdown = (...frontMatter: string[]) =>
  ['---', ...frontMatter, '---', '', 'You are a careful gardener.'].join('\n');

/** What a file gives; fails where that is no agent. */
function read(content: string | Uint8Array): AgentRead & { readonly config: Record<string, unknown> } {
  const document = load(content);
  if (document.verdict !== 'agent') throw new Error(JSON.stringify(document));
  return { ...document, config: document.agent.config as Record<string, unknown> };
}

/** Front matter beside a name and a description. */
const configOf = (...lines: string[]) => {
  const { description: _, ...config } = read(markdown('name: g', 'description: d', ...lines)).config;
  return config;
};

const nameOf = (line: string) => read(markdown(line, 'description: d')).agent.name;

describe('an agent file', () => {
  test('is found by its name; its prompt is not stored', () => {
    const text = markdown('name: Rose Gardener', 'description: Prunes', 'model: small', 'priority: 8');
    expect(load(text, 'g.md')).toEqual({
      verdict: 'agent',
      idFrom: 'name',
      agent: {
        id: 'rose-gardener',
        name: 'Rose Gardener',
        capabilities: { core: ['rose-gardener'] },
        config: { description: 'Prunes', model: 'small', priority: 8 },
        filePath: 'g.md',
      },
    });
  });

  test.each([
    ['its capabilities', 'capabilities: pruning, grafting', { core: ['pruning', 'grafting'] }],
    ['its capabilities by kind', 'capabilities: {domains: [roses]}', { domains: ['roses'] }],
    ['its specialization', 'specialization: pruning', { core: ['pruning'] }],
  ])('is found by %s where it names them', (_, line, capabilities) => {
    expect(read(markdown('name: g', line)).agent.capabilities).toEqual(capabilities);
  });

  test('keeps keys that nobody knows in config, and hooks as what they are: data', () => {
    const hooks = ['hooks:', '  pre: |', '    rm -rf "$HOME"', '  post: echo done'];
    expect(configOf('soil: {ph: 6.5}', 'allowed-tools: Read, Bash', 'disallowedTools: [Write]', ...hooks)).toEqual({
      soil: { ph: 6.5 },
      'allowed-tools': 'Read, Bash',
      disallowedTools: ['Write'],
      hooks: { pre: 'rm -rf "$HOME"\n', post: 'echo done' },
    });
  });

  test('says its type where that can be one, and keeps it where it cannot', () => {
    expect(read(markdown('name: g', 'type: Coordinator'))).toMatchObject({ agent: { type: 'coordinator' } });
    expect(configOf('type: of a kind')).toEqual({ type: 'of a kind' });
  });
});

describe('a name', () => {
  test.each([
    ['in quotes', 'name: "Rose: Gardener"', 'Rose: Gardener'],
    ['with a comment behind it', 'name: rose # the first', 'rose'],
    ['that YAML takes for a number', 'name: 007', '007'],
    ['that YAML takes for a decimal', 'name: 1.10', '1.10'],
    ['that YAML takes for a truth', 'name: Yes', 'Yes'],
    ['that YAML takes for a truth, too', 'name: true', 'true'],
    ['that YAML takes for a date', 'name: 2026-01-02', '2026-01-02'],
    ['in another script', 'name: 薔薇の庭師', '薔薇の庭師'],
    ['with an emoji', 'name: 🌹 gardener', '🌹 gardener'],
    ['over two lines', 'name: >-\n  rose\n  gardener', 'rose gardener'],
    ['by an alias', 'who: &w rose\nname: *w', 'rose'],
    ['with letters that are composed', 'name: Crème Brûlée', 'Crème Brûlée'],
    ['with spaces around it', 'name:    rose   ', 'rose'],
  ])('%s is taken verbatim', (_, line, name) => {
    expect(nameOf(line)).toBe(name);
  });

  test('gives a safe id', () => {
    expect(read(markdown('name: ../../Etc  Passwd?', 'description: d')).agent.id).toBe('etc-passwd');
    expect(read(markdown('name: 薔薇', 'description: d')).agent.id).toMatch(/^agent-[0-9a-f]{12}$/);
  });

  test('that is too long is cut between characters, and told', () => {
    const { agent, degraded } = read(markdown(`name: ${'🌹'.repeat(200)}`, 'description: d'));
    expect(agent.name).toBe('🌹'.repeat(128));
    expect(degraded).toEqual({ reason: expect.stringContaining('name: is longer'), line: 2 });
  });

  test.each([
    ['a list', 'name: [a]', 2],
    ['a map', 'color: red\nname: {a: b}', 3],
    ['what is left of one', 'name: [', 2],
  ])('that is %s makes the file invalid', (_, lines, line) => {
    expect(load(markdown(lines))).toMatchObject({ verdict: 'invalid', line });
  });

  test.each([
    ['absent', 'title: Roses'],
    ['without a value', 'name:'],
    ['empty', 'name: ""'],
    ['blank', 'name: "  "'],
    ['nobody’s', 'name: null'],
    ['that of something else', 'metadata:\n  name: g'],
    ['still to be filled in', 'name: "{{name}}"'],
    ['still to be filled in without quotes', 'name: {{name}}'],
    ['empty where the rest is broken', 'name:\ndescription: a: b'],
  ])('that is %s means that there is no agent', (_, lines) => {
    expect(load(markdown(lines))).toEqual({ verdict: 'skipped', reason: expect.any(String) });
  });
});

describe('a description', () => {
  const bodyGives = (body: string) => read(`---\nname: g\n---\n${body}`);

  test.each([
    ['plain', '# Title\n\nFirst line\nand second.\n\nNext.', 'First line and second.'],
    ['below a heading with an underline', 'Title\n=====\n\nText.', 'Text.'],
    ['below a heading without a space', '#Title\n\nText.', 'Text.'],
    ['behind code', '```\nnot this\n\nnor this\n```\nText.', 'Text.'],
    ['behind a fence within a longer one', '````\n```\nno\n````\nText.', 'Text.'],
    ['behind a comment', '<!-- not\n\nthis -->\nText.', 'Text.'],
    ['behind images, tables and rules', '![x](y)\n\n| a |\n|---|\n\n***\n\nText.', 'Text.'],
    ['behind a list', '- item\n\nText.', 'Text.'],
    ['quoted', '> Text.', 'Text.'],
    ['only in a list', '## List\n- item one\n- two', 'item one'],
  ])('that is missing becomes the first paragraph: %s', (_, body, description) => {
    const { config, degraded } = bodyGives(body);
    expect(config.description).toBe(description);
    expect(degraded?.reason).toContain('first paragraph');
  });

  test.each(['description:', 'description: ""', 'description: "  "', 'color: red'])('is missing in %s', (line) => {
    expect(read(markdown('name: g', line)).config.description).toBe('You are a careful gardener.');
  });

  test('may be missing everywhere', () => {
    const { config, degraded } = bodyGives('```\ncode\n');
    expect(config).toEqual({});
    expect(degraded?.reason).toBe('it has no description');
  });

  test('that YAML takes for a map stands as it is written', () => {
    const { config, degraded } = read(markdown('name: g', 'description:', '  Use this when: roses wither'));
    expect(config.description).toBe('Use this when: roses wither');
    expect(degraded).toMatchObject({ line: 3 });
  });

  test('that is a number or a truth stands as it is written', () => {
    expect(read(markdown('name: g', 'description: 1.50')).config.description).toBe('1.50');
  });

  test('that is too long is cut, and told', () => {
    const { config, degraded } = read(markdown('name: g', `description: ${'🌹'.repeat(20_000)}`));
    expect([...String(config.description)]).toHaveLength(16_384);
    expect(degraded?.reason).toContain('cut');
  });
});

describe('tools', () => {
  test.each([
    ['a list', 'tools: [Read, Write]', ['Read', 'Write']],
    ['a list below', 'tools:\n  - Read\n  - Bash(npm test:*)', ['Read', 'Bash(npm test:*)']],
    [
      'one line',
      'tools: Read, Bash(git add:*, git commit:*), Write',
      ['Read', 'Bash(git add:*, git commit:*)', 'Write'],
    ],
    ['one line with brackets in brackets', 'tools: Task(a(b, c), d), Read', ['Task(a(b, c), d)', 'Read']],
    ['one line whose brackets do not match', 'tools: Bash(npm test, Read', ['Bash(npm test', 'Read']],
    ['one line whose brackets are the wrong way round', 'tools: a), b(, c', ['a)', 'b(', 'c']],
    ['one line with spaces alone', 'tools: Read Bash(npm test:*) Write', ['Read', 'Bash(npm test:*)', 'Write']],
    ['lines', 'tools: |\n  Read\n  Bash(npm test)', ['Read', 'Bash(npm test)']],
    ['lines with dashes', 'tools: |\n  - Read\n  - Write', ['Read', 'Write']],
    ['one tool', 'tools: Read', ['Read']],
    ['one line with a comma too many', 'tools: Read,, Write,', ['Read', 'Write']],
    ['all', 'tools: "*"', ['*']],
    ['all, in words', 'tools: All tools', ['*']],
    ['all, in a list', 'tools: ["*"]', ['*']],
    ['none', 'tools: []', []],
    [
      'a list with commas in brackets',
      'tools: [Bash(git add:*, git commit:*), Read]',
      ['Bash(git add:*, git commit:*)', 'Read'],
    ],
    ['a list with a colon in brackets', 'tools:\n  - Bash(npm run build: prod)', ['Bash(npm run build: prod)']],
    ['a list with lists in it', 'tools:\n  - Read, Write, Bash', ['Read', 'Write', 'Bash']],
    ['parted by semicolons', 'tools: Read; Bash(a;b)', ['Read', 'Bash(a;b)']],
    ['parted by other commas', 'tools: Read、Write，Bash', ['Read', 'Write', 'Bash']],
    ['none, as an empty text', 'tools: ""', []],
    ['none, in a word', 'tools: none', []],
    ['numbers', 'tools: [1, 2.50]', ['1', '2.5']],
  ])('may be %s', (_, lines, tools) => {
    expect(configOf(lines)).toEqual({ tools });
  });

  test.each(['color: red', 'tools:', 'tools: null', 'tools: ~'])('are inherited with %s', (line) => {
    expect(configOf(line)).not.toHaveProperty('tools');
  });

  test.each([
    ['an asterisk without quotes', 'tools: *', ['*']],
    ['quotes of their own', "tools: 'Read', 'Write'", ['Read', 'Write']],
    ['a bracket that is never closed', 'tools: [Read, Write', ['Read', 'Write']],
    ['a map without values', 'tools: {Read, Write}', ['Read', 'Write']],
    ['a map of switches below', 'tools:\n  write: false\n  bash: true', ['bash']],
    ['a number sign', 'tools: Bash(grep #x), Read', ['Bash(grep #x)', 'Read']],
    ['an asterisk below', 'tools:\n  - *', ['*']],
    ['lines that are not indented', 'tools: Read,\nWrite,\nBash', ['Read', 'Write', 'Bash']],
    ['brackets over lines that are not indented', 'tools: [Read,\nWrite\n]', ['Read', 'Write']],
    ['a map of switches', 'tools: {Read: true, Write: false}', ['Read']],
  ])('may be %s, which is told', (_, line, tools) => {
    expect(configOf(line)).toEqual({ tools });
    expect(read(markdown('name: g', 'description: d', line)).degraded).toBeDefined();
  });

  test('that are only switched off leave all others, which is told', () => {
    expect(configOf('tools:\n  write: false')).toEqual({});
    expect(read(markdown('name: g', 'description: d', 'tools: {write: false}')).degraded).toBeDefined();
  });

  test('that do not fit are left out, and never become all', () => {
    expect(configOf(`tools: [Read, ${'x'.repeat(300)}]`)).toEqual({ tools: ['Read'] });
    expect(configOf(`tools: ${'x'.repeat(300)}`)).toEqual({ tools: [] });
    const { tools } = configOf(`tools: [${Array.from({ length: 400 }, (_, index) => `tool-number-${index}`)}]`);
    expect(tools).toContain('tool-number-0');
    expect(tools).not.toContain('tool-number-399');
  });
});

describe('other fields', () => {
  test.each([
    ['7', 7],
    ['"7"', 7],
    ['7.0', 7],
    ['critical', 10],
    ['Important', 8],
    ['high', 8],
    ['normal', 5],
    ['medium', 5],
    ['low', 2],
  ])('priority %s is %d', (written, priority) => {
    expect(configOf(`priority: ${written}`)).toEqual({ priority });
    expect(read(markdown('name: g', 'description: d', `priority: ${written}`)).degraded).toBeUndefined();
  });

  test.each(['0', '11', '7.5', '-1', 'soon', '[1]', '1e400', '""', '0x'])('priority %s is left out', (written) => {
    expect(configOf(`priority: ${written}`)).toEqual({});
    expect(read(markdown('name: g', 'description: d', `priority: ${written}`)).degraded).toMatchObject({ line: 4 });
  });

  test.each([
    ['1.10', '1.10'],
    ['1', '1'],
    ['"2.0"', '2.0'],
    ['2026-01-02', '2026-01-02'],
    ['v1', 'v1'],
  ])('version %s stays as it is written', (written, version) => {
    expect(read(markdown('name: g', `version: ${written}`)).agent.version).toBe(version);
  });

  test('that the schema refuses are left out, and named', () => {
    const { config, agent, degraded } = read(
      markdown(
        'name: g',
        'description: d',
        `color: ${'r'.repeat(65)}`,
        'resource_limit: lots',
        'conflict-resolution: never',
        'version: [1]',
        'model: {a: b}',
        'capabilities: {core: [a, 5, {b: c}], colour: red}',
      ),
    );
    expect(config).toEqual({ description: 'd' });
    expect(agent).not.toHaveProperty('version');
    expect(agent.capabilities).toEqual({ core: ['a', '5', 'b'] });
    for (const field of ['color', 'resourceLimit', 'version', 'model']) expect(degraded?.reason).toContain(field);
  });

  test('in both spellings: the first counts', () => {
    const { config, degraded } = read(markdown('name: g', 'resource_limit: 1gb', 'resourceLimit: 2gb'));
    expect(config.resourceLimit).toBe('1gb');
    expect(degraded?.reason).toContain('two spellings');
  });

  test('lose what no document may hold', () => {
    const lines = [
      'a: {__proto__: {x: 1}, constructor: 2, b: 3}',
      'c: "bell\\a"',
      'd: "\\uD800!"',
      'e: .inf',
      'f: [null, 1]',
    ];
    expect(configOf(...lines)).toEqual({ a: { b: 3 }, c: 'bell', d: '\uFFFD!', e: 'Infinity', f: [null, 1] });
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  test('that are larger than the registry stores are left out, the largest first', () => {
    const copies = `b: [${'*a,'.repeat(20)}]`;
    const { config, degraded } = read(markdown('name: g', 'description: d', `a: &a "${'x'.repeat(20_000)}"`, copies));
    expect(config).toEqual({ description: 'd', a: 'x'.repeat(20_000) });
    expect(degraded?.reason).toContain('config.b');
  });
});

describe('front matter', () => {
  const PLAIN = ['name: g', 'description: d'];

  test.each([
    ['Windows line ends', markdown(...PLAIN).replaceAll('\n', '\r\n')],
    ['line ends of old', markdown(...PLAIN).replaceAll('\n', '\r')],
    ['a byte order mark', `\uFEFF${markdown(...PLAIN)}`],
    ['spaces behind its rulers', '---  \nname: g\ndescription: d\n--- \t\nText.'],
    ['dots at its end', '---\nname: g\ndescription: d\n...\nText.'],
    ['nothing behind it', '---\nname: g\ndescription: d\n---'],
    ['indented keys', '---\n  name: g\n  description: d\n---\n'],
    ['quoted keys', markdown('"name": g', "'description': d")],
    ['comments', markdown('# An agent', ...PLAIN)],
    ['a ruler in a value', markdown('name: g', 'description: |', '  d', '  ---', '  e')],
  ])('may have %s', (_, text) => {
    const document = read(text);
    expect(document.agent.name).toBe('g');
    expect(document.config.description).toMatch(/^d/);
    expect(document.degraded).toBeUndefined();
  });

  test.each([
    ['blank lines before it', 3, `\n\n${markdown(...PLAIN)}`],
    ['a long ruler at its end', 4, '---\nname: g\ndescription: d\n-----\nText.'],
    ['long rulers at both ends', 1, '----\nname: g\ndescription: d\n----\nText.'],
    ['indented rulers and keys', 1, '  ---\n  name: g\n  description: d\n  ---\n  Text.'],
    ['tabs before its keys', 2, '---\n\tname: g\n\tdescription: d\n---\n'],
    ['no end', 1, '---\nname: g\ndescription: d\n\nText with: colons\n'],
    ['no end, but a heading', 1, '---\nname: g\ndescription: d\n# Text\n'],
    ['a comment before it', 4, `<!-- by\nhand -->\n\n${markdown(...PLAIN)}`],
    ['a comment in one line before it', 2, `<!-- by hand -->\n${markdown(...PLAIN)}`],
    ['lines with number signs before it', 3, `# by\n# hand\n${markdown(...PLAIN)}`],
    ['two byte order marks', 1, `\uFEFF\uFEFF${markdown(...PLAIN)}`],
    ['a space of no width before it', 1, `\u200B${markdown(...PLAIN)}`],
    ['a space that does not break behind its ruler', 1, markdown(...PLAIN).replace('---', '---\u00A0')],
    ['the name of its language', 1, markdown(...PLAIN).replace('---', '---yaml')],
    ['a fence around the file', 2, `\`\`\`markdown\n${markdown(...PLAIN)}\n\`\`\``],
    ['typographic dashes', 1, markdown(...PLAIN).replaceAll('---', '–––')],
    ['one long dash', 1, markdown(...PLAIN).replaceAll('---', '—')],
    ['long dashes at its end', 4, '---\nname: g\ndescription: d\n———\nText.'],
    ['control characters', 2, markdown('na\u0000me: g\u0007', 'description: d')],
    ['a key twice', 4, markdown(...PLAIN, 'name: h')],
    ['a key without a space', 2, markdown('name:g', 'description:d')],
    ['an alias to nowhere', 4, markdown(...PLAIN, 'color: *red', 'soil: [*loam]')],
    ['a tab that indents', 3, markdown('name: g', '\tcolor: red', 'description: d')],
    ['a backtick', 4, markdown(...PLAIN, 'color: `red`')],
    ['an at sign', 4, markdown(...PLAIN, 'color: @red')],
    ['keys that are further in', 2, markdown('name: g', '  color: red', '  description: d')],
  ])('with %s is mended, and told with its line', (_, line, text) => {
    const document = read(text);
    expect([document.agent.name, document.config.description]).toEqual(['g', 'd']);
    expect(document.degraded).toEqual({ reason: expect.any(String), line });
  });

  test('that nothing closes keeps the keys behind a long description', () => {
    const lines = ['name: g', 'description: Use for: roses', '', '<example>', 'user: "x"', '</example>', 'tools: Read'];
    expect(read(`---\n${lines.join('\n')}\n\n# Roses\n\ncolor: red\n`).config).toEqual({
      description: 'Use for: roses\n\n<example>\nuser: "x"\n</example>',
      tools: ['Read'],
    });
  });

  test('whose aliases multiply without end is read without them', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]'];
    for (const [name, of] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf'].map((pair) => [...pair])) {
      bomb.push(`${name}: &${name} [${`*${of},`.repeat(9)}]`);
    }
    const document = read(markdown(...PLAIN, ...bomb, 'color: red'));
    expect(document.config).toMatchObject({ description: 'd', color: 'red' });
    expect(document.config).not.toHaveProperty('g');
    expect(document.degraded?.reason).toContain('multiply');
  });

  test('in UTF-16 is read', () => {
    const little = Buffer.from(`\uFEFF${markdown('name: Zoë', 'description: d')}`, 'utf16le');
    for (const bytes of [little, Buffer.from(little).swap16()]) expect(read(bytes).agent.name).toBe('Zoë');
  });

  test('whose bytes are no text is read as far as it is one', () => {
    const document = read(Buffer.from(markdown('name: g', 'description: caf\xe9'), 'latin1'));
    expect(document.config.description).toBe('caf\uFFFD');
    expect(document.degraded).toEqual({ reason: expect.stringContaining('UTF-8'), line: 3 });
    expect(read(Buffer.from(markdown('name: g', 'description: caf\uFFFD'))).degraded).toBeUndefined();
  });

  test('of 128 KB is read in full', () => {
    const text = markdown(
      'name: g',
      `notes: "${'x'.repeat(60 * 1024)}"`,
      `more: "${'y'.repeat(60 * 1024)}"`,
      'description: d',
    );
    expect(read(text).config.description).toBe('d');
  });
});

describe('front matter that is not YAML', () => {
  const EXAMPLES = [
    'description: Use this agent for roses: all of them. "Quoted", too',
    '',
    'Examples:',
    '<example>',
    'Context: A rose withers',
    'user: "What is wrong with it?"',
    'assistant: "I call the gardener"',
    'model: this is no key, but an example',
    'name: nor is this',
    '</example>',
    'Note: call it early.\\nAlways.',
  ];

  test('gives a description of many lines, examples and all, and the keys behind it', () => {
    const { agent, config, degraded } = read(
      markdown('name: g', ...EXAMPLES, '', 'color: red', 'tools: Read, Bash(git:*)', 'priority: high', 'model: opus'),
    );
    expect(agent.name).toBe('g');
    expect(config).toEqual({
      description: EXAMPLES.join('\n').replace('description: ', ''),
      color: 'red',
      tools: ['Read', 'Bash(git:*)'],
      priority: 8,
      model: 'opus',
    });
    expect(degraded).toMatchObject({ line: 3, reason: expect.stringContaining('YAML') });
  });

  test('with an example that never ends still gives what is behind it', () => {
    expect(configOf('color: red', 'tags: a: b', '<example>', 'model: opus')).toMatchObject({ model: 'opus' });
    const { config } = read(markdown('description: for: roses <example>', 'name: g', 'color: red'));
    expect(config).toEqual({ description: 'for: roses <example>', color: 'red' });
  });

  test.each([
    ['a quote that is not closed', 'description: "Use for roses', 'Use for roses'],
    ['quotes within quotes', 'description: "Use for "wild" roses: all"', 'Use for "wild" roses: all'],
    ['a quote at its beginning', 'description: "Wild" roses: all', '"Wild" roses: all'],
    ['an apostrophe within', "description: 'Don't wait: call'", "Don't wait: call"],
    ['escapes', 'description: "a: \\"b\\"\\nc" d: "e"', 'a: "b"\nc" d: "e'],
    ['a block whose lines are not indented', 'description: |\nUse for roses', 'Use for roses'],
    ['a folded block', 'description: >\n  Use for\n  roses\n\n  all\nx y', 'Use for roses\n\nall x y'],
    ['a percent sign', 'description: % of roses', '% of roses'],
    ['a number sign', 'description: for: roses #1', 'for: roses #1'],
    ['a number sign behind a space', 'description: roses # all\ncolor: red\nsoil: a: b', 'roses # all'],
    [
      'words below that look like keys',
      'description: for: roses\nUse when: they wither\nnote: soon',
      'for: roses\nUse when: they wither\nnote: soon',
    ],
  ])('gives a description with %s', (_, lines, description) => {
    const { config } = read(markdown('name: g', lines, 'color: red'));
    expect(config).toEqual({ description, color: 'red' });
  });

  test('gives nothing of unknown keys, nor of what stands below them', () => {
    const lines = [
      'description: for: roses',
      'soil: {ph: 6}',
      'notes: |',
      '  words',
      'context_window: 200000',
      'maxRetries: 5',
      'secrets:',
      '  token: hush',
    ];
    const { config } = read(markdown('name: g', ...lines, 'color: red'));
    expect(config).toEqual({ description: 'for: roses', color: 'red' });
  });

  test('gives hooks and servers that are YAML where they stand alone', () => {
    const hooks = [
      'hooks:',
      '  pre: |',
      '    echo "name: x"',
      'mcpServers:',
      '- github',
      '- docs:',
      '    url: https://d.example.com/mcp',
    ];
    expect(configOf('tags: a: b', ...hooks)).toEqual({
      tags: 'a: b',
      hooks: { pre: 'echo "name: x"\n' },
      mcpServers: ['github', 'docs'],
      mcpServerDefinitions: { docs: { url: 'https://d.example.com/mcp' } },
    });
  });

  test('gives the first of a key that comes twice', () => {
    const { agent, config, degraded } = read(markdown('name: g', 'color: red', 'color: blue', 'tags: a: b', 'name: h'));
    expect([agent.name, config.color]).toEqual(['g', 'red']);
    expect(degraded?.reason).toContain('twice');
  });

  test('takes one line for what is one line', () => {
    const lines = ['name: g # mine', 'a stray line', 'description: d: e', 'model: opus', '  another', 'version: 1.10'];
    const { agent, config } = read(markdown(...lines));
    expect(agent).toMatchObject({ name: 'g', version: '1.10' });
    expect(config).toEqual({ description: 'd: e', model: 'opus another' });
  });
});

describe('what is no agent is skipped', () => {
  test.each([
    ['a README', 'README.md', markdown('name: g')],
    ['a README in another language', 'docs/readme.zh-CN.md', markdown('name: g')],
    ['a skill', 'skills/roses/SKILL.md', markdown('name: g', 'description: d')],
    ['part of a skill', 'skills/roses/references/x.md', markdown('name: g', 'description: d')],
    ['a command', '.claude/commands/agents/prune.md', markdown('name: g', 'description: d')],
    ['a command without a name', 'prune.md', markdown('description: d', 'allowed-tools: Read')],
    ['a command by its keys', 'prune.md', markdown('name: g', 'argument-hint: "[rose]"')],
    ['instructions', 'CLAUDE.md', markdown('name: g')],
    ['a template for issues', '.github/ISSUE_TEMPLATE/bug.md', markdown('name: Bug', 'about: A bug')],
    ['a template for issues by its keys', 'bug.md', markdown('name: Bug', 'about: A bug', "title: ''", "labels: ''")],
    ['a post', '_posts/roses.md', markdown('title: Roses', 'date: 2026-01-02')],
    ['a post with a name', 'roses.md', markdown('name: roses', 'title: Roses', 'date: 2026-01-02')],
    ['a page', 'roses.md', markdown('name: roses', 'layout: page')],
    ['a rule', 'roses.md', markdown('name: roses', 'alwaysApply: true')],
    ['notes', 'a.md', '# Roses\n\nA garden.'],
    ['nothing', 'a.md', ''],
    ['a rule that divides', 'a.md', '---\n\nRoses: a garden.\n\n---\n'],
    ['front matter that is empty', 'a.md', '---\n---\ntext'],
    ['front matter that is a sentence', 'a.md', '---\nhello\n---\n'],
    ['front matter that is a list', 'a.md', '---\n- name: g\n---\n'],
    ['front matter that never ends, without a name', 'a.md', '---\ntitle: x\n\nname: y\n'],
    ['front matter in TOML', 'a.md', '+++\nname = "g"\n+++\n'],
  ])('%s', (_, path, text) => {
    expect(load(text, path)).toEqual({ verdict: 'skipped', reason: expect.any(String) });
  });

  test.each([
    ['readme-generator.md', markdown('name: g', 'description: d')],
    ['.claude/agents/commands/prune.md', markdown('name: g', 'description: d')],
    ['skills/x/agents/prune.md', markdown('name: g', 'description: d')],
    ['agents/planner.md', markdown('name: g', 'description: d', 'argument-hint: x', 'layout: y')],
    ['agents/skill.md', markdown('name: g', 'description: d')],
    ['agents/changelog.md', markdown('name: g', 'description: d')],
    ['post-writer.md', markdown('name: g', 'tools: Read', 'title: Writer', 'date: 2026-01-02')],
  ])('but %s is one', (path, text) => {
    expect(load(text, path)).toMatchObject({ verdict: 'agent' });
  });
});

test('a path that no agent can have is invalid, not a crash', () => {
  for (const path of [`${'x'.repeat(1100)}.md`, 'a\nb.md', 'a\u0007b.md']) {
    expect(load(markdown('name: g'), path)).toMatchObject({ verdict: 'invalid' });
  }
});
