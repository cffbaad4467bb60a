/** What the tests of the accounts pages share: numbers with a right checksum, and pages filled in as a person would. */
import { createHash } from 'node:crypto';
import { createPersonAccount } from '../../src/modules/accounts';
import { passwordHash } from './factories';
import type { Page, Site, Visitor } from './site';

/** A resident ID number with a right check character (GB 11643). */
export function idNumber(sequence: number, birth = '19860512', division = '371002'): string {
  const body = `${division}${birth}${String(sequence).padStart(3, '0')}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  return body + '10X98765432'.charAt(weights.reduce((sum, w, i) => sum + w * Number(body[i]), 0) % 11);
}

/** Makes the captcha of a page answer to 「test」: what stands in the picture, only people can read. */
export async function knowCaptcha(site: Site, page: Page): Promise<void> {
  const id = page.find('input[name="captcha.id"]')?.getAttribute('value') ?? '';
  const changed = await site
    .db('captchas')
    .where({ id })
    .update({ answer_hash: createHash('sha256').update('test').digest() });
  if (changed !== 1) throw new Error(`no captcha on ${page.address}: ${page.text('body').slice(0, 300)}`);
}

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

export interface TestPerson {
  accountId: number;
  loginName: string;
  idNumber: string;
}
export async function makePerson(site: Site, loginName: string, sequence: number, name = '王丽华'): Promise<TestPerson> {
  const number = idNumber(sequence);
  const hash = await passwordHash();
  const accountId = await site.db.transaction((trx) =>
    createPersonAccount(trx, site.deps, {
      loginName,
      passwordHash: hash,
      name,
      idType: 'resident',
      idNumber: number,
      sex: 'female',
      bornOn: '1986-05-12',
      ethnicity: '01',
      mobile: '13906310001',
    }),
  );
  return { accountId, loginName, idNumber: number };
}
