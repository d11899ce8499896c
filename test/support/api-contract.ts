import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { ApiAnswer } from './api.ts';

/** The parts of an OpenAPI document that answers are held against. */
interface Documented {
  readonly paths: Record<string, Record<string, { readonly responses: Record<string, DocumentedResponse> }>>;
  readonly components: { readonly schemas: Record<string, object> };
}

interface DocumentedResponse {
  readonly content?: Record<string, { readonly schema: { readonly $ref: string } }>;
}

/** Holds answers against an OpenAPI document: route, status, content type and body. */
export class ApiContract {
  readonly #document: Documented;
  readonly #ajv: Ajv2020;

  constructor(document: object) {
    this.#document = document as Documented;
    this.#ajv = new Ajv2020({ strict: false });
    addFormats.default(this.#ajv);
    this.#ajv.addSchema({ $id: 'api', components: this.#document.components });
  }

  /** Routes as `METHOD /path` with their templates. */
  routes(): string[] {
    return Object.entries(this.#document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
  }

  /** Throws an Error that says how an answer is not as documented. Unknown routes must be 404 problems. */
  assertDocumented(
    method: string,
    path: string,
    answer: Pick<ApiAnswer, 'status' | 'headers' | 'text' | 'body'>,
  ): void {
    const told = `${method} ${path} answered ${answer.status}`;
    const response = this.#response(method, path, answer.status);
    if (response === undefined) throw new Error(`${told}, which is not documented: ${answer.text.slice(0, 200)}`);
    if (response.content === undefined) {
      if (answer.text !== '') throw new Error(`${told} with a body, where none is documented`);
      return;
    }
    const media = response.content[answer.headers.get('content-type') ?? ''];
    if (media === undefined) throw new Error(`${told} as ${answer.headers.get('content-type')}`);
    const validate = this.#validator(media.schema.$ref);
    if (!validate(answer.body)) throw new Error(`${told} with another body: ${this.#ajv.errorsText(validate.errors)}`);
  }

  #response(method: string, path: string, status: number): DocumentedResponse | undefined {
    const template = this.#templateOf(path.split('?')[0] ?? path);
    const operation = this.#document.paths[template ?? '']?.[method.toLowerCase()];
    if (operation !== undefined) return operation.responses[status];
    const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
    return status === 404 ? { content: problem } : undefined;
  }

  /** An exact path goes before one with a parameter. */
  #templateOf(path: string): string | undefined {
    const templates = Object.keys(this.#document.paths);
    return templates.find((one) => one === path) ?? templates.find((one) => patternOf(one).test(path));
  }

  #validator($ref: string): ValidateFunction {
    return this.#ajv.getSchema(`api${$ref}`) ?? this.#ajv.compile({ $ref: `api${$ref}` });
  }
}

const patternOf = (template: string): RegExp =>
  new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`);
