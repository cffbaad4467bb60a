import { databaseNow } from '../../db/db';
import type { Deps } from '../../deps';
import { checkSection } from '../../form/check-section';
import { longText, text } from '../../form/fields';
import { asText, type RawSection } from '../../form/field';
import { textFilter } from '../../form/filter-controls';
import { problemLinks } from '../../form/form-model';
import { emptySection, readSection } from '../../form/read-section';
import type { Problem, SectionDefinition } from '../../form/section';
import { smallForm, smallFormContext } from '../../form/small-form';
import { homeCrumb } from '../../http/crumbs';
import { doneNotice } from '../../http/done-notice';
import { findDraft, keepDraft } from '../../http/form-drafts.store';
import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { judgeOf, page, refusal, seeOther, type Crumb, type Reply, type Route, type Visit } from '../../http/route';
import { readIdNumber } from '../../lib/id-number';
import { showMoment } from '../../lib/moment';
import { normaliseLine } from '../../lib/text';
import { givenLoginNameField, personNameField } from '../accounts';
import { findStanding, linesOf } from '../committee';
import { addJudge, correctJudge, switchJudge } from './add-judge';
import { findJudge, listJudges, type Judge } from './judge.store';
import { officeActor } from './office-actor';

const PART = 'judge';
const TOLD_MINUTES = 5;

const workFields = [
  text({
    id: 'unit',
    label: '工作单位',
    required: true,
    max: 100,
    width: 'l',
    hint: '请填写单位全称，与单位注册名称一致；本单位人员的申报自动回避',
  }),
  text({ id: 'title', label: '职称', required: true, max: 50, width: 'm' }),
  text({ id: 'speciality', label: '专业', required: true, max: 50, width: 'm' }),
  longText({
    id: 'avoided',
    label: '其他须回避的单位',
    hint: '每行填写一个单位的全称，例如近亲属所在单位、兼职单位',
    limit: 1000,
    rows: 3,
  }),
];
const editForm: SectionDefinition = { id: 'judge', title: '评委信息', parts: [{ kind: 'group', id: PART, fields: workFields }], rules: [] };
const newForm: SectionDefinition = {
  id: 'judge',
  title: '新增评委',
  parts: [
    {
      kind: 'group',
      id: PART,
      fields: [
        personNameField(),
        text({
          id: 'idNumber',
          label: '身份证号码',
          required: true,
          max: 30,
          width: 'm',
          hint: '只用于核对回避关系和防止重复入库，不保存号码',
        }),
        ...workFields,
        givenLoginNameField(),
      ],
    },
  ],
  rules: [
    (s, ctx) => {
      const typed = asText(s.groups[PART]?.values.idNumber);
      if (typed === '') return [];
      const read = readIdNumber('resident', typed, ctx.today);
      return read.ok ? [] : [{ part: PART, field: 'idNumber', severity: 'rule', text: read.problem }];
    },
  ],
};

interface Told {
  judgeId: number;
  password: string;
}
const poolCrumb: Crumb = { text: '评委管理', href: paths.judges() };

const rawOf = (j: Judge): RawSection => ({
  groups: { [PART]: { unit: j.unitName, title: j.title, speciality: j.speciality, avoided: j.avoidedUnits.join('\n') } },
  rows: {},
});

/** J2 「评委管理」: the pool of experts of a committee. */
export function judgesRoutes(deps: Deps): Route[] {
  const { db, cipher } = deps;

  async function list(visit: Visit): Promise<Reply> {
    const { committeeId } = officeActor(visit);
    const name = normaliseLine(visit.query.one('name')).slice(0, 50);
    const [judges, standing] = await Promise.all([listJudges(db, committeeId, name), findStanding(db, committeeId)]);
    return page(
      'meetings/judges',
      { title: '评委管理', breadcrumbs: [homeCrumb, { text: '评委管理' }] },
      {
        standing,
        filter: { action: paths.judges(), resetHref: paths.judges(), controls: [textFilter('name', '姓名或者工作单位', name, 'm')] },
        table: {
          caption: '评委库',
          emptyText: name === '' ? '评委库中还没有评委' : '没有符合条件的评委',
          columns: ['姓名', '工作单位', '职称', '专业', '参加评审会议', '状态'].map((t) => ({ key: t, text: t })),
          rows: judges.map((j) => ({
            cells: [
              { text: j.name, href: paths.judge(j.id) },
              { text: j.unitName },
              { text: j.title },
              { text: j.speciality },
              { text: `${j.meetings} 次` },
              { tag: j.leftAt ? { text: '已出库', colour: 'grey' } : { text: '在库', colour: 'green' } },
            ],
          })),
        },
      },
    );
  }

  async function newPage(visit: Visit, raw = emptySection(newForm), problems: readonly Problem[] = []): Promise<Reply> {
    const { today } = await databaseNow(db);
    return page(
      'committee/form',
      { title: '新增评委', breadcrumbs: [homeCrumb, poolCrumb, { text: '新增评委' }], errors: problemLinks(problems) },
      {
        lead: '保存后同时建立评委的登录账号，首次登录须更换密码。',
        form: smallForm({
          section: newForm,
          raw,
          ctx: smallFormContext(today),
          problems,
          action: paths.newJudge(),
          buttons: [{ value: 'save', text: '保存', kind: 'primary' }],
        }),
      },
      problems.length > 0 ? 422 : 200,
    );
  }

  async function postNew(visit: Visit): Promise<Reply> {
    const { today } = await databaseNow(db);
    const raw = readSection(newForm, visit.body, emptySection(newForm));
    const { groups, problems } = checkSection(newForm, raw, smallFormContext(today));
    const values = groups[PART]?.values ?? {};
    const id = readIdNumber('resident', asText(values.idNumber), today);
    if (problems.length > 0 || !id.ok) return newPage(visit, raw, problems);
    const outcome = await addJudge(
      deps,
      officeActor(visit),
      {
        name: asText(values.name),
        idNumber: id.value,
        loginName: asText(values.loginName),
        unitName: asText(values.unit),
        avoidedUnits: linesOf(asText(values.avoided)),
        title: asText(values.title),
        speciality: asText(values.speciality),
      },
      visit.requestId,
    );
    const wrong = (field: string, message: string): Problem[] => [{ part: PART, field, severity: 'rule', text: message }];
    switch (outcome.kind) {
      case 'done': {
        const told: Told = { judgeId: outcome.judgeId, password: outcome.password };
        const key = await keepDraft(db, cipher, 'new-judge', visit.owner, told, TOLD_MINUTES);
        return seeOther(addressOf(paths.judge(outcome.judgeId), { made: key }));
      }
      case 'name-taken':
        return newPage(visit, raw, wrong('loginName', '这个登录名已经被使用，请换一个登录名'));
      case 'already-in-pool':
        return newPage(visit, raw, wrong('idNumber', '该人员已在评委库中；已出库的，请在评委库中恢复'));
    }
  }

  async function one(visit: Visit, raw?: RawSection, problems: readonly Problem[] = []): Promise<Reply> {
    const [judge, told, { today }] = await Promise.all([
      findJudge(db, judgeOf(visit).id),
      findDraft<Told>(db, cipher, 'new-judge', visit.owner, visit.query.one('made')),
      databaseNow(db),
    ]);
    if (!judge) throw new Error('the judge vanished between guard and handler');
    const texts: Record<string, string> = { saved: '评委信息已保存', in: '评委已恢复在库', out: '评委已出库，不再参加抽取' };
    return page(
      'meetings/judge',
      {
        title: `评委：${judge.name}`,
        heading: judge.name,
        breadcrumbs: [homeCrumb, poolCrumb, { text: judge.name }],
        errors: problemLinks(problems),
        ...doneNotice(visit, texts),
      },
      {
        tag: judge.leftAt ? { text: '已出库', colour: 'grey' } : { text: '在库', colour: 'green' },
        rows: [
          { label: '登录名', text: judge.loginName },
          { label: '入库时间', text: showMoment(judge.addedAt) },
          { label: '参加评审会议', text: `${judge.meetings} 次` },
          { label: '单位是否已注册', text: judge.unitId === null ? '没有找到同名的注册单位，按单位名称核对回避' : '已注册' },
        ],
        password: told?.judgeId === judge.id ? told.password : undefined,
        minutes: TOLD_MINUTES,
        isIn: judge.leftAt === null,
        switchAction: paths.switchJudge(judge.id),
        form: smallForm({
          section: editForm,
          raw: raw ?? rawOf(judge),
          ctx: smallFormContext(today),
          problems,
          action: paths.judge(judge.id),
          buttons: [{ value: 'save', text: '保存', kind: 'primary' }],
        }),
      },
      problems.length > 0 ? 422 : 200,
    );
  }

  async function save(visit: Visit): Promise<Reply> {
    const { id } = judgeOf(visit);
    const { today } = await databaseNow(db);
    const raw = readSection(editForm, visit.body, emptySection(editForm));
    const { groups, problems } = checkSection(editForm, raw, smallFormContext(today));
    if (problems.length > 0) return one(visit, raw, problems);
    const values = groups[PART]?.values ?? {};
    await correctJudge(
      deps,
      visit.actor,
      id,
      {
        unitName: asText(values.unit),
        avoidedUnits: linesOf(asText(values.avoided)),
        title: asText(values.title),
        speciality: asText(values.speciality),
      },
      visit.requestId,
    );
    return seeOther(addressOf(paths.judge(id), { done: 'saved' }));
  }

  async function switchOne(visit: Visit): Promise<Reply> {
    const { id } = judgeOf(visit);
    const act = visit.body.one('do');
    const back = { text: '返回该评委', href: paths.judge(id) };
    if (act !== 'in' && act !== 'out') return refusal(400, '没有这样的操作，请返回上一页重新操作', back);
    if (!(await switchJudge(deps, visit.actor, id, act === 'in', visit.requestId)))
      return refusal(409, act === 'in' ? '该评委已经在库' : '该评委已经出库', back);
    return seeOther(addressOf(paths.judge(id), { done: act }));
  }

  return [
    { method: 'get', path: paths.judges(), access: 'judges.pool', audit: null, handle: list },
    { method: 'get', path: paths.newJudge(), access: 'judges.pool', audit: null, handle: (visit) => newPage(visit) },
    { method: 'post', path: paths.newJudge(), access: 'judges.pool', audit: 'judge.add', handle: postNew },
    { method: 'get', path: paths.judge(':judge'), access: 'judge.edit', audit: null, handle: (visit) => one(visit) },
    { method: 'post', path: paths.judge(':judge'), access: 'judge.edit', audit: 'judge.correct', handle: save },
    { method: 'post', path: paths.switchJudge(':judge'), access: 'judge.edit', audit: 'judge.leave, judge.return', handle: switchOne },
  ];
}
