import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { buildStacks } from '../../lib/build-stacks.ts';

/** A resource as the template has it. Its inside is CloudFormation's, so tests look at it as it is. */
export interface Resource {
  Type: string;
  DeletionPolicy?: string;
  // biome-ignore lint/suspicious/noExplicitAny: each type has its own properties, and expectations check them
  Properties: Record<string, any>;
}

/** What `cdk deploy --all` would send. */
export interface Templates {
  storage: Template;
  registry: Template;
  monitoring: Template;
  /** Every resource of all stacks. */
  resources: Resource[];
  /** The stacks' names. */
  stackNames: string[];
  /** Whether each stack refuses to be deleted. */
  protected: (boolean | undefined)[];
}

const { context: settings } = JSON.parse(readFileSync('cdk.json', 'utf8'));

const synthesised = new Map<string, Templates>();

/** The CDK's own temporary folders are left behind: it clears them away when its process ends, and jest's does not tell. */
const scratch = mkdtempSync(join(tmpdir(), 'agent-registry-infra-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** The templates of one stage, by the settings of `cdk.json` and `-c key=value`. Made once for each test file. */
export function synthesise(context: Record<string, unknown> = {}): Templates {
  const key = JSON.stringify(context);
  const templates = synthesised.get(key) ?? templatesOf(context);
  synthesised.set(key, templates);
  return templates;
}

/** An app with the settings of `cdk.json` and `-c key=value`, for a stage's stacks. */
export function appWith(context: Record<string, unknown>): App {
  return new App({
    outdir: mkdtempSync(join(scratch, 'cdk.out-')),
    // No bundles and no check by CloudFormation's rules: both take seconds, and `npm run synth` has them.
    context: { ...settings, ...context, 'aws:cdk:bundling-stacks': [] },
    builtinCloudFormationValidation: false,
  });
}

function templatesOf(context: Record<string, unknown>): Templates {
  const stacks = buildStacks(appWith(context));
  const all = Object.values(stacks);
  const [storage, registry, monitoring] = [stacks.storage, stacks.registry, stacks.monitoring].map((stack) =>
    Template.fromStack(stack),
  ) as [Template, Template, Template];
  return {
    storage,
    registry,
    monitoring,
    resources: [storage, registry, monitoring].flatMap((one) => Object.values(one.toJSON().Resources as object)),
    stackNames: all.map(({ stackName }) => stackName),
    protected: all.map(({ terminationProtection }) => terminationProtection),
  };
}

/** The resources of one type. */
export const ofType = ({ resources }: Templates, type: string): Resource[] =>
  resources.filter((resource) => resource.Type === type);

/** The only resource of its type, or the only one whose properties are as told. */
export function theOnly(
  templates: Templates,
  type: string,
  matches: (properties: Resource['Properties']) => boolean = () => true,
): Resource {
  const [only, ...others] = ofType(templates, type).filter(({ Properties }) => matches(Properties));
  if (only === undefined || others.length > 0) throw new Error(`There are ${others.length + (only ? 1 : 0)} ${type}.`);
  return only;
}

/** The function whose name ends in `shortName`. */
export const functionNamed = (templates: Templates, shortName: string): Resource =>
  theOnly(templates, 'AWS::Lambda::Function', ({ FunctionName }) => FunctionName.endsWith(`-${shortName}`));

/** Logical id of the function whose name ends in `shortName`. */
export function logicalIdOf(templates: Templates, shortName: string): string {
  const resources: Record<string, Resource> = templates.registry.toJSON().Resources;
  const [logicalId] = Object.entries(resources).find(
    ([, { Type, Properties }]) => Type === 'AWS::Lambda::Function' && Properties.FunctionName.endsWith(`-${shortName}`),
  ) ?? [undefined];
  if (logicalId === undefined) throw new Error(`There is no function ${shortName}.`);
  return logicalId;
}

/** What a policy speaks about, in words. The logical names are those of the constructs. */
const WORDS: [RegExp, string][] = [
  [/RegistryTable\w+StreamArn/, 'the stream'],
  [/RegistryTable\w+Arn.*\/index\/heads/, 'the heads index'],
  [/RegistryTable\w+Arn/, 'the table'],
  [/ManifestsBucket\w+Arn.*\/index\/\*/, 'base snapshots'],
  [/ManifestsBucket\w+Arn.*\/manifests\/\*/, 'manifests'],
  [/ManifestsBucket\w+Arn.*\/reload\/\*/, 'what hot reload knows'],
  [/ManifestsBucket\w+Arn\w*"}$/, 'the bucket'],
  [/TriggersPoll\w+","Arn"/, 'the queue of polls'],
  [/TriggersEvents\w+","Arn"/, 'the queue of manifest events'],
  [/Health\w+RoundsPoll\w+","Arn"/, 'the queue of rounds'],
  [/LifecycleBus\w+Arn/, 'the bus'],
  [/DeadLetters\w+Arn/, 'the dead letters'],
  [
    /^\{"Fn::GetAtt":\["(Open|Read|Write|ChangeStreamAnnouncer|IndexBaseWriter|DiscoveryReload|Health(Api|HttpCheck|LambdaCheck|EcsCheck|Sweep))Logs\w+","Arn"\]\}$/,
    'its own log group',
  ],
];

function inWords(resource: unknown): string {
  const text = JSON.stringify(resource);
  return WORDS.find(([pattern]) => pattern.test(text))?.[1] ?? text;
}

/** The one condition that a permission may have: on which partitions of the table it holds. */
function withinPartitions(condition: unknown): string {
  if (condition === undefined) return '';
  const { 'ForAllValues:StringLike': like, ...others } = condition as Record<string, Record<string, string[]>>;
  const { 'dynamodb:LeadingKeys': partitions, ...rest } = like ?? {};
  const unknown = Object.keys({ ...others, ...rest });
  if (partitions === undefined || unknown.length > 0)
    throw new Error(`There are no words for the condition ${unknown}.`);
  return ` within ${partitions.join(', ')}`;
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/** Everything that the function named `shortName` may do, one `action on resource` each, in alphabetical order. */
export function permissionsOf(templates: Templates, shortName: string): string[] {
  const role = functionNamed(templates, shortName).Properties.Role['Fn::GetAtt'][0];
  const { ManagedPolicyArns, Policies } = templates.registry.toJSON().Resources[role].Properties;
  if (ManagedPolicyArns || Policies) throw new Error(`${shortName} may do more than its statements say.`);
  return ofType(templates, 'AWS::IAM::Policy')
    .filter(({ Properties }) => Properties.Roles.some((one: { Ref: string }) => one.Ref === role))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .flatMap(({ Effect, Action, Resource, Condition }) => {
      if (Effect !== 'Allow') throw new Error('Only what is allowed can be put in a sentence.');
      const where = withinPartitions(Condition);
      return list(Action).flatMap((action) => list(Resource).map((one) => `${action} on ${inWords(one)}${where}`));
    })
    .sort();
}
