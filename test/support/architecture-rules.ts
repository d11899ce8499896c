import { posix } from 'node:path';
import type { Module } from './modules.ts';

/** What a rule finds wrong: one sentence for each arrow that may not be. */
export type Rule = (modules: readonly Module[]) => string[];

const CONTRACT = /^lambdas\/[^/]+\/contract\.ts$/;
const HANDLER = /\.handler\.ts$/;
const ADAPTER = /(^|\/)(aws|dynamo|event-bridge|s3)-[^/]+\.ts$/;
const AWS_SDK = /^@aws-sdk\//;
/** What a contract must be free of, itself and through what it imports. */
const SDK_OR_CDK = /^(@aws-sdk\/|@smithy\/|@middy\/|@aws-lambda-powertools\/|aws-cdk-lib|constructs$)/;

/** What each room may import beside itself (ARCHITECTURE, "The rooms"). A new room is a new line here. */
const ROOMS: Readonly<Record<string, readonly RegExp[]>> = {
  bin: [/^lib\//, /^lambdas\//],
  lib: [CONTRACT],
  'lambdas/shared': [],
  'lambdas/agents': [/^lambdas\/shared\//],
  // What an agent's page shows of its health is health's to tell.
  'lambdas/capability': [/^lambdas\/(shared|agents|health)\//],
  'lambdas/services': [/^lambdas\/(shared|agents)\//],
  'lambdas/discovery': [/^lambdas\/(shared|agents|services)\//],
  // The document describes the routes of every room.
  'lambdas/openapi': [/^lambdas\//],
  // An MCP server is alive when it shakes hands.
  'lambdas/health': [/^lambdas\/(shared|agents|services)\//],
};

const isLocal = (path: string): boolean => /^(bin|lib|lambdas|test)\//.test(path);
const roomOf = (path: string): string => path.split('/', path.startsWith('lambdas/') ? 2 : 1).join('/');

/** Every arrow of every module, as the rule sees it: a reason against it, or none. */
const eachArrow =
  (objection: (from: Module, to: string) => string | undefined): Rule =>
  (modules) =>
    modules.flatMap((from) =>
      from.imports.flatMap((to) => {
        const reason = objection(from, to);
        return reason === undefined ? [] : [`${from.path} -> ${to}: ${reason}`];
      }),
    );

/** Rooms import only what the table of rooms allows. */
const rooms: Rule = eachArrow(({ path }, to) => {
  const room = roomOf(path);
  const allowed = ROOMS[room];
  if (allowed === undefined) return `the table of rooms does not know ${room}`;
  if (!isLocal(to) || roomOf(to) === room || allowed.some((pattern) => pattern.test(to))) return undefined;
  return `${room} may not import this`;
});

/** `handler -> use case -> port <- adapter`: nobody imports a handler; only the edges know the SDK and the adapters. */
const inside: Rule = eachArrow(({ path }, to) => {
  if (HANDLER.test(to)) return 'nobody imports a handler';
  if (!path.startsWith('lambdas/')) return undefined;
  if (HANDLER.test(path) || ADAPTER.test(path)) return undefined;
  if (ADAPTER.test(to)) return 'a use case or port knows no adapter';
  return AWS_SDK.test(to) ? 'only adapters and handlers know the SDK' : undefined;
});

/** Everything that a module imports, itself or through others, with the way that leads there. */
function reachable(start: Module, byPath: ReadonlyMap<string, Module>): Map<string, readonly string[]> {
  const ways = new Map<string, readonly string[]>([[start.path, [start.path]]]);
  for (const [path, way] of ways) {
    for (const to of byPath.get(path)?.imports ?? []) if (!ways.has(to)) ways.set(to, [...way, to]);
  }
  return ways;
}

const indexed = (modules: readonly Module[]) => new Map(modules.map((module) => [module.path, module]));

/** Contracts are what CDK and handlers share: they drag in neither's libraries. */
const contracts: Rule = (modules) =>
  modules
    .filter(({ path }) => CONTRACT.test(path))
    .flatMap((contract) => [...reachable(contract, indexed(modules)).values()])
    .filter((way) => SDK_OR_CDK.test(way.at(-1) ?? ''))
    .map((way) => `${way.join(' -> ')}: a contract imports no SDK and no CDK`);

/** No module imports itself through others. Each circle is told once, from its first module by name. */
const circles: Rule = (modules) => {
  const byPath = indexed(modules);
  const found = modules.flatMap((start) =>
    start.imports.flatMap((first) => {
      const next = byPath.get(first);
      const back = next && reachable(next, byPath).get(start.path);
      return back ? [[start.path, ...back]] : [];
    }),
  );
  const smallestFirst = found.filter(([start = '', ...others]) => others.every((other) => start <= other));
  return smallestFirst.map((way) => `${way.join(' -> ')}: a circle`);
};

/** No file whose only purpose is to lead to others. */
const barrels: Rule = (modules) =>
  modules
    .filter(({ path, onlyReexports }) => onlyReexports || posix.basename(path) === 'index.ts')
    .map(({ path }) => `${path}: a barrel`);

/** The rules of ARCHITECTURE.md that a machine can check. */
export const ARCHITECTURE: Readonly<Record<string, Rule>> = {
  'rooms import only what the table of rooms allows': rooms,
  'inside a room the arrows go handler -> use case -> port <- adapter': inside,
  'contracts are free of SDK and CDK': contracts,
  'nothing goes in circles': circles,
  'there are no barrels': barrels,
};
