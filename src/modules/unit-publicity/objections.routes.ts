import { databaseNow } from '../../db/db';
import type { Deps } from '../../deps';
import { homeCrumb } from '../../http/crumbs';
import type { FormInput } from '../../http/form-input';
import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { notFound, page, refusal, seeOther, unitActor, type PageError, type Reply, type Route, type Visit } from '../../http/route';
import { readDate, showDate } from '../../lib/dates';
import { isUuid, wholeNumber } from '../../lib/ids';
import { countCharacters, normaliseLine, normaliseText } from '../../lib/text';
import { declarationSections, OBJECTION_WORDS, readDecision } from '../declarations';
import { tellApart } from '../review';
import { decideObjection } from './decide-objection';
import { findObjection, listItems, type Objection } from './publicity.store';
import { isKind, isOutcome, kinds, listCrumb, objectionView, openPublicity, outcomes, period } from './publicity.view';
import { recordObjection } from './record-objection';

/** R5: objections to what a unit has put up: recorded, looked into, decided. */
export function objectionRoutes(deps: Deps): Route[] {
  const { db } = deps;

  async function newObjection(visit: Visit, typed?: FormInput, errors: PageError[] = []): Promise<Reply> {
    const p = await openPublicity(db, visit);
    if (!p) return notFound;
    const items = tellApart(await listItems(db, p.id)).filter((i) => !i.isVoid && i.state === 'unit_passed');
    const { today } = await databaseNow(db);
    if (items.length === 0 && !typed)
      return refusal(409, '该次公示的人员都已上报或者退回，不能再登记异议', { text: '返回公示', href: paths.unitPublicity(p.id) });
    return page(
      'unit-publicity/new-objection',
      {
        title: '登记异议',
        breadcrumbs: [homeCrumb, listCrumb, { text: period(p), href: paths.unitPublicity(p.id) }, { text: '登记异议' }],
        errors,
      },
      {
        action: paths.newObjection(p.id),
        backHref: paths.unitPublicity(p.id),
        people: items.map((i) => ({ value: i.id, text: i.name, chosen: typed?.one('declaration') === i.id })),
        kinds: Object.entries(kinds).map(([value, text]) => ({ value, text, chosen: (typed?.one('kind') ?? 'named') === value })),
        receivedOn: typed?.one('receivedOn') ?? showDate(today),
        content: typed?.one('content') ?? '',
        errors: Object.fromEntries(errors.map((e) => [e.href.slice(1), e.text])),
        limit: OBJECTION_WORDS,
      },
      errors.length > 0 ? 422 : 200,
    );
  }

  async function postObjection(visit: Visit): Promise<Reply> {
    const p = await openPublicity(db, visit);
    if (!p) return notFound;
    const { body } = visit;
    const { today } = await databaseNow(db);
    const errors: PageError[] = [];
    const declarationId = body.one('declaration');
    if (!isUuid(declarationId)) errors.push({ text: '请选择异议涉及的人员', href: '#declaration' });
    const receivedOn = readDate(normaliseLine(body.one('receivedOn')));
    if (receivedOn === undefined) errors.push({ text: '请填写收到异议的日期，例如 2026.12.1', href: '#receivedOn' });
    else if (receivedOn > today || receivedOn < p.startsOn)
      errors.push({ text: '收到异议的日期应当在公示开始之后、今天之前', href: '#receivedOn' });
    const kind = body.one('kind');
    if (!isKind(kind)) errors.push({ text: '请选择反映方式', href: '#kind' });
    const content = normaliseText(body.one('content'));
    if (content === '') errors.push({ text: '请填写反映的内容', href: '#content' });
    else if (countCharacters(content) > OBJECTION_WORDS) errors.push({ text: `反映的内容最多 ${OBJECTION_WORDS} 个字`, href: '#content' });
    if (errors.length > 0 || receivedOn === undefined || !isKind(kind)) return newObjection(visit, body, errors);
    const outcome = await recordObjection(deps, unitActor(visit), {
      publicityId: p.id,
      declarationId,
      receivedOn,
      kind,
      content,
      requestId: visit.requestId,
    });
    if (outcome.kind === 'not-now')
      return newObjection(visit, body, [{ text: '该申报已经上报或者退回，不能再登记异议', href: '#declaration' }]);
    return seeOther(addressOf(paths.unitPublicity(p.id), { done: 'objection' }));
  }

  async function openObjection(visit: Visit): Promise<Objection | undefined> {
    const id = wholeNumber(visit.param('objection'));
    const found = id === undefined ? undefined : await findObjection(db, unitActor(visit).unitId, id);
    return found?.publicityId === wholeNumber(visit.param('publicity')) ? found : undefined;
  }

  async function objection(visit: Visit, typed?: FormInput, errors: PageError[] = [], status = 200): Promise<Reply> {
    const o = await openObjection(visit);
    if (!o) return notFound;
    return page(
      'unit-publicity/objection',
      {
        title: `异议：${o.applicantName}`,
        breadcrumbs: [homeCrumb, listCrumb, { text: '公示', href: paths.unitPublicity(o.publicityId) }, { text: '异议' }],
        errors,
      },
      {
        view: objectionView(o),
        action: o.outcome ? undefined : paths.objection(o.publicityId, o.id),
        backHref: paths.unitPublicity(o.publicityId),
        outcomes: Object.entries(outcomes).map(([value, x]) => ({
          value,
          text: x.text,
          hint: x.hint,
          chosen: typed?.one('outcome') === value,
        })),
        sections: declarationSections.map((s) => ({ id: s.id, title: s.title, checked: typed?.has(`reopen.${s.id}`) ?? false })),
        finding: typed?.one('finding') ?? '',
        errors: Object.fromEntries(errors.map((e) => [e.href.slice(1), e.text])),
        limit: OBJECTION_WORDS,
      },
      status,
    );
  }

  async function decide(visit: Visit): Promise<Reply> {
    const o = await openObjection(visit);
    if (!o) return notFound;
    const { body } = visit;
    const { errors, outcome, finding } = readDecision(body, isOutcome);
    const reopened = declarationSections.filter((s) => body.has(`reopen.${s.id}`));
    if (outcome === 'returned' && reopened.length === 0) errors.push({ text: '请选择申报人需要修改的项目', href: '#reopen' });
    if (errors.length > 0 || outcome === undefined) return objection(visit, body, errors, 422);
    const done = await decideObjection(deps, unitActor(visit), o, {
      outcome,
      finding,
      comments: reopened.map((s) => ({ section: s.id, text: finding })),
      requestId: visit.requestId,
    });
    if (done.kind === 'not-now') return objection(visit, body, [{ text: done.reason, href: '#outcome' }], 409);
    return seeOther(addressOf(paths.unitPublicity(o.publicityId), { done: 'decided' }));
  }

  const access = 'unit-publicity.manage' as const;
  const base = '/unit/publicities';
  return [
    { method: 'get', path: `${base}/:publicity/objections/new`, access, audit: null, handle: (visit) => newObjection(visit) },
    { method: 'post', path: `${base}/:publicity/objections/new`, access, audit: 'unit-publicity.objection', handle: postObjection },
    { method: 'get', path: `${base}/:publicity/objections/:objection`, access, audit: null, handle: (visit) => objection(visit) },
    {
      method: 'post',
      path: `${base}/:publicity/objections/:objection`,
      access,
      audit: 'unit-publicity.decide, declaration.return-to-applicant, declaration.withhold',
      handle: decide,
    },
  ];
}
