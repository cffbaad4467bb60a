/** What the tests of the accounts pages share: numbers with a right checksum, and pages filled in as a person would. */
import { listSms } from '../../src/adapters/sms';
import { knowCaptcha, makePerson as makePersonWith, residentId, type TestPerson } from './factories';
import type { Page, Site, Visitor } from './site';

export { knowCaptcha };

/** The number of a woman or man born on 12 May 1986, unless told otherwise. */
export const idNumber = (sequence: number, birth = '19860512', division?: string): string => residentId(sequence, birth, division);

/** Every number in a log that could be a person's: ID numbers of 18 or 15 places, mobile numbers. Request ids are no numbers of anybody. */
export const personalNumbersIn = (log: readonly string[]): string[] =>
  log
    .join('\n')
    .replace(/[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}/g, '(request)')
    .match(/\d{17}[\dXx]|(?<!\d)\d{15}(?!\d)|(?<!\d)1[3-9]\d{9}(?!\d)/g) ?? [];

/** Fills a form with a captcha and sends it. */
export async function submitWithCaptcha(
  site: Site,
  visitor: Visitor,
  page: Page,
  values: Record<string, string>,
  button?: string,
): Promise<Page> {
  await knowCaptcha(site, page);
  return visitor.submit(page, { 'captcha.answer': 'test', ...values }, button === undefined ? {} : { button });
}

/** The newest short message to this number, read as support staff of a demonstration would. */
export async function lastSms(site: Site, mobile: string): Promise<string> {
  const found = (await listSms(site.db, site.deps.cipher, 1000)).find((m) => m.mobile === mobile);
  if (!found) throw new Error(`no message to ${mobile}`);
  return found.text;
}
export const lastSmsCode = async (site: Site, mobile: string): Promise<string> =>
  /验证码 (\d{6})/.exec(await lastSms(site, mobile))?.[1] ?? '';

/** As if two days had passed for the limits of all numbers; codes stay good. */
export const liftSmsLimits = async (site: Site): Promise<void> => {
  // several of these run at once: locks in one order, and one writer at a time
  await site.db.transaction(async (trx) => {
    await trx.raw("SELECT pg_advisory_xact_lock(hashtext('test:lift-sms-limits'))");
    await trx.raw(`UPDATE sms_codes SET made_at = made_at - interval '2 days'
      WHERE id IN (SELECT id FROM sms_codes ORDER BY id FOR UPDATE SKIP LOCKED)`);
  });
};

/** Fills a registration form, has the code sent to its number, and sends the form with the code. A number that is proven already, or can't be read, gets none. */
export async function submitRegistration(
  site: Site,
  visitor: Visitor,
  page: Page,
  values: Record<string, string>,
  button = 'do=next',
): Promise<Page> {
  if (!page.find('#f-sms-code')) return submitWithCaptcha(site, visitor, page, values, button);
  await liftSmsLimits(site);
  const answer = await submitWithCaptcha(site, visitor, page, values, 'do=sms');
  const asked = answer.status === 303 ? await visitor.open(answer.location) : answer;
  const mobile = asked.find('input[name$=".mobile"]')?.getAttribute('value') ?? '';
  if (asked.errors().length > 0) return submitWithCaptcha(site, visitor, asked, values, button);
  return visitor.submit(asked, { ...values, 'sms.code': await lastSmsCode(site, mobile) }, { button });
}

/** A registered person of this login name and ID number, without a photograph. */
export const makePerson = (site: Site, loginName: string, sequence: number, name = '王丽华', mobile = '13906310001'): Promise<TestPerson> =>
  makePersonWith(site, { loginName, name, idNumber: idNumber(sequence), mobile, photo: false });
