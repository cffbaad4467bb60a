/**
 * The whole way from 「单位注册」 to 「证书查验」 through the real pages, as people go it: once with scripts on a wide screen (rank by the applicant, as in the
 * guide of 2022), once without any script on a phone (rank by the unit, as in the guide of 2023). Every page on the way is looked over (X5, A8).
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser } from 'puppeteer';
import { makeScan } from '../../seeds/demo/scans';
import type { FrozenContent } from '../../src/modules/declarations';
import { findSection } from '../../src/modules/declarations/sections';
import { hasPdfToText, textOf } from '../print/read-pdf';
import { applicant, caseSections, fullCase, scanOf, type SectionCase } from '../support/case';
import { creditCode, makeBatch, makeCommittee, makeStaff, PASSWORD, residentId } from '../support/factories';
import { newPerson, openBrowser, type Person } from '../support/browser';
import { lastSmsCode } from '../support/people';
import { openSite, type Site } from '../support/site';

let browser: Browser;
let folder: string;
beforeAll(async () => {
  browser = await openBrowser();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-uploads-'));
});
afterAll(async () => {
  await browser.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

const SECRET = 'Haibian-Wuqu-95';
const SERIES = '群众文化';
const LEVEL = '初级职称';
const YEAR = 2026;
const DIVISION = { province: '山东省', city: '威海市', district: '环翠区' };
const committeeName = '威海市环翠区群众文化专业职务资格初级评审委员会';
const lower = { name: '威海市环翠区文化馆', creditCode: creditCode(1), loginName: 'wenhuaguan', contact: '于海燕', mobile: '13963100001' };
const upper = {
  name: '威海市环翠区文化和旅游局',
  creditCode: creditCode(2),
  loginName: 'wenlvju',
  contact: '丛海波',
  mobile: '13963100002',
};

const runs = [
  {
    run: 'with scripts, 1280 px',
    folder: '1280',
    scripts: true,
    width: 1280,
    rankBy: 'applicant' as const,
    person: { ...applicant, idNumber: residentId(2), typed: applicant.name, ethnicity: '汉族' },
  },
  {
    run: 'without scripts, 390 px',
    folder: '390',
    scripts: false,
    width: 390,
    rankBy: 'unit' as const,
    person: {
      name: '阿依古丽·买买提',
      typed: '阿依古丽•买买提',
      idNumber: residentId(46),
      mobile: '13900001235',
      loginName: 'ayiguli1995',
      ethnicity: '维吾尔族',
    },
  },
];

describe('X5 the look-over of the pages', () => {
  test.each([true, false])('X5 finds what it looks for, scripts %s', async (scripts) => {
    const site = await openSite();
    const person = await newPerson(browser, site, { who: '检查', scripts, width: 390 });
    await person.page.setContent(
      '<html><body><h1>a</h1><h1>b</h1><img src="data:,"><a href="/" target="_blank">c</a><div style="width:900px">d</div></body></html>',
    );
    await person.look();
    const faults = person.faults().join();
    for (const words of [
      'no title',
      '2 h1',
      'too wide',
      'a new window',
      'broken pictures',
      ...(scripts ? ['image-alt', 'document-title'] : []),
    ])
      expect(faults).toContain(words);
    await site.close();
  });
});

describe.each(runs)('A8, X4, X5 the whole journey $run', ({ folder: pictures, scripts, width, rankBy, person }) => {
  let site: Site;
  const people: Person[] = [];
  const newcomer = async (who: string): Promise<Person> => {
    const one = await newPerson(browser, site, { who, scripts, width, folder: pictures });
    people.push(one);
    return one;
  };

  let unit: Person;
  let superior: Person;
  let bureau: Person;
  let office: Person;
  let declarer: Person;
  /** everything there is to fill in, or only what must be */
  const wanted: SectionCase[] = scripts ? fullCase(YEAR) : caseSections(YEAR);
  let declaration = '';

  beforeAll(async () => {
    site = await openSite();
    const committee = await makeCommittee(site, { name: committeeName });
    await makeBatch(site, { committeeId: committee.id, rankBy, year: YEAR });
    await site.db('unit_register').insert({ credit_code: lower.creditCode, name: lower.name, division_code: '371002' });
    unit = await newcomer('用人单位');
    superior = await newcomer('主管部门');
    bureau = await newcomer('人社局');
    office = await newcomer('评委会');
    declarer = await newcomer('申报人');
    await bureau.signIn((await makeStaff(site, { role: 'bureau', divisionCode: '371002' })).loginName, PASSWORD);
    await office.signIn((await makeStaff(site, { role: 'office', committeeId: committee.id })).loginName, PASSWORD);
  });
  afterAll(() => site.close());
  /** The steps build on each other: what comes after a failure would only repeat it. */
  let isBroken = false;
  const step = (name: string, work: () => Promise<void>): void =>
    test(name, async () => {
      if (isBroken) throw new Error('an earlier step of this journey failed');
      isBroken = true;
      await work();
      isBroken = false;
    });
  afterEach(() => expect(people.flatMap((p) => p.faults())).toEqual([]));

  const stateOf = async (): Promise<string> =>
    ((await site.db('declarations').where({ id: declaration }).first('state')) as { state: string }).state;

  /** 「获取验证码」 where the number is not proven yet, then 「立即注册」. */
  async function sendRegistration(who: Person, mobile: string): Promise<void> {
    await who.answerCaptcha();
    if (await who.has('短信验证码')) {
      await who.press('获取验证码');
      await who.fill({ 短信验证码: await lastSmsCode(site, mobile) });
      await who.answerCaptcha();
    }
    await who.press('立即注册');
  }

  async function registerUnit(who: Person, u: typeof lower): Promise<void> {
    await who.open('/sign-in');
    await who.press('单位注册');
    await who.fill({
      单位名称: u.name,
      统一社会信用代码: u.creditCode,
      单位性质: '事业单位',
      '所属地区（省）': DIVISION.province,
      '所属地区（市）': DIVISION.city,
      '所属地区（县、市、区）': DIVISION.district,
      联系人: u.contact,
      手机号码: u.mobile,
      登录名: u.loginName,
      密码: SECRET,
      确认密码: SECRET,
    });
    await sendRegistration(who, u.mobile);
    expect(await who.heading()).toBe('单位注册：确认信息');
    expect(await who.text()).toContain(u.name);
    await who.press('确认');
    expect(await who.text()).toContain('注册成功');
    await who.signIn(u.creditCode, SECRET);
  }

  async function askPermission(who: Person, u: typeof lower): Promise<void> {
    await who.press('权限申请');
    await who.fill({ 统一社会信用代码: u.creditCode });
    await who.press('保存申请');
  }

  step(
    'C1, C2, A1 two units register; one permission is granted automatically, the other one by the bureau in 「单位权限审核」',
    async () => {
      await registerUnit(unit, lower);
      await askPermission(unit, lower);
      expect(await unit.text()).toContain('已取得「职称评审」权限');
      await registerUnit(superior, upper);
      await askPermission(superior, upper);
      expect(await superior.text()).toContain('申请已提交');
      await bureau.press('单位权限审核');
      await bureau.press('审核', upper.name);
      await bureau.fill({ 审核结果: '通过' });
      await bureau.press('提交审核意见');
      await superior.press('权限申请');
      expect(await superior.text()).toContain('已取得「职称评审」权限');
    },
  );

  step('P1, P2 「新增路径」 from the unit over the superior unit to the committee, 「路径审核」 at both', async () => {
    await unit.press('单位路径申请');
    await unit.press('新增路径');
    await unit.fill({ 职称系列: SERIES, 职称级别: LEVEL, 上一级类型: '主管部门或者呈报部门', 上一级单位名称: '文化和旅游局' });
    await unit.press('查找');
    await unit.fill({ 请选择单位: upper.name });
    await unit.press('提交');
    expect(await unit.text()).toContain('路径申请已提交');

    await superior.press('单位路径申请');
    await superior.press('新增路径');
    await superior.fill({ 职称系列: SERIES, 职称级别: LEVEL, 上一级类型: '评审委员会' });
    await superior.fill({ 'path.committee': committeeName });
    await superior.press('提交');

    for (const [who, menu, from] of [
      [superior, '路径审核', lower.name],
      [office, '评委会路径审核', upper.name],
    ] as const) {
      await who.press(menu);
      await who.press('审核', from);
      await who.fill({ 审核结果: '通过' });
      await who.press('提交审核意见');
      expect(await who.text()).toMatch(/已通过.+的路径申请/);
    }
    await unit.press('单位路径申请');
    expect(await unit.text()).toContain(committeeName);
  });

  step('B1, B5, X4 a person registers: faults beside the fields and in the summary, 「返回修改」 keeps everything, 「确认」', async () => {
    await declarer.open('/sign-in');
    await declarer.press('个人注册');
    const wrong = person.idNumber.slice(0, 17) + (person.idNumber.endsWith('1') ? '2' : '1');
    await declarer.fill({
      姓名: person.typed,
      证件类型: '居民身份证',
      证件号码: wrong,
      民族: person.ethnicity,
      手机号码: person.mobile,
      登录名: person.loginName,
      密码: SECRET,
      确认密码: SECRET,
    });
    await sendRegistration(declarer, person.mobile);
    expect(await declarer.errors()).toEqual(['证件号码的校验码不符，请逐位核对']);
    expect(await declarer.page.title()).toMatch(/^错误：/);
    if (scripts) expect(await declarer.focused()).toBe('error-summary');
    expect(await declarer.holds('姓名', person.name)).toBe(true);
    expect(await declarer.holds('证件号码', wrong)).toBe(true);

    // the password was checked against the number, so it is to be typed again with it
    await declarer.fill({ 证件号码: person.idNumber, 密码: SECRET, 确认密码: SECRET });
    await sendRegistration(declarer, person.mobile);
    expect(await declarer.heading()).toBe('个人注册：确认信息');
    for (const words of [person.name, person.idNumber, '女', '1995年3月12日', person.ethnicity, '姓名和证件号码不能修改'])
      expect(await declarer.text()).toContain(words);
    await declarer.press('返回修改');
    expect(await declarer.holds('姓名', person.name)).toBe(true);
    expect(await declarer.holds('民族', person.ethnicity)).toBe(true);
    expect(await declarer.holds('登录名', person.loginName)).toBe(true);
    await sendRegistration(declarer, person.mobile);
    await declarer.press('确认');
    expect(await declarer.text()).toContain('注册成功');
  });

  step('A1, A2, B3 signs in with the ID number after one wrong password, and uploads the photo in 「基本信息」', async () => {
    await declarer.fill({ 账号: person.idNumber, 密码: 'Cuowu-de-mima' });
    await declarer.answerCaptcha();
    await declarer.press('立即登录');
    expect((await declarer.errors()).join()).toMatch(/还可以尝试 4 次/);
    await declarer.signIn(person.idNumber, SECRET);
    await declarer.press('基本信息');
    expect(await declarer.text()).toContain(person.name);
    expect(await declarer.text()).not.toContain(person.idNumber);
    const photo = await makeScan('photo', { name: person.name, lines: [], date: '' }, 'jpg');
    await declarer.upload('files:profile.photo', photo, folder);
    expect(await declarer.text()).toContain('照片已上传');
  });

  const addLabelOf = (section: string, part: string): string => {
    const found = findSection(section)?.parts.find((p) => p.id === part);
    if (found?.kind !== 'rows') throw new Error(`no rows ${section}.${part}`);
    return found.addLabel;
  };

  /** Fills the section that is open, as far as the case says, and presses 「保存并继续」. */
  async function fillSection(c: SectionCase): Promise<void> {
    for (const [part, fields] of Object.entries(c.groups ?? {})) {
      // who gives the rank, the batch decides
      const asked = Object.entries(fields).filter(([k]) => k !== 'rank' || rankBy === 'applicant');
      await declarer.fill(Object.fromEntries(asked.map(([k, v]) => [`${part}.${k}`, v])));
    }
    const added: Record<string, string[]> = {};
    for (const [part, rows] of Object.entries(c.rows ?? {})) {
      const idsNow = async (): Promise<string[]> => ((await declarer.hidden(`${part}.rows`)) ?? '').split(',').filter((id) => id !== '');
      for (const row of rows) {
        const before = await idsNow();
        await declarer.press(addLabelOf(c.section, part));
        const id = (await idsNow()).find((x) => !before.includes(x)) ?? '';
        (added[part] ??= []).push(id);
        await declarer.fill(Object.fromEntries(Object.entries(row).map(([k, v]) => [`${part}.${id}.${k}`, v])));
      }
    }
    for (const [item, file] of Object.entries(c.files ?? {})) {
      const [part = '', a = '', b] = item.split('.');
      await declarer.upload(`files:${part}.${b === undefined ? a : `${added[part]?.[Number(a) - 1]}.${b}`}`, await scanOf(file), folder);
    }
  }

  async function chooseUnit(): Promise<void> {
    if (scripts) {
      await declarer.searchUnit('#f-main-unit-q', '环翠区文化');
      await declarer.fill({ 请选择单位: lower.name });
    } else {
      await declarer.press('查找单位');
      await declarer.fill({ q: 'whg' });
      await declarer.press('查找');
      await declarer.fill({ 请选择单位: lower.name });
      await declarer.press('选择该单位');
    }
    expect(await declarer.text('.picker__chosen')).toContain(lower.name);
  }

  const expectPdf = (file: { status: number; type: string; body: Buffer }): void => {
    expect([file.status, file.type.split(';')[0], file.body.subarray(0, 5).toString()]).toEqual([200, 'application/pdf', '%PDF-']);
  };

  step('D0 「新增申报信息」, 「我同意」', async () => {
    await declarer.press('我的申报信息');
    await declarer.press('新增申报信息');
    await declarer.press('开始申报', committeeName);
    expect(await declarer.text()).toContain('承诺');
    await declarer.press('我同意');
    declaration = /[0-9a-f-]{36}/.exec(declarer.address)?.[0] ?? '';
  });

  for (const c of wanted) {
    step(`D1-D14 「${findSection(c.section)?.title}」 with its files, without a complaint`, async () => {
      if (!declarer.address.includes(`/sections/${c.section}`)) await declarer.open(`/declarations/${declaration}/sections/${c.section}`);
      await fillSection(c);
      if (c.section === 'application') {
        await declarer.fill({ 申报职称: '助理馆员' });
        await chooseUnit();
      }
      await declarer.press('保存并继续');
      expect(await declarer.errors()).toEqual([]);
    });
  }

  step('D1 the overview says what is complete and what may stay empty', async () => {
    await declarer.open(`/declarations/${declaration}`);
    const tasks = await declarer.texts('.govuk-task-list__status');
    expect(tasks.filter((t) => t === '已完成')).toHaveLength(wanted.length);
    expect(tasks.filter((t) => t !== '已完成' && t !== '选填')).toEqual([]);
    expectPdf(await declarer.download('下载评审表'));
  });

  step('D15, D16 「核对并提交」 shows everything, 「确定申报」 submits, and the status page says where it is', async () => {
    await declarer.press('核对并提交');
    for (const words of [lower.name, '山东艺术学院', '《海之舞》获山东省群众舞蹈大赛二等奖', '社区广场舞的编排与普及'])
      expect(await declarer.text()).toContain(words);
    const preview = await answersOnScreen();
    await declarer.press('确定申报');
    expect(await declarer.text()).toContain('已完成「确定申报」');
    expect(await stateOf()).toBe('unit_review');
    expect(await declarer.text()).toContain('等待单位审核');

    // the preview, the frozen version, the page after it and the printed form say the same
    const { content } = (await site.db('declaration_versions').where({ declaration_id: declaration }).first('content')) as {
      content: FrozenContent;
    };
    const parts = content.sections.flatMap((s) => s.parts.flatMap((p) => [{ lines: p.lines, files: p.files }, ...p.items]));
    const frozen = parts.flatMap((p) => p.lines.map((l) => [l.label, squeeze(l.text)]));
    expect(frozen.length).toBeGreaterThan(wanted.length * 4);
    expect(preview).toEqual(frozen);
    expect(await answersOnScreen()).toEqual(frozen);
    const files = parts.flatMap((p) => p.files.map((f) => f.name));
    expect(await declarer.texts('.files__name')).toEqual(files);
    expect(files).toHaveLength(wanted.flatMap((c) => Object.keys(c.files ?? {})).length);
    const printed = await declarer.download('下载评审表');
    expectPdf(printed);
    if (!hasPdfToText) return;
    const text = textOf(printed.body).replace(/(?:[0-9A-F]{4}(?:-[0-9A-F]{4}){3})?第\d+页共\d+页/g, '');
    const missing = [...frozen.flat(), ...files].map(squeeze).filter((words) => !text.includes(words));
    expect(missing).toEqual([]);
  });

  const squeeze = (words: string): string => words.replace(/\s/g, '');
  async function answersOnScreen(): Promise<string[][]> {
    const labels = await declarer.texts('section[id^="section-"] .answers__label');
    const values = await declarer.texts('section[id^="section-"] .answers__value');
    return labels.map((label, i) => [label, squeeze(values[i] ?? '')]);
  }

  async function passAndReport(who: Person, isFirst: boolean): Promise<void> {
    await who.press('职称申报数据审核');
    await who.fill({ 职称系列: SERIES, 职称级别: LEVEL });
    await who.press('查询');
    await who.press(person.name);
    expect(await who.text()).toContain('山东艺术学院');
    await who.press('通过');
    expect(await who.text()).toContain('的申报审核通过');
    await who.press('职称申报数据上报');
    await who.fill({ 职称系列: SERIES, 职称级别: LEVEL });
    await who.press('查询');
    await who.fill({ ids: declaration });
    if (isFirst && rankBy === 'unit') {
      await who.press('数据上报');
      expect((await who.errors()).join()).toContain('单位推荐排序');
      await who.fill({ [`rank.${declaration}`]: '1/1' });
    }
    await who.press('数据上报');
    expect(await who.text()).toContain('已上报 1 人');
  }

  step('R1, R2 the unit: 「职称申报数据审核」, 「查询」, 「通过」; 「职称申报数据上报」, ticked, 「数据上报」', async () => {
    await passAndReport(unit, true);
    expect(await stateOf()).toBe('unit_review');
  });

  step('R1, R2, R3 the superior unit does the same', async () => {
    await passAndReport(superior, false);
    expect(await stateOf()).toBe('office_review');
  });

  step('J1, J3, J4 the office: 「受理」, 「登记表决结果」, 「公示」; the public page names the person', async () => {
    await office.press('申报受理与评审');
    await office.press(person.name);
    await office.press('受理');
    await office.fill({ 状态: '已受理（1）' });
    await office.press('查询');
    await office.press(person.name);
    await office.press('登记表决结果');
    const [today] = (await site.db.raw<{ rows: { today: string }[] }>("SELECT to_char(app_today(), 'YYYY.MM.DD') AS today")).rows;
    await office.fill({ 评审会议日期: today?.today ?? '', 总人数: '11', 参加人数: '9', 赞成: '6', 反对: '2', 弃权: '1' });
    await office.press('登记表决结果');
    await office.press('确认登记「通过」');
    expect(await stateOf()).toBe('voted_passed');
    await office.press('公示');
    await office.press('公示');
    expect(await stateOf()).toBe('publicity');

    const reader = await newcomer('公众');
    await reader.open('/sign-in');
    await reader.press('结果公示');
    await reader.press(committeeName);
    expect(await reader.text()).toContain(person.name);
    expect(await reader.text()).not.toContain(person.idNumber);
  });

  step('J4, J5 the bureau confirms when the publicity is over', async () => {
    await site.advanceClock('16 days');
    await bureau.press('评审结果确认');
    await bureau.press(person.name);
    await bureau.press('确认');
    expect(await bureau.text('h1')).toBe('确认身份'); // S14
    await bureau.fill({ 登录密码: PASSWORD });
    await bureau.press('确认');
    await bureau.press('确认');
    expect(await stateOf()).toBe('certified');
  });

  step('D16, J5, A7 「下载证书」 and the finished 「评审表」 are PDFs, and 「证书查验」 finds the certificate', async () => {
    await declarer.press('我的申报信息');
    expect(await declarer.text()).toContain('已发证');
    expectPdf(await declarer.download('下载证书'));
    await declarer.press(`${YEAR}年度${SERIES}${LEVEL}`, committeeName);
    expectPdf(await declarer.download('下载评审表'));
    expectPdf(await declarer.download('下载证书'));
    const { number } = (await site.db('certificates').where({ declaration_id: declaration }).first('number')) as { number: string };

    const reader = await newcomer('公众');
    await reader.open('/sign-in');
    await reader.press('证书查验');
    await reader.fill({ 证书编号: number, 姓名: person.name });
    await reader.press('查验');
    expect(await reader.text()).toContain('有效');
    expect(await reader.text()).toContain('助理馆员');
    await reader.fill({ 证书编号: number, 姓名: '于海燕' });
    await reader.press('查验');
    expect(await reader.text()).toContain('没有查到');
  });
});
