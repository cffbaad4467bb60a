import type { Field, FormContext, RawGroup } from '../../src/form/field';
import type { SectionDefinition } from '../../src/form/section';
import { smallFormContext } from '../../src/form/small-form';
import { compactCode, countCharacters, findNameIn, normaliseLine, normaliseText, toHalfWidth } from '../../src/lib/text';
import { isCertificateNumber } from '../../src/lib/certificate-number';
import { readCreditCode } from '../../src/lib/credit-code';
import { isRealDate, readDate, readYearMonth } from '../../src/lib/dates';
import { readFraction } from '../../src/lib/fraction';
import { readIdNumber } from '../../src/lib/id-number';
import { isUuid, wholeNumber } from '../../src/lib/ids';
import { maskIdNumber, maskMobile, maskName, maskNumbersIn } from '../../src/lib/mask';
import { readMobile } from '../../src/lib/mobile';
import { readMoment } from '../../src/lib/moment';
import { pinyinInitials } from '../../src/lib/pinyin';
import { ownAddress } from '../../src/modules/accounts/own-address';
import { personRegistrationSection } from '../../src/modules/accounts/person-registration';
import { profileSection } from '../../src/modules/accounts/profile-section';
import { unitRegistrationSection } from '../../src/modules/accounts/unit-registration';
import { batchForm, extensionForm, windowForm } from '../../src/modules/batches/batch-form';
import { readCalendarLines } from '../../src/modules/batches/calendar-lines';
import { faqKind, noticeKind } from '../../src/modules/notices/content-kind';
import { correctionForms } from '../../src/modules/support/correction-form';
import { staffForm } from '../../src/modules/accounts/staff-form';
import { sections } from '../../src/modules/declarations/sections';
import { pathForm } from '../../src/modules/paths/path-form';
import { permissionForm } from '../../src/modules/units/permission-form';

const SIZE = 100 * 1024;
/** The bar is 50 ms on a quiet machine; forty times that still tells a pattern that goes back and forth (seconds to minutes at this length) from a busy machine. */
const LIMIT_MS = 2000;
const fill = (s: string): string => s.repeat(Math.ceil(SIZE / s.length)).slice(0, SIZE);

/** Strings that make patterns with nested or neighbouring repeats go back and forth. */
const hostile: Record<string, string> = {
  digits: fill('1'),
  blanks: `1${fill(' ')}`,
  'blanks at both ends': `${fill(' ').slice(SIZE / 2)}x${fill(' ').slice(SIZE / 2)}`,
  'full-width': fill('１'),
  ideographic: `王${fill('　')}华`,
  'a name without its end': fill('王丽'),
  'a name again and again': fill('王丽华'),
  'a name in dots': fill('王·丽·'),
  'one long gap': `王${fill(' ·')}`,
  'many gaps': fill('王  · '),
  fractions: fill('1/'),
  dates: fill('2020-'),
  'dates in Han': fill('2020年9月'),
  slashes: fill('/'),
  dots: fill('.'),
  percent: `/${fill('%2f')}`,
  hyphens: `+86${fill('-')}`,
  letters: fill('a'),
  'line ends': fill('\r\n'),
  controls: fill('\0\u200b'),
  surrogates: fill('\ud842'),
  'rare Han': fill('𬀩'),
  combining: `e${fill('\u0301')}`,
  'at the end': `${fill('1')}!`,
};
const ctx: FormContext = smallFormContext('2026-11-22');

function timed(what: string, work: () => unknown): string[] {
  const took = (): number => {
    const start = performance.now();
    work();
    return performance.now() - start;
  };
  // other work on this machine, or the first compilation, may slow one run down: what is slow by itself is slow every time
  let ms = took();
  for (let i = 0; i < 9 && ms >= LIMIT_MS; i++) ms = Math.min(ms, took());
  return ms < LIMIT_MS ? [] : [`${what}: ${ms.toFixed(0)} ms`];
}

const readers: Record<string, (s: string) => unknown> = {
  normaliseText,
  normaliseLine,
  toHalfWidth,
  compactCode,
  countCharacters,
  findNameIn: (s) => findNameIn(s, '王丽华'),
  'findNameIn, long name': (s) => findNameIn(s, '王丽·王丽·王丽·王丽·王丽·王丽·王丽·王丽'),
  isCertificateNumber,
  readCreditCode,
  readDate,
  readYearMonth,
  readMoment: (s) => readMoment(s, 'end'),
  readCalendarLines,
  isRealDate,
  readFraction,
  'readIdNumber resident': (s) => readIdNumber('resident', s, '2026-11-22'),
  'readIdNumber residence permit': (s) => readIdNumber('hmt-residence', s, '2026-11-22'),
  'readIdNumber passport': (s) => readIdNumber('passport', s, '2026-11-22'),
  isUuid,
  wholeNumber: (s) => wholeNumber(s),
  maskIdNumber,
  maskMobile,
  maskName,
  maskNumbersIn,
  readMobile,
  ownAddress,
};

function readField(field: Field, text: string): void {
  const typed = field.read(text);
  const raw: RawGroup = { [field.id]: typed, ...Object.fromEntries(field.extraInputs.map((name) => [name, typed])) };
  if (typed === '') return;
  const read = field.schema(raw, ctx).safeParse(typed);
  field.control(raw, ctx);
  if (read.success) field.words(read.data);
}

describe('S44 100 KB of hostile text', () => {
  it.each(Object.keys(readers))('%s answers at once', (name) => {
    const slow = Object.entries(hostile).flatMap(([what, text]) => timed(`${name}, ${what}`, () => readers[name]?.(text)));
    expect(slow).toEqual([]);
  });

  it('pinyinInitials, which only reads names that have passed the limit of 200 characters, answers at once', () => {
    pinyinInitials('威海'); // loads its dictionary
    const slow = Object.entries(hostile).flatMap(([what, text]) => timed(what, () => pinyinInitials(text.slice(0, 200))));
    expect(slow).toEqual([]);
  });

  const forms: SectionDefinition[] = [
    ...sections,
    personRegistrationSection,
    unitRegistrationSection,
    profileSection,
    pathForm,
    permissionForm,
    batchForm,
    windowForm,
    extensionForm,
    faqKind.section,
    noticeKind.section,
    staffForm,
    ...Object.values(correctionForms),
  ];
  it.each(forms.map((s): [string, SectionDefinition] => [s.title, s]))('every field of 「%s」 answers at once', (_title, section) => {
    const slow = section.parts.flatMap((part) =>
      part.fields.flatMap((field) =>
        Object.entries(hostile).flatMap(([what, text]) => timed(`${part.id}.${field.id}, ${what}`, () => readField(field, text))),
      ),
    );
    expect(slow).toEqual([]);
  });
});
