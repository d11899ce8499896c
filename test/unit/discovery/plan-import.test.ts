import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ID_PATTERN } from '../../../lambdas/agents/agent-fields.ts';
import { identitiesOf } from '../../../lambdas/discovery/file-identity.ts';
import { type DocumentFile, type Holder, type Holders, planImport } from '../../../lambdas/discovery/plan-import.ts';
import { ManifestLoader } from '../../../lambdas/discovery/reading/manifest-loader.ts';
import type { AgentRead, FileAgent } from '../../../lambdas/discovery/reading/read-document.ts';

const file = (path: string, name: string, text = `---\nname: ${name}\n---\n${path}`): DocumentFile => ({
  path,
  text,
  read: new ManifestLoader().load(path, text),
});

const manifest = (path: string, document: object): DocumentFile => file(path, '', JSON.stringify(document));

function readIn({ read }: DocumentFile): AgentRead {
  if (read.verdict !== 'agent') throw new Error(JSON.stringify(read));
  return read;
}

const words = ({ filePath: _, ...agent }: FileAgent): string => JSON.stringify(agent);

/** An agent of the registry that says what this one says. */
const holderOf = (agent: FileAgent): Holder => ({
  filePath: agent.filePath,
  isLike: (other) => words(agent) === words(other),
});

/** An agent of the registry that is like no file. */
const stranger = (filePath: string | null): Holder => ({ filePath, isLike: () => false });

/** Path and id, or path and verdict, of each planned file. */
const planned = (files: DocumentFile[], holders?: Holders) =>
  Object.fromEntries(
    planImport(files, holders).map((plan) => [plan.path, plan.verdict === 'agent' ? plan.agent.id : plan.verdict]),
  );

/** The registry after an import of these files alone. */
const registryAfter = (files: DocumentFile[], before: Holders = new Map()): Holders =>
  new Map([
    ...before,
    ...planImport(files, before).flatMap((plan) =>
      plan.verdict === 'agent' ? [[plan.agent.id, holderOf(plan.agent)] as const] : [],
    ),
  ]);

const reviewer = (path: string, colour: string) => file(path, '', `---\nname: reviewer\ncolor: ${colour}\n---\n`);
const BACKEND = reviewer('plugins/backend/agents/reviewer.md', 'red');
const FRONTEND = reviewer('plugins/frontend/agents/reviewer.md', 'blue');

describe('files of one name', () => {
  test('get ids and names of their own: the first the plain one, others that of their folder', () => {
    const [first, second] = planImport([FRONTEND, BACKEND]);
    expect(first).toMatchObject({ path: BACKEND.path, agent: { id: 'reviewer', name: 'reviewer' } });
    expect(second).toMatchObject({
      path: FRONTEND.path,
      agent: { id: 'reviewer-frontend', name: 'reviewer-frontend' },
    });
  });

  test('in folders of one name get a hash of their path', () => {
    const ids = Object.values(planned(['a', 'b', 'c'].map((root) => file(`${root}/frontend/x.md`, 'reviewer'))));
    expect(ids).toEqual(['reviewer', 'reviewer-frontend', expect.stringMatching(/^reviewer-frontend-[0-9a-f]{8}$/)]);
  });

  test('keep their ids when others are imported in between, before them in path order', () => {
    const registry = registryAfter([BACKEND], registryAfter([FRONTEND]));
    expect(planned([FRONTEND, BACKEND], registry)).toEqual({
      [FRONTEND.path]: 'reviewer',
      [BACKEND.path]: 'reviewer-backend',
    });
  });

  test('keep their suffix when the plain id has become free', () => {
    const registry = new Map([['reviewer-frontend', stranger(FRONTEND.path)]]);
    expect(planned([FRONTEND], registry)).toEqual({ [FRONTEND.path]: 'reviewer-frontend' });
  });

  test('never take the id of an agent that came from elsewhere', () => {
    expect(planned([FRONTEND], new Map([['reviewer', stranger(null)]]))).toEqual({
      [FRONTEND.path]: 'reviewer-frontend',
    });
  });

  test('do not take an id that another file asks for by its name', () => {
    const namesake = file('z/namesake.md', 'reviewer-frontend');
    expect(planned([BACKEND, FRONTEND, namesake])).toMatchObject({ [namesake.path]: 'reviewer-frontend' });
    expect(planned([BACKEND, FRONTEND, namesake])[FRONTEND.path]).toMatch(/^reviewer-frontend-[0-9a-f]{8}$/);
  });

  test('are reported where strangers hold every id', () => {
    const strangers = new Map(identitiesOf(readIn(FRONTEND)).map(({ id }) => [id, stranger(null)]));
    expect(planImport([FRONTEND], strangers)).toEqual([
      { path: FRONTEND.path, verdict: 'failed', id: 'reviewer', reason: expect.stringContaining('by a call') },
    ]);
  });

  test('get the same ids however the user calls them', () => {
    const renamed = [
      { ...BACKEND, path: '../z.md' },
      { ...FRONTEND, path: '../a.md' },
    ];
    expect(planned(renamed)).toEqual({ '../z.md': 'reviewer', '../a.md': 'reviewer-frontend' });
  });
});

describe('an id that a manifest gives itself', () => {
  const MASON = manifest('site/mason.json', { id: 'mason', name: 'Mason' });

  test.each([
    ['another file', stranger('elsewhere/mason.json'), 'the agent of elsewhere/mason.json'],
    ['a call', stranger(null), 'an agent that was registered by a call'],
  ])('is not replaced by one from its path when it belongs to an agent from %s', (_, holder, whose) => {
    expect(planImport([MASON], new Map([['mason', holder]]))).toEqual([
      { path: MASON.path, verdict: 'failed', id: 'mason', reason: expect.stringContaining(whose) },
    ]);
  });

  test('is told to belong to another file of the same import', () => {
    const other = manifest('a.json', { id: 'mason', name: 'Other' });
    expect(planImport([MASON, other])).toEqual([
      expect.objectContaining({ path: 'a.json', verdict: 'agent' }),
      { path: MASON.path, verdict: 'failed', id: 'mason', reason: expect.stringContaining('a.json') },
    ]);
  });

  test('goes before the same one made from a name', () => {
    const namesake = file('a/mason.md', 'mason');
    expect(planned([MASON, namesake])).toEqual({ [MASON.path]: 'mason', [namesake.path]: 'mason-a' });
  });
});

describe('byte-identical files', () => {
  const text = '---\nname: twin\n---\n';
  const [left, right] = [file('a/left.md', 'twin', text), file('b/right.md', 'twin', text)];

  test('are one agent, of the first path', () => {
    expect(planImport([right, left])).toEqual([
      expect.objectContaining({ path: 'a/left.md', verdict: 'agent' }),
      { path: 'b/right.md', verdict: 'same', of: 'a/left.md' },
    ]);
  });

  test('stay the agent of the path that is registered already', () => {
    expect(planned([left, right], registryAfter([right]))).toEqual({ 'a/left.md': 'same', 'b/right.md': 'twin' });
  });

  test('are the same when they come one after the other', () => {
    expect(planImport([right], registryAfter([left]))).toEqual([{ path: right.path, verdict: 'same', of: left.path }]);
  });

  test('of an agent from no file are the same as its id', () => {
    const registry = new Map([['twin', { filePath: null, isLike: () => true }]]);
    expect(planImport([left], registry)).toEqual([{ path: left.path, verdict: 'same', of: 'twin' }]);
  });

  test('of a file that has its id from its path are the same as that one', () => {
    const [one, copy] = [reviewer('x/frontend/a.md', 'blue'), reviewer('y/frontend/b.md', 'blue')];
    const registry = registryAfter([one], registryAfter([BACKEND]));
    expect(planned([copy], registry)).toEqual({ [copy.path]: 'same' });
  });

  test('that differ by now are two agents, also where one is what the registry had of the other', () => {
    const changed = { ...file(left.path, 'twin', '---\nname: twin\ncolor: red\n---\n') };
    const registry = registryAfter([left]);
    expect(planned([changed, right], registry)).toEqual({ 'a/left.md': 'twin', 'b/right.md': 'twin-b' });
  });

  test('that are no agents are told each for its own', () => {
    expect(planned([file('a/README.md', '', '# A'), file('b/README.md', '', '# A')])).toEqual({
      'a/README.md': 'skipped',
      'b/README.md': 'skipped',
    });
  });
});

test('any set of names and paths gives valid, distinct ids, and the same ones again after any import in between', () => {
  const name = fc.oneof(
    fc.constantFrom('reviewer', 'Reviewer', 'reviewer-a', '評論家'),
    fc.string({ minLength: 1, maxLength: 200 }),
  );
  const folder = fc.constantFrom('a', 'b', 'agents', '.claude', 'x y');
  const path = fc
    .tuple(fc.array(folder, { maxLength: 3 }), fc.uuid())
    .map(([folders, leaf]) => [...folders, `${leaf}.json`].join('/'));
  const files = fc.array(
    fc
      .tuple(path, name)
      .map(([at, called]) => file(at, called, JSON.stringify({ id: undefined, config: { at }, name: called }))),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(files, files, (first, second) => {
      const registry = registryAfter(second, registryAfter(first));
      const ids = Object.values(planned(first)).filter((id) => id !== 'failed');
      expect(new Set(ids).size).toBe(ids.length);
      for (const id of ids) expect(id).toMatch(new RegExp(ID_PATTERN, 'u'));
      expect(planned([...first, ...second], registry)).toMatchObject(planned(first));
    }),
  );
});
