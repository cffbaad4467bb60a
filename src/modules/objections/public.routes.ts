import type { Deps } from '../../deps';
import { startCrumb } from '../../http/crumbs';
import { findDraft, keepDraft } from '../../http/form-drafts.store';
import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { takeTurn } from '../../http/rate-limit.store';
import { notFound, page, refusal, seeOther, type PageError, type Reply, type Route, type UploadedFile, type Visit } from '../../http/route';
import { showDate } from '../../lib/dates';
import { isUuid, wholeNumber } from '../../lib/ids';
import { showMoment } from '../../lib/moment';
import { readQueryCode } from '../../lib/query-code';
import { countCharacters, normaliseLine, normaliseText } from '../../lib/text';
import { createCaptcha, useCaptcha, type CaptchaKind } from '../accounts';
import { takeFile } from '../attachments';
import type { Catalogue } from '../catalogue';
import { findPublicityPage, listPublicityItems, sameNameText, type Publicity, type PublicityItem } from '../committee';
import { titleCell } from '../review';
import { handInObjection } from './hand-in-objection';
import { findByReceipt, type ObjectionFile } from './objections.store';
import { outcomeTag, outcomeTexts } from './objections.view';

const DRAFT = 'result-objection';
const WORDS = 1000;
const LIMIT = { most: 10, minutes: 60 };

interface Typed {
  publicityId: number;
  declaration: string;
  kind: string;
  name: string;
  contact: string;
  content: string;
  captchaKind: CaptchaKind;
  file?: ObjectionFile;
  errors: PageError[];
}

/** As in the list that is put up: who bears the same name in the same unit is told apart by title, speciality and place. */
function personText(i: PublicityItem, catalogue: Catalogue): string {
  const about = i.sameName > 1 ? [i.unitName, titleCell(i, catalogue).text, i.speciality, sameNameText(i)] : [i.unitName];
  const words = about.filter((x) => x !== '').join('，');
  return words === '' ? i.name : `${i.name}（${words}）`;
}

/** J4: objections of the public to results that are put up: the form, and what has come of one by its 「受理编号」. */
export function publicObjectionRoutes(deps: Deps): Route[] {
  const { db, cipher } = deps;

  async function open(visit: Visit): Promise<Publicity | undefined> {
    const id = wholeNumber(visit.param('publicity'));
    return id === undefined ? undefined : findPublicityPage(db, id);
  }
  const crumbs = (visit: Visit, p: Publicity, text: string) => [
    startCrumb(visit),
    { text: '结果公示', href: paths.publicities() },
    { text: p.committeeName, href: paths.publicity(p.id) },
    { text },
  ];
  const officeOf = (p: Publicity): string => `${p.committeeName}办事机构${p.committeePhone === '' ? '' : `，电话 ${p.committeePhone}`}`;
  const isOver = (p: Publicity): Reply =>
    refusal(409, `公示期已于${showDate(p.endsOn)}届满，不能再在网上提出异议。需要反映问题的，请联系${officeOf(p)}`, {
      text: '返回公示',
      href: paths.publicity(p.id),
    });

  const nobodyLeft = (p: Publicity): Reply =>
    refusal(409, `公示人员的评审结果已经处理完毕，不能再在网上提出异议。需要反映问题的，请联系${officeOf(p)}`, {
      text: '返回公示',
      href: paths.publicity(p.id),
    });

  async function show(visit: Visit): Promise<Reply> {
    const p = await open(visit);
    if (!p) return notFound;
    if (p.isOver) return isOver(p);
    const kept = await findDraft<Typed>(db, cipher, DRAFT, visit.owner, visit.query.one('draft'));
    const typed = kept?.publicityId === p.id ? kept : undefined;
    const errors = typed?.errors ?? [];
    const [catalogue, people] = [await deps.catalogue.get(), (await listPublicityItems(db, p.id)).filter((i) => i.isOpen)];
    if (people.length === 0) return nobodyLeft(p);
    // by name, as one looks for somebody in a long list
    people.sort((a, b) => a.name.localeCompare(b.name, 'zh-CN') || a.nth - b.nth);
    const captcha = await createCaptcha(db, visit.owner, typed?.captchaKind ?? 'picture');
    const problems = Object.fromEntries(errors.map((e) => [e.href.slice(1), e.text]));
    return page(
      'objections/new',
      { title: '对公示结果提出异议', breadcrumbs: crumbs(visit, p, '提出异议'), errors },
      {
        action: addressOf(paths.newResultObjection(p.id), { draft: visit.query.one('draft') }),
        backHref: paths.publicity(p.id),
        people: people.map((x) => ({
          value: x.id,
          text: personText(x, catalogue),
          chosen: typed?.declaration === x.id,
        })),
        typed: typed ?? { kind: 'named', name: '', contact: '', content: '' },
        fileName: typed?.file?.name,
        endsOn: showDate(p.endsOn),
        errors: problems,
        captcha: { ...captcha, ...(problems['f-captcha-answer'] === undefined ? {} : { problem: problems['f-captcha-answer'] }) },
        limit: WORDS,
      },
    );
  }

  async function receive(upload: UploadedFile): Promise<ObjectionFile | { problem: string }> {
    const outcome = await takeFile(deps, upload);
    if (outcome.kind === 'refused') return { problem: outcome.problem };
    const { sha256, size, name, mediaType } = outcome.file;
    return { sha256, size, name, mediaType };
  }

  async function hand(visit: Visit): Promise<Reply> {
    const p = await open(visit);
    if (!p) return notFound;
    if (p.isOver) return isOver(p);
    const { body, owner } = visit;
    const before = await findDraft<Typed>(db, cipher, DRAFT, owner, visit.query.one('draft'));
    const act = body.one('do');
    const errors: PageError[] = [];
    const upload = visit.files.find((f) => f.field === 'file');
    const received = upload && (await receive(upload));
    const file = received && 'sha256' in received ? received : before?.publicityId === p.id ? before.file : undefined;
    const typed: Typed = {
      publicityId: p.id,
      declaration: body.one('declaration'),
      kind: body.one('kind'),
      name: normaliseLine(body.one('name')),
      contact: normaliseLine(body.one('contact')),
      content: normaliseText(body.one('content')),
      captchaKind: act === 'captcha:words' || (act !== 'captcha:picture' && body.one('captcha.kind') === 'words') ? 'words' : 'picture',
      errors,
      ...(file ? { file } : {}),
    };
    const back = async (): Promise<Reply> =>
      seeOther(addressOf(paths.newResultObjection(p.id), { draft: await keepDraft(db, cipher, DRAFT, owner, typed) }));
    if (act.startsWith('captcha:')) return back();
    if (!isUuid(typed.declaration)) errors.push({ text: '请选择异议涉及的人员', href: '#declaration' });
    if (typed.kind !== 'named' && typed.kind !== 'anonymous') errors.push({ text: '请选择反映方式', href: '#kind' });
    if (typed.kind === 'named')
      for (const [field, label, most] of [
        ['name', '姓名', 50],
        ['contact', '联系电话', 50],
      ] as const) {
        if (typed[field] === '') errors.push({ text: `实名反映的，请填写「${label}」`, href: `#${field}` });
        else if (countCharacters(typed[field]) > most) errors.push({ text: `「${label}」最多 ${most} 个字`, href: `#${field}` });
      }
    if (typed.content === '') errors.push({ text: '请填写「反映内容」', href: '#content' });
    else if (countCharacters(typed.content) > WORDS) errors.push({ text: `「反映内容」最多 ${WORDS} 个字`, href: '#content' });
    if (received && 'problem' in received) errors.push({ text: `文件未能上传：${received.problem}`, href: '#file' });
    const answer = body.one('captcha.answer').trim();
    if (answer === '') errors.push({ text: '请填写「验证码」', href: '#f-captcha-answer' });
    else {
      const verdict = await useCaptcha(db, body.one('captcha.id'), owner, answer);
      if (verdict !== 'right')
        errors.push({
          text: `「验证码」${verdict === 'wrong' ? '不正确' : '已经失效'}，请按新的验证码重新填写`,
          href: '#f-captcha-answer',
        });
    }
    if (errors.length > 0) return back();
    if (!(await takeTurn(db, 'result-objection', `${owner}`, LIMIT)))
      return refusal(429, `提交次数过多，请一小时后再提交，或者联系${officeOf(p)}`, { text: '返回公示', href: paths.publicity(p.id) });
    const outcome = await handInObjection(deps, {
      publicityId: p.id,
      declarationId: typed.declaration,
      objector: typed.kind === 'named' ? { name: typed.name, contact: typed.contact } : undefined,
      content: typed.content,
      file,
      requestId: visit.requestId,
    });
    if (outcome.kind === 'too-late') {
      errors.push({ text: '该人员的公示已经结束，不能再提出异议', href: '#declaration' });
      return back();
    }
    return seeOther(paths.resultObjection(p.id, outcome.receipt));
  }

  async function one(visit: Visit): Promise<Reply> {
    const p = await open(visit);
    const receipt = readQueryCode(visit.param('receipt'));
    const o = p && receipt !== undefined ? await findByReceipt(db, p.id, receipt) : undefined;
    if (!p || !o) return notFound;
    return page(
      'objections/receipt',
      { title: '异议受理情况', breadcrumbs: crumbs(visit, p, '异议受理情况') },
      {
        tag: outcomeTag(o),
        receipt: o.receipt.replace(/(.{4})(?=.)/g, '$1 '),
        rows: [
          { label: '受理编号', text: o.receipt.replace(/(.{4})(?=.)/g, '$1 ') },
          { label: '受理部门', text: `${p.committeeName}办事机构` },
          { label: '收到时间', text: showMoment(o.receivedAt) },
          { label: '反映方式', text: o.kind === 'named' ? '实名' : '匿名' },
          ...(o.outcome && o.decidedAt
            ? [
                { label: '处理结果', text: outcomeTexts[o.outcome].text },
                { label: '核查情况', text: o.finding },
                { label: '处理时间', text: showMoment(o.decidedAt) },
              ]
            : []),
        ],
        isOpen: o.outcome === null,
        backHref: paths.publicity(p.id),
      },
    );
  }

  return [
    { method: 'get', path: '/publicities/:publicity/objections/new', access: 'public', audit: null, handle: show },
    {
      method: 'post',
      path: '/publicities/:publicity/objections/new',
      access: 'public',
      audit: 'objection.receive',
      files: 1,
      handle: hand,
    },
    { method: 'get', path: '/publicities/:publicity/objections/:receipt', access: 'public', onlyShows: true, audit: null, handle: one },
  ];
}
