/**
 * Keeps credentials out of what the registry stores, tells and logs. Nobody can know a secret by its looks, so this
 * errs on the other side: of a command line only what names things stays.
 */

/** Beginnings that issuers of tokens agreed on. */
const ISSUED =
  /^(sk|pk|rk|gh[opusr]|github_pat|glpat|xox[a-z]|AKIA|ASIA|AIza|ya29|eyJ|npm|pypi|hf|dop|shpat|Bearer|Basic)[-_. ]?[\w]/;
const MIN_ISSUED_LENGTH = 12;

const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Letters and digits without a break, as keys are and words are not. */
const MIN_KEY_LENGTH = 16;

const looksRandom = (word: string): boolean =>
  word.length >= MIN_KEY_LENGTH &&
  (/\d/.test(word) || (word.match(/[a-z][A-Z]|[A-Z][a-z]/g)?.length ?? 0) > word.length / 4);

/** Whether a text looks like a key, a token or a password that was made by a machine. */
export const looksSecret = (text: string): boolean =>
  (text.length >= MIN_ISSUED_LENGTH && ISSUED.test(text)) ||
  UUID.test(text) ||
  text.split(/[^A-Za-z0-9]/).some(looksRandom);

/** Words in the name of an option whose value is a secret, or holds one. */
const SECRET_WORDS =
  /key|token|secret|passw|passphrase|pwd|auth|cred|bearer|cookie|session|signature|private|header|dsn|conn|login|user|\bpat\b|\bpin\b/i;

/** Options of one letter that take headers, names and passwords: `curl -u`, `-H`, `mysql -p`. */
const SECRET_LETTERS = /^-[HukpPt]$/;

const VARIABLE = /\$\{?(?:env:)?([A-Za-z_]\w{0,127})/g;

/** A name of an environment variable or header. */
const NAME = /^[A-Za-z_][\w.-]{0,127}$/;

/** The name of an environment variable or header, if it is one and no secret itself. */
export const asName = (value: unknown): string | undefined => {
  const name = typeof value === 'string' ? value.trim() : '';
  return NAME.test(name) && !looksSecret(name) ? name : undefined;
};

/** Names of the environment variables that a text refers to: `${TOKEN}`, `$TOKEN`, `${env:TOKEN}`. */
export const variablesIn = (text: string): string[] =>
  [...text.matchAll(VARIABLE)].map(([, name]) => asName(name)).filter((name) => name !== undefined);

/**
 * An address without user, password, query and fragment, and without path segments that look like keys; none where part
 * of it is still to be filled in, since what stands there may have a default.
 */
export function safeUrl(text: string): string | undefined {
  if (/[${}]/.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (!['http:', 'https:', 'ws:', 'wss:'].includes(url.protocol)) return undefined;
  url.username = '';
  url.password = '';
  url.search = '';
  url.hash = '';
  url.pathname = url.pathname
    .split('/')
    .map((segment) => (looksSecret(segment) ? 'redacted' : segment))
    .join('/');
  return url.href.length <= 2048 ? url.href : undefined;
}

/** What may be kept of a command line. */
export interface SafeWords {
  readonly words: readonly string[];
  /** Names of environment variables and headers that it sets or refers to. */
  readonly requires: readonly string[];
}

const NOTHING: SafeWords = { words: [], requires: [] };

/** `NAME=value` is kept as `NAME`: of a variable only the name is nobody's secret. */
function safeAssignment(word: string): SafeWords | undefined {
  const name = /^([A-Za-z_]\w{0,127})=/.exec(word)?.[1];
  if (name === undefined) return undefined;
  return looksSecret(name) ? NOTHING : { words: [name], requires: [name] };
}

/** An option whose value stayed behind. It says so, or the next reading would take the word behind it for the value. */
const emptied = (flag: string): string => `${flag}=`;

function safeOption(word: string): SafeWords {
  const [, flag, value] = /^(--?[A-Za-z][\w.-]{0,63})(?:=(.*))?$/s.exec(word) ?? [];
  if (flag === undefined || looksSecret(flag)) return NOTHING;
  // `-psecret` is `-p secret`.
  if (SECRET_LETTERS.test(flag.slice(0, 2)) && !flag.startsWith('--'))
    return { words: [word.length === 2 ? word : emptied(flag.slice(0, 2))], requires: [] };
  if (value === undefined) return { words: [flag], requires: [] };
  if (SECRET_WORDS.test(flag)) return { words: [emptied(flag)], requires: variablesIn(value) };
  const { words, requires } = safeWord(value);
  return { words: words.length > 0 ? [`${flag}=${words[0]}`] : [flag], requires };
}

function safeWord(word: string): SafeWords {
  if (word.includes('$')) return { words: [], requires: variablesIn(word) };
  const assignment = safeAssignment(word);
  if (assignment) return assignment;
  if (word.startsWith('-')) return safeOption(word);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(word)) {
    const url = safeUrl(word);
    return { words: url === undefined ? [] : [url], requires: [] };
  }
  // Names of packages, commands, paths and plain words; quotes, braces, `a:b` and `a=b` may hold anything.
  const isPlain = /^[\w@./~+-]{1,256}$/.test(word) && !looksSecret(word);
  return { words: isPlain ? [word] : [], requires: [] };
}

const takesSecret = (word: string): boolean =>
  SECRET_LETTERS.test(word) || (/^--?[A-Za-z][\w.-]*$/.test(word) && SECRET_WORDS.test(word));

/** Whether a word is the value of the one before it, and a secret. */
const isSecretOf = (before: string | undefined, word: string | undefined): boolean =>
  before !== undefined && word !== undefined && takesSecret(before) && !word.startsWith('-');

/** `Authorization: Bearer …` and `NAME=value` name what they set. */
const namesIn = (value: string): string[] => {
  const name = asName(/^([A-Za-z_][\w-]{0,127})[:=]/.exec(value)?.[1]);
  return [...(name === undefined ? [] : [name]), ...variablesIn(value)];
};

/** A command line without what could be a credential; what it gives is taken again as it is. */
export function safeWords(line: readonly string[]): SafeWords {
  const found = line.map(
    (word, index): SafeWords =>
      isSecretOf(line[index - 1], word) ? { words: [], requires: namesIn(word) } : safeWord(word),
  );
  const words = found.flatMap((safe) => safe.words);
  return {
    words: words.map((word, index) => (isSecretOf(word, words[index + 1]) ? emptied(word) : word)),
    requires: found.flatMap(({ requires }) => requires),
  };
}
