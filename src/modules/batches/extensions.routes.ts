import { databaseNow } from '../../db/db';
import type { Deps } from '../../deps';
import { checkSection } from '../../form/check-section';
import { problemLinks } from '../../form/form-model';
import { smallForm } from '../../form/small-form';
import { findDraft, keepDraft, removeDraft } from '../../http/form-drafts.store';
import { formFlow } from '../../http/form-flow';
import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { batchOf, notFound, page, refusal, seeOther, type Reply, type Route, type Visit } from '../../http/route';
import { wholeNumber } from '../../lib/ids';
import { showEnd } from '../../lib/moment';
import { normaliseText } from '../../lib/text';
import { signInNameIndex } from '../accounts';
import { batchFacts, extensionForm, PART, windowInput } from './batch-form';
import { findExtension, findPersonBySignInName } from './batch.store';
import { endExtension, extendCase } from './save-batch';

import { crumbsOf, demandBatch, nameOf, dayContext } from './batch.view';

interface Extension {
  batchId: number;
  personId: number;
  personName: string;
  applicantUntil: string;
  unitUntil: string;
  reason: string;
}

/** K3: more time for one person, with a reason, and its end. */
export function extensionRoutes(deps: Deps): Route[] {
  const { db, cipher } = deps;
  const demand = (visit: Visit) => demandBatch(db, visit);

  const extensionFlow = (id: number) => formFlow(deps, 'admin-form', extensionForm, `extension-${id}`);
  const extensionPage = async (visit: Visit): Promise<Reply> => {
    const batch = await demand(visit);
    const typed = await extensionFlow(batch.id).shown(visit, { groups: { [PART]: {} }, rows: {} });
    return page(
      'admin/form',
      { title: '新增个别延期', breadcrumbs: crumbsOf(batch, { text: '个别延期' }), errors: problemLinks(typed.problems) },
      {
        lead: '只对这一名申报人延长本批次的申报和上报时间，其他人不受影响。原来有延期的，以新的为准。',
        factsTitle: '本批次的时间',
        facts: batchFacts(batch).filter((f) => ['closesAt', 'unitClosesAt'].includes(f.key)),
        form: smallForm({
          section: extensionForm,
          raw: typed.raw,
          ctx: await dayContext(db),
          problems: typed.problems,
          action: paths.newExtension(batch.id),
          buttons: [{ value: 'save', text: '下一步', kind: 'primary' }],
        }),
        backHref: paths.batch(batch.id),
      },
    );
  };
  const checkExtension = async (visit: Visit): Promise<Reply> => {
    const batch = await demand(visit);
    const flow = extensionFlow(batch.id);
    const typed = flow.posted(visit);
    const to = paths.newExtension(batch.id);
    const checked = checkSection(extensionForm, typed.raw, await dayContext(db));
    if (checked.problems.length > 0) return flow.again(visit, to, typed, checked.problems);
    const { closesAt, unitClosesAt, reason } = windowInput(checked);
    const { now } = await databaseNow(db);
    const refuse = (field: string, text: string): Promise<Reply> =>
      flow.again(visit, to, typed, [{ part: PART, field, severity: 'rule', text }]);
    if (!closesAt || !unitClosesAt || closesAt <= now) return refuse('closesAt', '「个人申报延长至」应当在现在之后');
    const person = await findPersonBySignInName(db, signInNameIndex(cipher, typed.raw.groups[PART]?.account ?? ''));
    if (!person) return refuse('account', '没有这个申报人，请核对登录名或者证件号码');
    const draft: Extension = {
      batchId: batch.id,
      personId: person.id,
      personName: person.name,
      applicantUntil: closesAt.toISOString(),
      unitUntil: unitClosesAt.toISOString(),
      reason,
    };
    return seeOther(addressOf(paths.confirmExtension(batch.id), { draft: await keepDraft(db, cipher, 'extension', visit.owner, draft) }));
  };
  const findExtensionDraft = async (visit: Visit, id: string): Promise<Extension | undefined> => {
    const draft = await findDraft<Extension>(db, cipher, 'extension', visit.owner, id);
    return draft?.batchId === batchOf(visit).id ? draft : undefined;
  };
  const expired = (id: number): Reply => refusal(410, '页面已过期，请重新填写', { text: '新增个别延期', href: paths.newExtension(id) });
  const confirmExtension = async (visit: Visit): Promise<Reply> => {
    const batch = await demand(visit);
    const key = visit.query.one('draft');
    const e = await findExtensionDraft(visit, key);
    if (!e) return expired(batch.id);
    return page(
      'admin/confirm',
      { title: '确认个别延期', breadcrumbs: crumbsOf(batch, { text: '个别延期' }) },
      {
        action: paths.confirmExtension(batch.id),
        fields: { draft: key },
        rows: [
          { label: '申报人', text: e.personName },
          { label: '批次', text: nameOf(batch) },
          { label: '个人申报延长至', text: showEnd(e.applicantUntil) },
          { label: '单位上报延长至', text: showEnd(e.unitUntil) },
          { label: '原因', text: e.reason },
        ],
        confirmText: '确认延期',
        backHref: paths.newExtension(batch.id),
      },
    );
  };
  const extend = async (visit: Visit): Promise<Reply> => {
    const { id } = batchOf(visit);
    const key = visit.body.one('draft');
    const e = await findExtensionDraft(visit, key);
    if (!e) return expired(id);
    const shown = [
      { label: `${e.personName}个人申报`, before: '按批次时间', after: showEnd(e.applicantUntil) },
      { label: `${e.personName}单位上报`, before: '按批次时间', after: showEnd(e.unitUntil) },
    ];
    await extendCase(
      deps,
      visit.actor,
      { batchId: id, personId: e.personId, applicantUntil: new Date(e.applicantUntil), unitUntil: new Date(e.unitUntil), reason: e.reason },
      shown,
      visit.requestId,
    );
    await removeDraft(db, key);
    return seeOther(addressOf(paths.batch(id), { done: 'extended' }));
  };

  const END_REASON = 'reason';
  const endPage = async (visit: Visit, problem?: string): Promise<Reply> => {
    const batch = await demand(visit);
    const extension = await findExtension(db, batch.id, wholeNumber(visit.param('extension')) ?? 0);
    if (!extension) return notFound;
    if (!extension.isLive) return refusal(409, '该延期已经取消', { text: '返回该批次', href: paths.batch(batch.id) });
    return page(
      'batches/end-extension',
      {
        title: '取消个别延期',
        breadcrumbs: crumbsOf(batch, { text: '取消个别延期' }),
        ...(problem === undefined ? {} : { errors: [{ text: problem, href: '#reason' }] }),
      },
      {
        action: paths.endExtension(batch.id, visit.param('extension')),
        personName: extension.personName,
        reason: {
          type: 'longText',
          id: 'reason',
          name: END_REASON,
          label: '原因',
          required: true,
          value: visit.body.one(END_REASON),
          rows: 3,
          ...(problem === undefined ? {} : { problem }),
        },
        backHref: paths.batch(batch.id),
      },
      problem === undefined ? 200 : 422,
    );
  };
  const end = async (visit: Visit): Promise<Reply> => {
    const { id } = batchOf(visit);
    const extensionId = wholeNumber(visit.param('extension')) ?? 0;
    const extension = await findExtension(db, id, extensionId);
    if (!extension) return notFound;
    const reason = normaliseText(visit.body.one(END_REASON)).slice(0, 300);
    if (reason === '') return endPage(visit, '请填写「原因」');
    if (!(await endExtension(deps, visit.actor, id, { id: extensionId, personName: extension.personName, reason }, visit.requestId)))
      return refusal(409, '该延期已经取消', { text: '返回该批次', href: paths.batch(id) });
    return seeOther(addressOf(paths.batch(id), { done: 'revoked' }));
  };

  return [
    { method: 'get', path: paths.newExtension(':batch'), access: 'batch.manage', audit: null, handle: extensionPage },
    { method: 'post', path: paths.newExtension(':batch'), access: 'batch.manage', audit: null, handle: checkExtension },
    { method: 'get', path: paths.confirmExtension(':batch'), access: 'batch.manage', audit: null, handle: confirmExtension },
    { method: 'post', path: paths.confirmExtension(':batch'), access: 'batch.manage', audit: 'batch.extend', handle: extend },
    {
      method: 'get',
      path: paths.endExtension(':batch', ':extension'),
      access: 'batch.manage',
      audit: null,
      handle: (visit) => endPage(visit),
    },
    { method: 'post', path: paths.endExtension(':batch', ':extension'), access: 'batch.manage', audit: 'batch.revoke', handle: end },
  ];
}
