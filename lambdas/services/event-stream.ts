/** A lone carriage return at the very end may be the first half of a line's end. */
const LINE_END = /\r\n|\n|\r(?!$)/;

/** Reads a stream of server-sent events as it comes (WHATWG HTML, "Interpreting an event stream"). */
export class EventStream {
  readonly #decoder = new TextDecoder();
  #rest = '';
  #data: string[] = [];

  /** The data of each event that ends within this part. */
  read(part: Uint8Array): string[] {
    const lines = (this.#rest + this.#decoder.decode(part, { stream: true })).split(LINE_END);
    this.#rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.#take(line) ?? []);
  }

  /** The data of the event that an empty line ends. */
  #take(line: string): string | undefined {
    if (line.startsWith('data:')) this.#data.push(line.slice(5).replace(/^ /, ''));
    if (line !== '' || this.#data.length === 0) return undefined;
    return this.#data.splice(0).join('\n');
  }
}
