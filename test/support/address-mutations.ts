import fc from 'fast-check';
import { ALL_HOSTILE } from './hostile-addresses.ts';

const pick = <Item>(...items: readonly Item[]) => fc.constantFrom(...items);
/** What most are to have, so that one oddity does not hide another. */
const mostly = <Item>(usual: Item): Item[] => Array.from({ length: 40 }, () => usual);
const byte = fc.integer({ min: 0, max: 255 });

/** Places that an attacker would like to reach, and a few that are open to all. */
const NETWORKS: readonly (readonly number[])[] = [
  [127],
  [127, 0, 0, 1],
  [10],
  [172, 16],
  [172, 31],
  [192, 168],
  [169, 254],
  [169, 254, 169, 254],
  [169, 254, 170, 2],
  [100, 64],
  [100, 100, 100, 200],
  [168, 63, 129, 16],
  [0],
  [0, 0, 0, 0],
  [192, 0, 0],
  [198, 18],
  [224],
  [240],
  [255, 255, 255, 255],
  [8, 8, 8, 8],
  [],
];

const ipv4 = fc
  .tuple(pick(...NETWORKS), fc.tuple(byte, byte, byte, byte))
  .map(([network, rest]) => [...network, ...rest].slice(0, 4));

const DIGITS: readonly string[] = ['０１２３４５６７８９', '𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗', '⓪①②③④⑤⑥⑦⑧⑨', '₀₁₂₃₄₅₆₇₈₉'];
const DOTS = ['.', '.', '.', '。', '．', '｡', '%2e', '%E3%80%82'] as const;

const numeral = (value: number, base: number, zeros: number): string => {
  if (base === 16) return `0x${'0'.repeat(zeros)}${value.toString(16)}`;
  return base === 8 ? `0${'0'.repeat(zeros)}${value.toString(8)}` : String(value);
};

/** The last part stands for all bytes that are left, as in `127.1` or `2130706433`. */
function parts(bytes: readonly number[], count: number): number[] {
  const last = bytes.slice(count - 1).reduce((sum, next) => sum * 256 + next, 0);
  return [...bytes.slice(0, count - 1), last];
}

/** An IPv4 address as URL parsers and C libraries have ever read one. */
const ipv4Spelling = fc
  .record({
    bytes: ipv4,
    count: pick(1, 2, 3, 4, 4),
    bases: fc.tuple(pick(10, 8, 16), pick(10, 8, 16), pick(10, 8, 16), pick(10, 8, 16)),
    zeros: pick(0, 0, 1, 8),
    dot: pick(...DOTS),
    end: pick(...mostly(''), '.', '..', '。'),
  })
  .map(
    ({ bytes, count, bases, zeros, dot, end }) =>
      parts(bytes, count)
        .map((value, n) => numeral(value, bases[n] ?? 10, zeros))
        .join(dot) + end,
  );

const hex = (high = 0, low = 0): string => (high * 256 + low).toString(16);
const PREFIXES = [
  '::',
  '::ffff:',
  '::ffff:0:',
  '64:ff9b::',
  '64:ff9b:1::',
  '0:0:0:0:0:ffff:',
  '2606:4700::5efe:',
] as const;

/** An IPv4 address in one of IPv6, or one of IPv6's own special ones. */
const ipv6Spelling = fc
  .record({
    bytes: ipv4,
    form: fc.constantFrom('dotted', 'hex', '6to4', 'teredo', 'own'),
    prefix: pick(...PREFIXES),
    own: pick(
      '::1',
      '::',
      'fe80::1',
      'fc00::1',
      'fd00:ec2::254',
      'fec0::1',
      'ff02::1',
      '100::1',
      '5f00::1',
      '2001:db8::1',
    ),
    zone: pick(...mostly(''), '%eth0', '%25eth0', '%1'),
  })
  .map(({ bytes, form, prefix, own, zone }) => {
    const [a, b, c, d] = bytes;
    const forms = {
      dotted: `${prefix}${bytes.join('.')}`,
      hex: `${prefix}${hex(a, b)}:${hex(c, d)}`,
      '6to4': `2002:${hex(a, b)}:${hex(c, d)}::1`,
      teredo: `2001:0:${hex(a, b)}:${hex(c, d)}::1`,
      own,
    };
    return `[${forms[form]}${zone}]`;
  });

const NAMES = [
  'localhost',
  'api.localhost',
  'a.internal',
  'b.local',
  'nas.home.arpa',
  'vault',
  '1.0.0.127.in-addr.arpa',
];
const rebindable = pick('rebind.example.com', 'xn--bcher-kva.example.com', 'A.Example.NET', 'ok.example.com.');
const nameSpelling = fc
  .tuple(fc.oneof(pick(...NAMES), rebindable), pick('', '', '.', '..'))
  .map(([name, end]) => name + end);

/** Replaces one character here and there. */
type Change = (text: string, place: number) => string;
const at = (text: string, place: number): number => place % (text.length + 1);
const insert =
  (what: string): Change =>
  (text, place) =>
    text.slice(0, at(text, place)) + what + text.slice(at(text, place));
const replaceOne =
  (how: (character: string) => string): Change =>
  (text, place) => {
    const characters = [...text];
    const changed = place % Math.max(1, characters.length);
    return characters.map((one, index) => (index === changed ? how(one) : one)).join('');
  };

const CHANGES: readonly Change[] = [
  ...mostly<Change>((text) => text),
  (text) => text.toUpperCase(),
  replaceOne((one) => one.toUpperCase()),
  replaceOne((one) => `%${one.charCodeAt(0).toString(16)}`),
  ...DIGITS.map(
    (digits): Change =>
      (text) =>
        text.replace(/\d/g, (digit) => [...digits][Number(digit)] ?? digit),
  ),
  (text) => text.replace(/[a-z]/g, (one) => String.fromCodePoint(0xff41 + one.charCodeAt(0) - 97)),
  ...['\t', '\n', '\r', ' ', '\u00ad', '\u200b', '\\', '/', '@', '#', '?', ':', '%00', '\u0000', '[', ']'].map(insert),
];

const change = fc.tuple(pick(...CHANGES), fc.nat({ max: 400 }));

const spelled = fc
  .record({
    scheme: pick(...mostly('https://'), 'HTTPS://', 'http://', 'https:', 'https:/', 'https:\\\\', 'https:////', '//'),
    user: pick(...mostly(''), 'user@', 'user:pw@', 'example.com@', 'example.com%40', '@', 'a@b@'),
    host: fc.oneof(ipv4Spelling, ipv4Spelling, ipv6Spelling, nameSpelling),
    change,
    port: pick(...mostly(''), ':443', ':8443', ':80', ':22', ':0443', ':65536', ':', ':-1', ':x'),
    path: pick('', '/', '/latest/meta-data/', '?x=https://example.com', '#@example.com', '\\@example.com', '/../@h'),
  })
  .map(
    ({ scheme, user, host, change: [changed, place], port, path }) =>
      scheme + user + changed(host, place) + port + path,
  );

const damaged = fc
  .tuple(pick(...ALL_HOSTILE), change, change)
  .map(([address, [one, here], [other, there]]) => other(one(address, here), there));

/** Addresses that try to be read as something else than they are: most are hostile, some lead to a public host. */
export const mutatedAddress: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: spelled, weight: 3 },
  { arbitrary: damaged, weight: 1 },
);

/** What DNS may say of a name: one address or several, some of them where nobody may go. */
export const dnsAnswer: fc.Arbitrary<readonly string[]> = fc.array(
  fc.oneof(
    ipv4.map((bytes) => bytes.join('.')),
    pick('8.8.8.8', '1.1.1.1', '2606:4700::1111'),
    pick(
      '::1',
      'fe80::1',
      'fd00:ec2::254',
      '::ffff:127.0.0.1',
      '64:ff9b::a9fe:a9fe',
      '2002:7f00:1::',
      'fe80::1%lo',
      'localhost',
      '',
    ),
  ),
  { maxLength: 3 },
);
