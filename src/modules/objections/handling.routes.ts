import { appendAudit } from '../../audit/audit.store';
import type { Deps } from '../../deps';
import { homeCrumb } from '../../http/crumbs';
import type { FormInput } from '../../http/form-input';
import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { notFound, page, seeOther, type PageError, type Reply, type Route, type Visit } from '../../http/route';
import { wholeNumber } from '../../lib/ids';
import { showMoment } from '../../lib/moment';
import { withheldContent } from '../attachments';
import { handlingList } from '../committee';
import { OBJECTION_WORDS, readDecision } from '../declarations';
import { decideObjection } from './decide-objection';
import { countObjections, findObjectionFor, findObjector, listObjections, type Objection, type ObjectionOutcome } from './objections.store';
import { outcomeTag, outcomeTexts } from './objections.view';

const isOutcome = (s: string): s is ObjectionOutcome => s in outcomeTexts;
const crumb = { text: '公示异议', href: paths.resultObjections() };

/** 「公示异议」 (J4): the office decides them, its bureau sees them. */
export function handlingRoutes(deps: Deps): Route[] {
  const { db } = deps;

  async function list(visit: Visit): Promise<Reply> {
    return handlingList(visit, {
      title: '公示异议',
      lead: '评审结果公示期间收到的异议，由评委会办事机构核查处理，处理完毕之前不能确认结果。',
      address: paths.resultObjections(),
      emptyText: '没有收到异议',
      done: { decided: '已登记处理结果' },
      count: await countObjections(db, visit.actor),
      rows: (limit, offset) => listObjections(db, visit.actor, limit, offset),
      columns: [
        { key: 'name', text: '涉及人员', width: 's' },
        { key: 'committee', text: '评审委员会', width: 'l' },
        { key: 'kind', text: '反映方式', nowrap: true },
        { key: 'at', text: '收到时间', nowrap: true },
        { key: 'state', text: '状态', nowrap: true },
      ],
      cells: (o) => [
        { text: o.applicantName, href: paths.handleObjection(o.id) },
        { text: o.committeeName },
        { text: o.kind === 'named' ? '实名' : '匿名' },
        { text: showMoment(o.receivedAt) },
        { tag: outcomeTag(o) },
      ],
    });
  }

  async function find(visit: Visit): Promise<Objection | undefined> {
    const id = wholeNumber(visit.param('objection'));
    return id === undefined ? undefined : findObjectionFor(db, visit.actor, id);
  }

  async function show(visit: Visit, typed?: FormInput, errors: PageError[] = [], status: 200 | 409 | 422 = 200): Promise<Reply> {
    const o = await find(visit);
    if (!o) return notFound;
    const objector = await findObjector(db, deps.cipher, o.id);
    return page(
      'objections/one',
      { title: `公示异议：${o.applicantName}`, breadcrumbs: [homeCrumb, crumb, { text: o.applicantName }], errors },
      {
        tag: outcomeTag(o),
        rows: [
          { label: '涉及人员', text: o.applicantName, href: paths.declaration(o.declarationId) },
          { label: '评审委员会', text: o.committeeName },
          { label: '收到时间', text: showMoment(o.receivedAt) },
          { label: '反映方式', text: objector ? `实名：${objector.name}，${objector.contact}` : '匿名' },
          { label: '反映内容', text: o.content },
          ...(o.outcome && o.decidedAt
            ? [
                { label: '核查情况', text: o.finding },
                { label: '处理结果', text: `${outcomeTexts[o.outcome].text}（${o.deciderName}，${showMoment(o.decidedAt)}）` },
              ]
            : []),
        ],
        file: o.fileName === null ? undefined : { name: o.fileName, href: paths.objectionFile(o.id) },
        declarationHref: paths.declaration(o.declarationId),
        backHref: paths.resultObjections(),
        form:
          visit.actor.role === 'office' && o.outcome === null
            ? {
                action: paths.handleObjection(o.id),
                outcomes: Object.entries(outcomeTexts).map(([value, x]) => ({ value, ...x, chosen: typed?.one('outcome') === value })),
                finding: typed?.one('finding') ?? '',
                errors: Object.fromEntries(errors.map((e) => [e.href.slice(1), e.text])),
                limit: OBJECTION_WORDS,
              }
            : undefined,
      },
      status,
    );
  }

  async function decide(visit: Visit): Promise<Reply> {
    const o = await find(visit);
    if (!o) return notFound;
    const { body } = visit;
    const { errors, outcome, finding } = readDecision(body, isOutcome);
    if (errors.length > 0 || outcome === undefined) return show(visit, body, errors, 422);
    const done = await decideObjection(deps, visit.actor, o, { outcome, finding, requestId: visit.requestId });
    if (done.kind === 'not-now') return show(visit, body, [{ text: done.reason, href: '#outcome' }], 409);
    return seeOther(addressOf(paths.resultObjections(), { done: 'decided' }));
  }

  async function file(visit: Visit): Promise<Reply> {
    const o = await find(visit);
    if (!o || o.fileSha256 === null || o.fileName === null || o.fileType === null) return notFound;
    const no = await withheldContent(db, o.fileSha256, { text: '返回公示异议', href: paths.handleObjection(o.id) });
    if (no) return no;
    const body = await deps.storage.get(o.fileSha256);
    await appendAudit(db, {
      actorId: visit.actor.accountId,
      actorName: visit.actor.name,
      action: 'objection.file',
      subjectKind: 'declaration',
      subjectId: o.declarationId,
      detail: { objectionId: o.id },
      requestId: visit.requestId,
    });
    return { kind: 'file', body, contentType: o.fileType, fileName: o.fileName, inline: false };
  }

  const base = '/results/objections';
  return [
    { method: 'get', path: base, access: 'objections.read', audit: null, handle: list },
    { method: 'get', path: `${base}/:objection`, access: 'objections.read', audit: null, handle: (visit) => show(visit) },
    { method: 'get', path: `${base}/:objection/file`, access: 'objections.read', audit: 'objection.file', handle: file },
    {
      method: 'post',
      path: `${base}/:objection`,
      access: 'objections.decide',
      audit: 'objection.decide, declaration.annul',
      handle: decide,
    },
  ];
}
