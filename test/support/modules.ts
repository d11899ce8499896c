import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { parseSync } from '@swc/core';

/** One source file, as far as its arrows go. */
export interface Module {
  /** From the root of the project, such as `lambdas/agents/merge.ts`. */
  readonly path: string;
  /** Paths of the project's own files, and names of packages; types count like values. */
  readonly imports: readonly string[];
  /** Whether it says nothing of its own. */
  readonly onlyReexports: boolean;
}

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/** The nodes whose string, in this property, names a module. */
const NAMING: Readonly<Record<string, string>> = {
  ImportDeclaration: 'source',
  ExportAllDeclaration: 'source',
  ExportNamedDeclaration: 'source',
  TsImportType: 'argument',
  TsExternalModuleReference: 'expression',
};

function nameIn(node: Node): unknown {
  const property = NAMING[String(node.type)];
  if (property) return node[property];
  if (node.type !== 'CallExpression' || (node.callee as Node).type !== 'Import') return undefined;
  return (node.arguments as Node[])[0]?.expression;
}

/** Every module that a syntax tree names: static, re-exported, dynamic and of types. */
function* specifiers(node: Node): Generator<string> {
  const name = nameIn(node);
  if (isNode(name) && typeof name.value === 'string') yield name.value;
  for (const child of Object.values(node)) if (isNode(child)) yield* specifiers(child);
}

const REEXPORTS: readonly string[] = ['ImportDeclaration', 'ExportAllDeclaration', 'ExportNamedDeclaration'];

/** Reads one file's arrows. */
export function parseModule(path: string, source: string): Module {
  const { body } = parseSync(source, { syntax: 'typescript', target: 'es2024' });
  const local = (specifier: string) => posix.join(posix.dirname(path), specifier);
  const imports = [...specifiers(body as unknown as Node)].map((name) => (name.startsWith('.') ? local(name) : name));
  return {
    path,
    imports: [...new Set(imports)],
    onlyReexports: body.length > 0 && body.every(({ type }) => REEXPORTS.includes(type)),
  };
}

/** Every source file of the project: what is deployed, what deploys it and what runs it. */
export const projectModules = (): Module[] =>
  globSync('{bin,lib,lambdas}/**/*.ts').map((path) => parseModule(path, readFileSync(path, 'utf8')));
