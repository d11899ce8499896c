import { RemovalPolicy } from 'aws-cdk-lib';
import type { Node } from 'constructs';
import { UNRESOLVED_DEPENDENCIES } from '../lambdas/discovery/contract.ts';

/** What sets one stage apart from another. Several of them live side by side in one account. */
export interface StageConfig {
  /** The stage, such as `dev`, `prod` or `local`. */
  readonly env: string;
  /** Common beginning of everything's name: `{prefix}-agent-registry-{env}`. */
  readonly name: string;
  /** Whether the stage is there to stay: protected from deletion, with logs kept for longer. */
  readonly retained: boolean;
  /** What becomes of data, and of what others hold on to, when it leaves the template. */
  readonly removalPolicy: RemovalPolicy;
  /** @default - whichever account the credentials belong to */
  readonly account?: string;
  /** Whether the API serves callers that nobody has verified. Never true outside `local`. */
  readonly anonymous: boolean;
  /** @default - callers sign their requests with AWS credentials (IAM authorisation) */
  readonly jwt?: JwtConfig;
  /** Tools that agents may declare, comma-separated, or `*` for any. */
  readonly allowedTools: string;
  /** Largest `config.resourceLimit` of one agent, such as `56gb`. */
  readonly maxAgentMemory: string;
  /** Hosts, comma-separated, each with its port or with any, that may be reached by http and under private addresses. @default - none may */
  readonly allowedHosts?: string;
  /** Lambda functions, comma-separated, each whole or as `beginning*`, whose state may be asked for. @default - none may */
  readonly checkedFunctions?: string;
  /** ECS services, comma-separated, each as `cluster/service` or `cluster/*`, whose state may be asked for. @default - none may */
  readonly checkedServices?: string;
  /** The `https://` address of another registry, whose agents this one takes over. @default - there is none */
  readonly remoteRegistry?: string;
  /** What happens to an agent that depends on something that is not there. */
  readonly unresolvedDependencies: (typeof UNRESOLVED_DEPENDENCIES)[number];
  /** The SNS topic that hears when an alarm goes off, and when it is over. @default - nobody is told */
  readonly alarmTopicArn?: string;
}

/** Whose tokens are accepted. */
export interface JwtConfig {
  /** The `https://` URL that the tokens' `iss` names, where the provider's discovery document is found. */
  readonly issuer: string;
  /** Accepted values of a token's `aud`. */
  readonly audience: readonly string[];
}

/** 16 characters for the stage and 16 for the prefix keep the longest function name within Lambda's 64. */
const SLUG = /^[a-z][a-z0-9-]{0,15}$/;

/** The handler's own parser takes more, but a size that it cannot read would make it refuse every agent. */
const MEMORY = /^[1-9]\d*[mg]b$/;

/** Alarms tell a topic of their own region, which may be another account's. FIFO topics are refused by CloudWatch. */
const TOPIC = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/;

/** A host by its name or address, with or without its port: no scheme, no path, nothing that stands for several. */
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[1-9]\d{0,4})?$/;

/** A function by its name, or by how it begins: a lone `*` would open every function of the account. */
const FUNCTION = /^[A-Za-z0-9_-]{1,64}\*?$/;

/** A service, or all of one cluster. A cluster is always named. */
const SERVICE = /^[A-Za-z0-9_-]{1,255}\/([A-Za-z0-9_-]{1,255}|\*)$/;

/** Stages that are made to be thrown away. */
const DISPOSABLE = ['local', 'dev'];

/** The emulator's account. No account of AWS has this number, so an API open to anybody cannot be deployed there. */
const LOCAL_ACCOUNT = '000000000000';

function text(node: Node, key: string): string | undefined {
  const value: unknown = node.tryGetContext(key);
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') throw new Error(`-c ${key}=… must be text, not ${JSON.stringify(value)}.`);
  return value;
}

function slug(node: Node, key: string, fallback: string): string {
  const value = text(node, key) ?? fallback;
  // The word between prefix and stage: with it in either, two stages could have one name.
  if (value.includes('agent-registry')) throw new Error(`-c ${key}=${value} must not contain "agent-registry".`);
  if (SLUG.test(value)) return value;
  throw new Error(
    `-c ${key}=${value} will not do: at most 16 lower-case letters, digits and hyphens, a letter first (${SLUG.source}).`,
  );
}

function memory(node: Node, key: string, fallback: string): string {
  const value = text(node, key) ?? fallback;
  if (MEMORY.test(value)) return value;
  throw new Error(`-c ${key}=${value} is no size: give it as 512mb or 56gb.`);
}

/** Names, comma-separated; `undefined` where there are none. `advice`: what they must name, and how that looks. */
function names(node: Node, key: string, fits: (name: string) => boolean, advice: string): string | undefined {
  const value = text(node, key);
  const all = value?.split(',').map((one) => one.trim());
  if (all === undefined || all.every(fits)) return all?.join(',');
  throw new Error(`-c ${key}=${value} must name ${advice}`);
}

const isHost = (name: string): boolean => HOST.test(name.toLowerCase()) && URL.canParse(`https://${name}`);

const hosts = (node: Node): string | undefined =>
  names(
    node,
    'allowedHosts',
    isHost,
    'hosts, comma-separated, without scheme or path: give it as mcp.example.com,10.0.0.5:8080.',
  )?.toLowerCase();

const functions = (node: Node): string | undefined =>
  names(
    node,
    'checkedFunctions',
    (name) => FUNCTION.test(name),
    'functions, comma-separated, whole or by their beginning, and never all of them: give it as calendar,agents-*.',
  );

const services = (node: Node): string | undefined =>
  names(
    node,
    'checkedServices',
    (name) => SERVICE.test(name),
    'services with their clusters, comma-separated, and never all clusters: give it as agents/calendar,workers/*.',
  );

function remote(node: Node): string | undefined {
  const value = text(node, 'remoteRegistry');
  if (value === undefined) return undefined;
  const url = URL.parse(value);
  const plain = url?.protocol === 'https:' && url.username === '' && url.password === '' && !/[?#]/.test(value);
  if (plain) return value.replace(/\/+$/, '');
  throw new Error(
    `-c remoteRegistry=${value} is no address of a registry: give it as https://registry.example.com, without credentials or query.`,
  );
}

function unresolved(node: Node): StageConfig['unresolvedDependencies'] {
  const value = text(node, 'unresolvedDependencies') ?? 'warn';
  const known = UNRESOLVED_DEPENDENCIES.find((one) => one === value);
  if (known !== undefined) return known;
  throw new Error(`-c unresolvedDependencies=${value} must be one of ${UNRESOLVED_DEPENDENCIES.join(', ')}.`);
}

function topic(node: Node): string | undefined {
  const value = text(node, 'alarmTopicArn');
  if (value === undefined || TOPIC.test(value)) return value;
  throw new Error(`-c alarmTopicArn=${value} is no topic: give it as arn:aws:sns:eu-central-1:123456789012:on-call.`);
}

function jwt(node: Node): JwtConfig | undefined {
  const issuer = text(node, 'jwtIssuer');
  const audience = text(node, 'jwtAudience');
  if (issuer === undefined && audience === undefined) return undefined;
  if (issuer === undefined || audience === undefined) {
    throw new Error('-c jwtIssuer=… and -c jwtAudience=… go together: give both, or neither for IAM authorisation.');
  }
  if (!/^https:\/\/[^/]/.test(issuer) || !URL.canParse(issuer)) {
    throw new Error(`-c jwtIssuer=${issuer} must be an https:// URL.`);
  }
  const audiences = audience.split(',').map((one) => one.trim());
  if (audiences.includes('')) throw new Error(`-c jwtAudience=${audience} has an empty name in it.`);
  return { issuer, audience: audiences };
}

/**
 * Reads the stage from CDK context (`-c key=value`, or `cdk.json`): `env` (`dev`), `prefix` (`ai-pa`), `jwtIssuer` with
 * `jwtAudience` (comma-separated), `allowedTools` (`*`), `maxAgentMemory` (`56gb`, the first specification's
 * `available_for_agents`), `allowedHosts`, `checkedFunctions` and `checkedServices` (comma-separated), `remoteRegistry`,
 * `unresolvedDependencies` (`warn`), `alarmTopicArn`.
 *
 * @throws Error that says which value is wrong, and how a right one looks.
 */
export function readStageConfig(node: Node): StageConfig {
  const env = slug(node, 'env', 'dev');
  const retained = !DISPOSABLE.includes(env);
  const verified = jwt(node);
  const allowedHosts = hosts(node);
  const checkedFunctions = functions(node);
  const checkedServices = services(node);
  const remoteRegistry = remote(node);
  const alarmTopicArn = topic(node);
  return {
    env,
    name: `${slug(node, 'prefix', 'ai-pa')}-agent-registry-${env}`,
    retained,
    removalPolicy: retained ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    ...(env === 'local' && { account: LOCAL_ACCOUNT }),
    anonymous: env === 'local' && verified === undefined,
    ...(verified && { jwt: verified }),
    allowedTools: text(node, 'allowedTools') ?? '*',
    maxAgentMemory: memory(node, 'maxAgentMemory', '56gb'),
    ...(allowedHosts && { allowedHosts }),
    ...(checkedFunctions && { checkedFunctions }),
    ...(checkedServices && { checkedServices }),
    ...(remoteRegistry && { remoteRegistry }),
    unresolvedDependencies: unresolved(node),
    ...(alarmTopicArn && { alarmTopicArn }),
  };
}
