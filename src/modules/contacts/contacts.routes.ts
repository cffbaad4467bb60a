import { databaseNow } from '../../db/db';
import type { Deps } from '../../deps';
import { checkSection } from '../../form/check-section';
import { asText } from '../../form/field';
import { text } from '../../form/fields';
import { problemLinks } from '../../form/form-model';
import type { SectionDefinition } from '../../form/section';
import { smallForm, smallFormContext } from '../../form/small-form';
import { homeCrumb } from '../../http/crumbs';
import { formFlow } from '../../http/form-flow';
import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { page, seeOther, type Reply, type Route, type Visit } from '../../http/route';
import { isContactPhone } from '../../lib/phone';
import type { Actor } from '../../policy/actor';
import { changePhone } from './change-phone';
import { findPhone, type Desk } from './contact.store';

const PART = 'contact';
const form: SectionDefinition = {
  id: 'contact',
  title: '联系电话',
  parts: [
    {
      kind: 'group',
      id: PART,
      fields: [
        text({
          id: 'phone',
          label: '联系电话',
          required: true,
          max: 30,
          width: 's',
          inputmode: 'tel',
          hint: '区号和号码，例如 0631-5231234',
          check: (v) => (isContactPhone(v) ? undefined : '「联系电话」请填写区号和号码，例如 0631-5231234'),
        }),
      ],
    },
  ],
  rules: [],
};

function deskOf(actor: Actor): Desk {
  if (actor.role === 'bureau' && actor.divisionCode !== undefined) return { divisionCode: actor.divisionCode };
  if (actor.role === 'office' && actor.committeeId !== undefined) return { committeeId: actor.committeeId };
  throw new Error('neither a bureau nor an office');
}

/** P4 「联系电话」 of a bureau and of a committee's office. */
export function contactsRoutes(deps: Deps): Route[] {
  const { db } = deps;
  const flow = formFlow(deps, 'admin-form', form, paths.contact());
  const contextOf = async () => smallFormContext((await databaseNow(db)).today);

  const show = async (visit: Visit): Promise<Reply> => {
    const typed = await flow.shown(visit, { groups: { [PART]: { phone: await findPhone(db, deskOf(visit.actor)) } }, rows: {} });
    const isSaved = visit.query.one('saved') === '1' && typed.problems.length === 0;
    return page(
      'admin/form',
      {
        title: '联系电话',
        breadcrumbs: [homeCrumb, { text: '联系电话' }],
        errors: problemLinks(typed.problems),
        ...(isSaved ? { notice: { kind: 'success', text: '联系电话已保存' } as const } : {}),
      },
      {
        lead:
          visit.actor.role === 'bureau'
            ? '单位申请权限、查询账号，评委会办事机构办理组建和结果确认时，页面上显示这个电话。没有填写的，显示上一级人社局的电话。'
            : '单位申请路径、上报数据，申报人查看办理进度、申请复查时，页面上显示这个电话。',
        facts: [{ label: visit.actor.role === 'bureau' ? '人社局' : '评审委员会', text: visit.actor.behalf }],
        form: smallForm({
          section: form,
          raw: typed.raw,
          ctx: await contextOf(),
          problems: typed.problems,
          action: paths.contact(),
          buttons: [{ value: 'save', text: '保存', kind: 'primary' }],
        }),
        backHref: paths.home(),
      },
    );
  };

  const save = async (visit: Visit): Promise<Reply> => {
    const typed = flow.posted(visit);
    const checked = checkSection(form, typed.raw, await contextOf());
    if (checked.problems.length > 0) return flow.again(visit, paths.contact(), typed, checked.problems);
    await changePhone(deps, visit.actor, deskOf(visit.actor), asText(checked.groups[PART]?.values.phone), visit.requestId);
    return seeOther(addressOf(paths.contact(), { saved: '1' }));
  };

  return [
    { method: 'get', path: paths.contact(), access: 'contact.own', audit: null, handle: show },
    { method: 'post', path: paths.contact(), access: 'contact.own', audit: 'contact.change', handle: save },
  ];
}
