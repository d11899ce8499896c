import type { AgentLayers } from '../../lambdas/agents/agent-layers-schema.ts';
import type { LayerRemoved } from '../../lambdas/agents/remove-layer.ts';
import {
  type CurrentLayer,
  type Declared,
  type DeclaredLayer,
  type DeclaredLayers,
  ManifestRefusedError,
  type Warning,
} from '../../lambdas/discovery/declared-layers.ts';
import type { LayerAnswer, LayerRequest } from '../../lambdas/discovery/layer-request.ts';
import { VALIDATION_STEPS, type ValidationStep } from '../../lambdas/discovery/reload-terms.ts';
import {
  ConflictError,
  type FieldError,
  PreconditionFailedError,
  UnavailableError,
} from '../../lambdas/shared/errors.ts';
import type { ApiClient } from './api-client.ts';
import { ApiProblemError } from './api-problem-error.ts';
import { agentPath } from './command-context.ts';
import { UnreachableError } from './unreachable-error.ts';

/** What the registry does not like about a document; the caller's own rights are another matter. */
const REFUSALS = [400, 409, 413, 422];

/** Overload and its kin: the same request may succeed another time. */
const PASSING = [429, 500, 502, 503, 504];

const layersPath = (id: string): string => `${agentPath(id)}/layers`;

/** An answer names the step in its title, but for what is refused before the first one. */
const stepOf = (status: number, title = ''): ValidationStep =>
  VALIDATION_STEPS.find((step) => title.endsWith(step)) ??
  (status === 409 ? 'conflict_detection' : 'syntax_validation');

/** The rules that were broken; where the answer names none, what it says is the message. */
function errorsOf({ problem, status, message }: ApiProblemError): readonly FieldError[] {
  const { errors = [] } = problem ?? {};
  return errors.length > 0 ? errors : [{ field: '', rule: `http${status}`, message }];
}

/** What the API says, as the error that whoever lays layers understands; others stay as they are. */
function understood(error: unknown): unknown {
  if (error instanceof UnreachableError) return new UnavailableError(error.message, { cause: error });
  if (!(error instanceof ApiProblemError)) return error;
  const { status, problem } = error;
  if (status === 412) return new PreconditionFailedError(error.message);
  if (PASSING.includes(status)) return new UnavailableError(error.explainShortly(), { cause: error });
  if (REFUSALS.includes(status)) return new ManifestRefusedError(stepOf(status, problem?.title), errorsOf(error));
  return error;
}

const withStep = (warning: FieldError): Warning => ({
  ...warning,
  step: warning.field.startsWith('config.mcpServers') ? 'mcp_server_connectivity' : 'conflict_detection',
});

const conditionOn = (tag: string | null): Readonly<Record<string, string>> =>
  tag === null ? { 'if-none-match': '*' } : { 'if-match': tag };

/** The layers `filesystem` of a registry, through its API. */
export class ApiLayers implements DeclaredLayers {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  /**
   * What every source says of an agent; `undefined` when there is none.
   *
   * @throws ManifestRefusedError when the id cannot be one; UnavailableError
   */
  async all(id: string): Promise<AgentLayers | undefined> {
    try {
      return await this.#client.call<AgentLayers>({ method: 'GET', path: layersPath(id) });
    } catch (error) {
      if (error instanceof ApiProblemError && error.status === 404) return undefined;
      throw understood(error);
    }
  }

  async current(id: string): Promise<CurrentLayer | undefined> {
    const layer = (await this.all(id))?.layers.find(({ source }) => source === 'filesystem');
    return layer && { origin: layer.origin, tag: layer.etag };
  }

  async put({ id, document, ...rest }: DeclaredLayer, tag: string | null): Promise<Declared> {
    const path = `${layersPath(id)}/filesystem`;
    // The path says whose it is: an agent whose id was taken has another one than its document.
    const { id: _, ...said } = document;
    try {
      const { outcome, warnings } = await this.#client.call<LayerAnswer>({
        method: 'PUT',
        path,
        headers: conditionOn(tag),
        body: { ...rest, document: said } satisfies LayerRequest,
      });
      return { outcome, warnings: warnings.map(withStep) };
    } catch (error) {
      throw understood(error);
    }
  }

  /** The answer does not tell whether something lay below: that counts as `uncovered`. */
  async remove({ id, origin }: Pick<DeclaredLayer, 'id' | 'origin'>, tag: string | null): Promise<LayerRemoved> {
    const path = `${layersPath(id)}/filesystem`;
    try {
      await this.#client.call({ method: 'DELETE', path, query: { origin }, headers: conditionOn(tag) });
      return tag === null ? 'forgotten' : 'uncovered';
    } catch (error) {
      if (error instanceof ApiProblemError && error.status === 404) return 'absent';
      if (error instanceof ApiProblemError && error.status === 409) throw new ConflictError(errorsOf(error));
      throw understood(error);
    }
  }
}
