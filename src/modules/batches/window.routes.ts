import type { Deps } from '../../deps';
import { checkSection } from '../../form/check-section';
import { problemLinks } from '../../form/form-model';
import { smallForm } from '../../form/small-form';
import { formFlow } from '../../http/form-flow';
import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { page, seeOther, type Reply, type Route, type Visit } from '../../http/route';
import { showEnd, timeLeft, typedEnd } from '../../lib/moment';
import { findBatchDetail } from './batch-admin.read';
import { PART, windowForm, windowInput } from './batch-form';
import { changeWindow } from './save-batch';

import { crumbsOf, demandBatch, dayContext } from './batch.view';

/** K3: the ends of a batch that is open are moved, with a reason. */
export function windowRoutes(deps: Deps): Route[] {
  const { db } = deps;
  const demand = (visit: Visit) => demandBatch(db, visit);

  const windowFlow = (id: number) => formFlow(deps, 'admin-form', windowForm, `window-${id}`);
  const windowPage = async (visit: Visit): Promise<Reply> => {
    const batch = await demand(visit);
    const detail = await findBatchDetail(db, batch.id);
    const ends = { closesAt: typedEnd(batch.applicantClosesAt), unitClosesAt: typedEnd(batch.unitClosesAt) };
    const typed = await windowFlow(batch.id).shown(visit, { groups: { [PART]: { what: 'set', ...ends } }, rows: {} }, batch.version);
    return page(
      'admin/form',
      { title: '调整截止时间', breadcrumbs: crumbsOf(batch, { text: '调整截止时间' }), errors: problemLinks(typed.problems) },
      {
        factsTitle: '现在的时间',
        facts: [
          {
            label: '个人申报截止时间',
            text: `${showEnd(batch.applicantClosesAt)}，${detail ? timeLeft(detail.now, batch.applicantClosesAt) : ''}`,
          },
          {
            label: '单位上报截止时间',
            text: `${showEnd(batch.unitClosesAt)}，${detail ? timeLeft(detail.now, batch.unitClosesAt) : ''}`,
          },
          { label: '尚未提交的申报人', text: `${detail?.drafts ?? 0} 人` },
          { label: '在单位等待审核或者上报', text: `${detail?.atUnits ?? 0} 人` },
        ],
        warnings: ['提前截止后，尚未提交的申报人不能再提交，已填写的内容保留。截止之前已经发出的提交仍然有效。'],
        form: smallForm({
          section: windowForm,
          raw: typed.raw,
          ctx: await dayContext(db),
          problems: typed.problems,
          action: paths.batchWindow(batch.id),
          ...(typed.version === undefined ? {} : { version: typed.version }),
          buttons: [{ value: 'save', text: '确认调整', kind: 'primary' }],
        }),
        backHref: paths.batch(batch.id),
      },
    );
  };
  const saveWindow = async (visit: Visit): Promise<Reply> => {
    const batch = await demand(visit);
    const flow = windowFlow(batch.id);
    const typed = flow.posted(visit);
    const to = paths.batchWindow(batch.id);
    if (visit.body.one('do') === 'refresh') return flow.again(visit, to, typed, []);
    const checked = checkSection(windowForm, typed.raw, await dayContext(db));
    if (checked.problems.length > 0) return flow.again(visit, to, typed, checked.problems);
    const outcome = await changeWindow(deps, visit.actor, batch.id, typed.version ?? 0, windowInput(checked), visit.requestId);
    switch (outcome.kind) {
      case 'done':
        return seeOther(addressOf(paths.batch(batch.id), { done: 'window' }));
      case 'stale':
        return flow.again(visit, to, { ...typed, version: batch.version }, [
          { part: PART, field: 'reason', severity: 'rule', text: '其他管理员刚刚修改过本批次，请核对上面现在的时间，确认后再次提交' },
        ]);
      case 'refused':
        return flow.again(visit, to, typed, [{ part: PART, field: outcome.field, severity: 'rule', text: outcome.text }]);
    }
  };

  return [
    { method: 'get', path: paths.batchWindow(':batch'), access: 'batch.manage', audit: null, handle: windowPage },
    { method: 'post', path: paths.batchWindow(':batch'), access: 'batch.manage', audit: 'batch.window', handle: saveWindow },
  ];
}
