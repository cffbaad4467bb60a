import sharp from 'sharp';
import { findPerson } from '../../src/modules/accounts';
import { makeStaff, makeUnit, signInAs } from '../support/factories';
import { idNumber, makePerson } from '../support/people';
import { openSite, type Page, type Site } from '../support/site';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const portrait = (width = 600, height = 840): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: '#88aacc' } })
    .jpeg()
    .toBuffer();
const upload = async (content?: Buffer) => ({
  button: 'do=upload:profile.photo',
  files: [{ field: 'files:profile.photo', name: '照片.jpg', content: content ?? (await portrait()) }],
});
const valueOf = (page: Page, id: string): string => page.find(`#${id}`)?.getAttribute('value') ?? '';

describe('B3 basic data', () => {
  it('shows name and ID number read-only and masked, and saves the rest', async () => {
    const person = await makePerson(site, 'profile_1', 1);
    const visitor = await signInAs(site, person);
    const page = await visitor.get('/profile');
    expect(page.text()).toContain('371***********');
    expect(page.html).not.toContain(person.idNumber);
    expect(page.html).not.toMatch(/name="[a-z.]*(idNumber|\.name)"/);
    const saved = await visitor.submit(page, {
      'profile.ethnicity': '11',
      'profile.bornOn': '1986年5月13日',
      'profile.politicalStatus': '13',
      'profile.nativePlace': '山东荣成',
      // S32: what the form does not have, nobody can set
      'profile.mobile': '13806310009',
      mobile: '13806310009',
      'profile.name': '李四',
      'profile.idNumber': idNumber(99),
      name: '李四',
      photo_sha256: 'a'.repeat(64),
      role: 'admin',
    });
    expect([saved.status, saved.location]).toEqual([303, '/profile?saved=1']);
    expect((await visitor.get(saved.location)).text()).toContain('基本信息已保存');
    expect(await findPerson(site.db, site.deps.cipher, person.accountId)).toMatchObject({
      name: '王丽华',
      idNumber: person.idNumber,
      ethnicityText: '满族',
      bornOn: '1986-05-13',
      mobile: '13906310001',
      politicalStatusText: '群众',
      nativePlace: '山东荣成',
      photoSha256: null,
      version: 2,
    });
    const record = await site.db('audit_log').where({ action: 'profile.save', subject_id: String(person.accountId) });
    expect(record).toHaveLength(1);
    const row = await site
      .db('persons')
      .where({ account_id: person.accountId })
      .first<{ mobile: Buffer; id_number: Buffer }>('mobile', 'id_number');
    expect(row.mobile.includes('13906310001') || row.id_number.includes(person.idNumber)).toBe(false);
  });

  it('X4 keeps what was typed beside its fault and saves nothing', async () => {
    const person = await makePerson(site, 'profile_2', 2);
    const visitor = await signInAs(site, person);
    const bad = await visitor.send(await visitor.get('/profile'), {
      'profile.bornOn': '1986.13.40',
      'profile.nativePlace': '山东文登',
    });
    expect(bad.errors()).toEqual(['「出生日期」请按年、月、日填写，例如 2017.12.5']);
    expect([valueOf(bad, 'f-profile-bornOn'), valueOf(bad, 'f-profile-nativePlace')]).toEqual(['1986.13.40', '山东文登']);
    expect((await findPerson(site.db, site.deps.cipher, person.accountId))?.nativePlace).toBe('');
    expect((await visitor.submit(bad, { 'profile.bornOn': '1986.5.1' })).location).toBe('/profile?saved=1');
    expect((await findPerson(site.db, site.deps.cipher, person.accountId))?.nativePlace).toBe('山东文登');
  });

  it('D1 shows both versions when another tab has saved, and keeps what is chosen', async () => {
    const person = await makePerson(site, 'profile_3', 3);
    const visitor = await signInAs(site, person);
    const [tab1, tab2] = [await visitor.get('/profile'), await visitor.get('/profile')];
    await visitor.submit(tab1, { 'profile.nativePlace': '山东威海', 'profile.ethnicity': '03' });
    const conflict = await visitor.submit(tab2, { 'profile.nativePlace': '山东烟台', 'profile.politicalStatus': '13' });
    expect(conflict.status).toBe(409);
    for (const words of ['山东威海', '山东烟台', '回族', '汉族', '群众']) expect(conflict.text()).toContain(words);
    const resolved = await visitor.submit(
      conflict,
      { 'keep.ethnicity': 'saved', 'keep.nativePlace': 'mine', 'keep.politicalStatus': 'mine' },
      { button: 'do=resolve' },
    );
    expect(resolved.location).toBe('/profile?saved=1');
    expect(await findPerson(site.db, site.deps.cipher, person.accountId)).toMatchObject({
      nativePlace: '山东烟台',
      ethnicity: '03',
      politicalStatus: '13',
      version: 3,
    });
    // a third tab with nothing new is no conflict
    expect((await visitor.submit(await visitor.get('/profile'))).location).toBe('/profile?saved=1');
  });

  it('crops the photo to 295 × 413, serves it to its owner only, and keeps the text typed beside it', async () => {
    const person = await makePerson(site, 'profile_4', 4);
    const visitor = await signInAs(site, person);
    expect((await visitor.get('/profile/photo')).status).toBe(404);
    expect((await visitor.get('/home')).text()).toContain('还没有上传证件照');
    const after = await visitor.send(await visitor.get('/profile'), { 'profile.nativePlace': '山东乳山' }, await upload());
    expect(after.text()).toContain('照片已上传');
    expect(valueOf(after, 'f-profile-nativePlace')).toBe('山东乳山');
    const photo = await visitor.bytes('/profile/photo');
    expect(photo.headers.get('content-type')).toBe('image/jpeg');
    expect(await sharp(photo.body).metadata()).toMatchObject({ width: 295, height: 413, format: 'jpeg' });
    expect((await visitor.get('/home')).text()).not.toContain('还没有上传证件照');
    const stranger = await signInAs(site, await makePerson(site, 'profile_5', 5));
    expect((await stranger.get('/profile/photo')).status).toBe(404);

    for (const [content, words] of [
      [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), '照片'],
      [await portrait(100, 140), '照片太小'],
    ] as const) {
      const refused = await visitor.send(after, { 'profile.nativePlace': '山东文登' }, await upload(content));
      expect(refused.errors()).toHaveLength(1);
      expect(refused.errors()[0]).toContain(words);
      expect(valueOf(refused, 'f-profile-nativePlace')).toBe('山东文登');
    }
    const none = await visitor.send(after, {}, { button: 'do=upload:profile.photo' });
    expect(none.errors()).toEqual(['请先选择照片，再点击「上传」']);
    const both = await visitor.submit(
      await visitor.get('/profile'),
      { 'profile.nativePlace': '山东荣成' },
      { ...(await upload(await portrait(700, 900))), button: 'do=save' },
    );
    expect(both.location).toBe('/profile?saved=1');
  });

  it('X2 is for persons only', async () => {
    expect((await site.visitor().get('/profile')).location).toBe('/sign-in?next=%2Fprofile');
    for (const account of [
      await makeUnit(site),
      await makeStaff(site, { role: 'bureau', divisionCode: '371002' }),
      await makeStaff(site, { role: 'support' }),
      await makeStaff(site, { role: 'admin' }),
    ]) {
      const visitor = await signInAs(site, account);
      expect((await visitor.get('/profile')).status).toBe(403);
      expect((await visitor.get('/profile/photo')).status).toBe(403);
    }
  });
});
