import type { Json } from '../agents/merge.ts';
import type { LayerPut } from '../agents/put-layer.ts';
import type { LayerRemoved } from '../agents/remove-layer.ts';
import type { ServiceDocument } from '../services/service-document.ts';
import { type FieldError, RegistryError } from '../shared/errors.ts';
import type { ValidationStep } from './reload-terms.ts';

/** A layer as it is stored now. */
export interface CurrentLayer {
  readonly origin: string | null;
  /** Tells its versions apart. */
  readonly tag: string;
}

/** What a manifest says of an agent. */
export interface DeclaredLayer {
  readonly id: string;
  readonly origin: string;
  /** In the contract's names. */
  readonly document: Json;
  /** The origin whose agent this one takes over. Default: nobody's */
  readonly movedFrom?: string;
}

/** What is served all the same, but should be mended. */
export interface Warning extends FieldError {
  readonly step: ValidationStep;
  /** The id or name of an agent or service that is not there. */
  readonly missing?: string;
}

/** What became of a layer, and what should be mended about it. */
export interface Declared {
  readonly outcome: LayerPut['outcome'];
  readonly warnings: readonly Warning[];
}

/** The manifest did not pass a step of validation: what served before goes on serving. */
export class ManifestRefusedError extends RegistryError {
  readonly step: ValidationStep;
  /** Line of the manifest, from 1, that the reason speaks of. */
  readonly line?: number;

  constructor(step: ValidationStep, errors: readonly FieldError[], line?: number) {
    const detail = errors.map(({ field, message }) => (field ? `${field}: ${message}` : message)).join('; ');
    const status = step === 'conflict_detection' ? 409 : 400;
    super({ status, type: 'manifest-refused', title: `The manifest did not pass ${step}`, errors }, detail);
    this.step = step;
    if (line !== undefined) this.line = line;
  }
}

/** What one source declares, wherever it is kept: each thing by its id, with the origin that declares it. */
export interface Declarations {
  /** What is there now. */
  current(id: string): Promise<CurrentLayer | undefined>;
  /**
   * Takes one away.
   *
   * @param tag what it must still be; `null`: absent
   * @throws PreconditionFailedError when it is something else by now; ConflictError when it is another origin's;
   * UnavailableError
   */
  remove(declared: Pick<DeclaredLayer, 'id' | 'origin'>, tag: string | null): Promise<LayerRemoved>;
}

/** The layers of one source: in the registry's own table, or in a registry behind its API. */
export interface DeclaredLayers extends Declarations {
  /**
   * Lays what a manifest says, after all steps of validation.
   *
   * @param tag what the layer must still be; `null`: absent
   * @throws ManifestRefusedError when it does not pass; PreconditionFailedError when the layer is another by now;
   * UnavailableError
   */
  put(layer: DeclaredLayer, tag: string | null): Promise<Declared>;
}

/** The services that manifests declare, written as layers are: over what was read before the manifest, or not at all. */
export interface DeclaredServices extends Declarations {
  /**
   * @param tag what the service must still be; `null`: absent
   * @throws ValidationError, TooLargeError; ConflictError when the id is another origin's; PreconditionFailedError
   */
  put(service: ServiceDocument, origin: string, tag: string | null): Promise<'created' | 'updated' | 'unchanged'>;
}
