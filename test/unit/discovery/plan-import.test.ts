import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ID_PATTERN } from '../../../lambdas/agents/agent-schema.ts';
import { readAgentDocument } from '../../../lambdas/discovery/agent-document.ts';
import { identitiesOf } from '../../../lambdas/discovery/file-identity.ts';
import { type DocumentFile, type Holders, planImport } from '../../../lambdas/discovery/plan-import.ts';
import type { FileAgent } from '../../../lambdas/discovery/read-document.ts';

const file = (path: string, name: string, text = `---\nname: ${name}\n---\n${path}`): DocumentFile => ({
  path,
  text,
  read: readAgentDocument(path, text),
});

function agentIn({ read }: DocumentFile): FileAgent {
  if (read.verdict !== 'agent') throw new Error(read.reason);
  return read.agent;
}

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
      plan.verdict === 'agent' ? [[plan.agent.id, plan.path] as const] : [],
    ),
  ]);

const BACKEND = file('plugins/backend/agents/reviewer.md', 'reviewer');
const FRONTEND = file('plugins/frontend/agents/reviewer.md', 'reviewer');

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
    const registry = new Map([['reviewer-frontend', FRONTEND.path]]);
    expect(planned([FRONTEND], registry)).toEqual({ [FRONTEND.path]: 'reviewer-frontend' });
  });

  test('never take the id of an agent that came from elsewhere', () => {
    expect(planned([FRONTEND], new Map([['reviewer', null]]))).toEqual({ [FRONTEND.path]: 'reviewer-frontend' });
  });

  test('do not take an id that another file asks for by its name', () => {
    const namesake = file('z/namesake.md', 'reviewer-frontend');
    expect(planned([BACKEND, FRONTEND, namesake])).toMatchObject({ [namesake.path]: 'reviewer-frontend' });
    expect(planned([BACKEND, FRONTEND, namesake])[FRONTEND.path]).toMatch(/^reviewer-frontend-[0-9a-f]{8}$/);
  });

  test('are reported where strangers hold every id', () => {
    const strangers = new Map(identitiesOf(agentIn(FRONTEND)).map(({ id }) => [id, null]));
    expect(planned([FRONTEND], strangers)).toEqual({ [FRONTEND.path]: 'invalid' });
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
      const ids = Object.values(planned(first)).filter((id) => id !== 'invalid');
      expect(new Set(ids).size).toBe(ids.length);
      for (const id of ids) expect(id).toMatch(new RegExp(ID_PATTERN, 'u'));
      expect(planned([...first, ...second], registry)).toMatchObject(planned(first));
    }),
  );
});
