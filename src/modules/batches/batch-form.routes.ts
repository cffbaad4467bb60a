import { databaseNow } from '../../db/db';
import type { Deps } from '../../deps';
import { checkSection } from '../../form/check-section';
import type { RawSection } from '../../form/field';
import { problemLinks } from '../../form/form-model';
import type { Problem } from '../../form/section';
import { smallForm } from '../../form/small-form';
import { homeCrumb } from '../../http/crumbs';
import { formFlow } from '../../http/form-flow';
import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { batchOf, page, refusal, seeOther, type Reply, type Route, type Visit } from '../../http/route';
import type { Batch } from './batch';
import { findBatchDetail, listCommitteeChoices } from './batch-admin.read';
import { batchContext, batchFacts, batchForm, batchInput, batchRaw, PART } from './batch-form';
import { createBatches, openBatch, saveBatch } from './save-batch';

import { crumbsOf, demandBatch, listCrumb, nameOf } from './batch.view';

const DEFAULT_COMMITMENT =
  '本人承诺：所填写的内容和所上传的材料真实、准确、完整，没有弄虚作假行为。如有不实，本人承担由此产生的一切后果，并接受按照有关规定作出的处理。';

/** K2: batches are made, changed and opened. */
export function batchFormRoutes(deps: Deps): Route[] {
  const { db } = deps;
  const demand = (visit: Visit) => demandBatch(db, visit);

  const blank = async (): Promise<RawSection> => {
    const { today } = await databaseNow(db);
    return {
      groups: {
        [PART]: {
          year: today.slice(0, 4),
          rankBy: 'applicant',
          entrustedBy: 'applicant',
          maxResults: '15',
          unitPublicity: 'no',
          unitPublicityDays: '5',
          publicityDays: '5',
          correctionDays: '10',
          appealDays: '10',
          commitment: DEFAULT_COMMITMENT,
        },
      },
      rows: {},
    };
  };
  const rawOf = (b: Batch): RawSection => ({ groups: { [PART]: batchRaw(b) }, rows: {} });
  const contextOf = async (batch: Batch | undefined) => {
    const [{ today }, committees, detail] = await Promise.all([
      databaseNow(db),
      listCommitteeChoices(db),
      batch ? findBatchDetail(db, batch.id) : undefined,
    ]);
    const locked = (detail?.begun ?? 0) > 0;
    return { locked, ctx: batchContext(today, committees, { locked, published: batch?.isPublished ?? false, isNew: batch === undefined }) };
  };
  const flowOf = (id: number | undefined) => formFlow(deps, 'admin-form', batchForm, `batch-${id ?? 'new'}`);

  const edit = async (visit: Visit, batch: Batch | undefined): Promise<Reply> => {
    const typed = await flowOf(batch?.id).shown(visit, batch ? rawOf(batch) : await blank(), batch?.version);
    const { ctx, locked } = await contextOf(batch);
    const title = batch ? '修改批次' : '新增批次';
    return page(
      'admin/form',
      {
        title,
        breadcrumbs: batch ? crumbsOf(batch, { text: '修改' }) : [homeCrumb, listCrumb, { text: title }],
        errors: problemLinks(typed.problems),
      },
      {
        ...(batch ? {} : { lead: '建立之后先核对，点击「开放申报」之前申报人和单位看不到。' }),
        ...(batch && locked
          ? {
              facts: batchFacts(batch).filter((f) => ['year', 'committee', 'series', 'level', 'rankBy', 'entrustedBy'].includes(f.key)),
              factsTitle: '不能修改的内容',
            }
          : {}),
        warnings: [
          ...(locked
            ? ['已有申报人在本批次填写：上面的内容不能再修改，代表性成果数量不能减少，不能增加单位公示的要求，个人申报开始时间不能推迟']
            : []),
          ...(batch?.isPublished ? ['批次已经开放，截止时间请在「调整截止时间」中修改'] : []),
        ],
        form: smallForm({
          section: batchForm,
          raw: typed.raw,
          ctx,
          problems: typed.problems,
          action: batch ? paths.editBatch(batch.id) : paths.newBatch(),
          ...(typed.version === undefined ? {} : { version: typed.version }),
          buttons: [{ value: 'save', text: batch ? '保存' : '建立', kind: 'primary' }],
        }),
        backHref: batch ? paths.batch(batch.id) : paths.batches(),
      },
    );
  };

  const save = async (visit: Visit, batch: Batch | undefined): Promise<Reply> => {
    const flow = flowOf(batch?.id);
    const typed = flow.posted(visit, batch ? rawOf(batch) : undefined);
    const { ctx } = await contextOf(batch);
    const to = batch ? paths.editBatch(batch.id) : paths.newBatch();
    const again = (problems: readonly Problem[], version = typed.version): Promise<Reply> =>
      flow.again(visit, to, { ...typed, version }, problems);
    const complaint = (field: string, text: string): Problem => ({ part: PART, field, severity: 'rule', text });
    if (visit.body.one('do') === 'refresh') return again([]);
    const checked = checkSection(batchForm, typed.raw, ctx);
    if (checked.problems.length > 0) return again(checked.problems);
    const input = batchInput(checked, ctx, batch);
    const exists = complaint('level', '该年度、评审委员会、系列和级别的批次已经有了，请修改原来的批次');
    if (!batch) {
      const outcome = await createBatches(deps, visit.actor, input, visit.requestId);
      if (outcome.kind === 'exists') return again([exists]);
      return outcome.ids.length === 1
        ? seeOther(addressOf(paths.batch(outcome.ids[0] ?? 0), { done: 'created' }))
        : seeOther(addressOf(paths.batches(), { year: String(input.year), state: 'draft' }));
    }
    const outcome = await saveBatch(deps, visit.actor, batch.id, typed.version ?? 0, input, visit.requestId);
    switch (outcome.kind) {
      case 'done':
        return seeOther(addressOf(paths.batch(batch.id), { done: 'saved' }));
      case 'exists':
        return again([exists]);
      case 'in-use':
        return again([complaint('maxResults', outcome.text)]);
      case 'stale':
        return again(
          [complaint('commitment', '其他管理员刚刚修改过本批次。您填写的内容仍在下面，请对照批次现在的内容，确认后再次保存')],
          outcome.saved.version,
        );
    }
  };

  const confirmOpen = async (visit: Visit): Promise<Reply> => {
    const batch = await demand(visit);
    if (batch.isPublished) return seeOther(paths.batch(batch.id));
    return page(
      'admin/confirm',
      { title: '开放申报', breadcrumbs: crumbsOf(batch, { text: '开放申报' }) },
      {
        action: paths.openBatch(batch.id),
        title: nameOf(batch),
        rows: batchFacts(batch),
        warning: '开放后申报人可以看到本批次，并在申报时间内填写提交。有人开始填写之后，年度、评审委员会、系列、级别和排序方式不能再修改。',
        confirmText: '开放申报',
        backHref: paths.batch(batch.id),
      },
    );
  };
  const open = async (visit: Visit): Promise<Reply> => {
    const { id } = batchOf(visit);
    const outcome = await openBatch(deps, visit.actor, id, visit.requestId);
    switch (outcome.kind) {
      case 'done':
        return seeOther(addressOf(paths.batch(id), { done: 'opened' }));
      case 'open':
        return refusal(409, '该批次已经开放', { text: '返回该批次', href: paths.batch(id) });
      case 'over':
        return refusal(422, '个人申报截止时间已经过去，请先修改批次的时间', { text: '修改批次', href: paths.editBatch(id) });
    }
  };

  return [
    { method: 'get', path: paths.newBatch(), access: 'batches.manage', audit: null, handle: (visit) => edit(visit, undefined) },
    { method: 'post', path: paths.newBatch(), access: 'batches.manage', audit: 'batch.create', handle: (visit) => save(visit, undefined) },
    {
      method: 'get',
      path: paths.editBatch(':batch'),
      access: 'batch.manage',
      audit: null,
      handle: async (visit) => edit(visit, await demand(visit)),
    },
    {
      method: 'post',
      path: paths.editBatch(':batch'),
      access: 'batch.manage',
      audit: 'batch.edit',
      handle: async (visit) => save(visit, await demand(visit)),
    },
    { method: 'get', path: paths.openBatch(':batch'), access: 'batch.manage', audit: null, handle: confirmOpen },
    { method: 'post', path: paths.openBatch(':batch'), access: 'batch.manage', audit: 'batch.publish', handle: open },
  ];
}
