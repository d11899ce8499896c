import Table from 'cli-table3';
import pc from 'picocolors';

/** Where a command writes; `isTTY` where people read along. */
export type Stream = Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean };

/** Columns of two spaces between and no lines: easy to read, and to cut with other tools. */
const PLAIN = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** What commands print: JSON for programs, or text and tables for people, coloured only on a terminal. */
export class Output {
  readonly isTerminal: boolean;
  readonly colours: ReturnType<typeof pc.createColors>;
  readonly #stream: Stream;

  constructor(stream: Stream, environment: NodeJS.ProcessEnv = process.env) {
    this.#stream = stream;
    this.isTerminal = stream.isTTY === true;
    this.colours = pc.createColors(this.isTerminal && !environment.NO_COLOR);
  }

  line(text = ''): void {
    this.#stream.write(`${text}\n`);
  }

  json(value: unknown): void {
    this.line(JSON.stringify(value, null, 2));
  }

  /** Rows below a head; cells that are empty show as `-`, so that columns can be counted. */
  table(head: readonly string[], rows: readonly (readonly string[])[]): void {
    const table = new Table({
      head: head.map((title) => this.colours.dim(title)),
      chars: PLAIN,
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    });
    table.push(...rows.map((row) => row.map((cell) => cell || '-')));
    this.line(table.toString().replace(/[ \t]+$/gm, ''));
  }
}
