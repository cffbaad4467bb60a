import { databaseNow } from '../../db/db';
import type { Deps } from '../../deps';
import { checkSection } from '../../form/check-section';
import type { ControlModel, FormModel } from '../../form/control';
import type { FormContext, RawSection } from '../../form/field';
import { problemLinks } from '../../form/form-model';
import { readSection, restoreSection } from '../../form/read-section';
import { inputName, type Problem } from '../../form/section';
import { sectionText } from '../../form/section-text';
import { smallForm, smallFormContext } from '../../form/small-form';
import { homeCrumb } from '../../http/crumbs';
import { findDraft, keepDraft } from '../../http/form-drafts.store';
import { paths } from '../../http/paths';
import { notFound, page, seeOther, type Reply, type Route, type Visit } from '../../http/route';
import { isUuid, wholeNumber } from '../../lib/ids';
import { maskIdNumber, maskMobile } from '../../lib/mask';
import { findPerson, type Person } from './account.store';
import { profileChange, profileRaw, profileSection } from './profile-section';
import { findPhotoHash } from './profile.store';
import { savePhoto } from './save-photo';
import { saveProfile } from './save-profile';

interface ProfileDraft {
  raw: RawSection;
  version: number;
  problems: Problem[];
}

const PHOTO = 'files:profile.photo';
const UPLOAD = 'upload:profile.photo';

function photoControl(person: Person, problems: readonly Problem[]): ControlModel {
  const problem = problems.find((p) => p.field === 'photo')?.text;
  return {
    type: 'files',
    id: 'f-profile-photo',
    name: 'profile.photo',
    label: '证件照',
    hint: '提交申报前须上传，打印在评审表和证书上。请上传本人近期正面免冠证件照，系统自动裁剪为一寸照片',
    required: true,
    value: '',
    ...(problem === undefined ? {} : { problem }),
    files: person.photoSha256
      ? [
          {
            id: 'photo',
            name: '已上传的证件照',
            href: paths.profilePhoto(),
            thumbHref: paths.profilePhoto(),
            size: '295 × 413 像素',
            deleteValue: '',
          },
        ]
      : [],
    upload: {
      name: PHOTO,
      accept: '.jpg,.jpeg,.png,.gif,image/jpeg,image/png,image/gif',
      buttonValue: UPLOAD,
      hint: person.photoSha256 ? '上传新的照片即替换原来的照片' : '支持 jpg、png、gif 格式',
      max: 1,
    },
  };
}

function profileForm(person: Person, draft: ProfileDraft, ctx: FormContext, action: string): FormModel {
  const model = smallForm({
    section: profileSection,
    raw: draft.raw,
    ctx,
    problems: draft.problems,
    action,
    version: draft.version,
    buttons: [{ value: 'save', text: '保存', kind: 'primary' }],
  });
  const [part] = model.parts;
  if (part?.kind !== 'group') throw new Error('profile: the section has one group');
  return { ...model, multipart: true, parts: [{ ...part, controls: [...part.controls, photoControl(person, draft.problems)] }] };
}

/** Whether something is typed that the account does not hold. */
function hasUnsaved(raw: RawSection, person: Person): boolean {
  const [typed, saved] = [raw.groups.profile ?? {}, profileRaw(person).groups.profile ?? {}];
  return (profileSection.parts[0]?.fields ?? []).some(({ id }) => (typed[id] ?? '') !== (saved[id] ?? ''));
}

export function profileRoutes(deps: Deps): Route[] {
  const personOf = async (visit: Visit): Promise<Person> => {
    const person = await findPerson(deps.db, deps.cipher, visit.actor.accountId);
    if (!person) throw new Error('profile: the signed-in person has no record');
    return person;
  };
  const crumbs = [homeCrumb, { text: '基本信息' }];
  /** The declaration somebody came from to fill in what it takes from the account. */
  const declarationOf = (visit: Visit): string | undefined => {
    const id = visit.query.one('declaration');
    return isUuid(id) ? id : undefined;
  };
  const addressOf = (visit: Visit, more: Record<string, string> = {}): string => {
    const declaration = declarationOf(visit);
    const query = new URLSearchParams({ ...(declaration ? { declaration } : {}), ...more }).toString();
    return query === '' ? paths.profile() : `${paths.profile()}?${query}`;
  };

  const show = async (visit: Visit): Promise<Reply> => {
    const person = await personOf(visit);
    const kept = await findDraft<ProfileDraft>(deps.db, deps.cipher, 'profile', visit.owner, visit.query.one('draft'));
    const draft: ProfileDraft = kept
      ? { ...kept, raw: restoreSection(profileSection, kept.raw) }
      : { raw: profileRaw(person), version: person.version, problems: [] };
    const { today } = await databaseNow(deps.db);
    const text = visit.query.has('saved')
      ? '基本信息已保存'
      : visit.query.has('mobile')
        ? '手机号码已更换'
        : visit.query.has('photo')
          ? '照片已上传'
          : undefined;
    const back = declarationOf(visit);
    return page(
      'accounts/profile',
      {
        title: '基本信息',
        breadcrumbs: crumbs,
        errors: problemLinks(draft.problems),
        ...(text === undefined
          ? {}
          : {
              notice: {
                kind: 'success',
                text: draft.problems.length === 0 && hasUnsaved(draft.raw, person) ? `${text}，请继续填写后保存` : text,
                ...(back ? { href: paths.declaration(back), linkText: '返回填写项目' } : {}),
              },
            }),
      },
      {
        fixed: [
          { label: '姓名', text: person.name },
          { label: '性别', text: person.sexText },
          { label: '证件类型', text: person.idTypeText },
          { label: '证件号码', text: maskIdNumber(person.idNumber) },
        ],
        mobile: [{ label: '手机号码', text: maskMobile(person.mobile), changeHref: paths.changeMobile() }],
        form: profileForm(person, draft, smallFormContext(today), addressOf(visit)),
        backHref: back && paths.declaration(back),
      },
    );
  };

  const keep = async (visit: Visit, draft: ProfileDraft, flags: Record<string, string> = {}): Promise<Reply> => {
    const id = await keepDraft(deps.db, deps.cipher, 'profile', visit.owner, draft);
    return seeOther(addressOf(visit, { draft: id, ...flags }));
  };

  const conflict = (person: Person, raw: RawSection, ctx: FormContext, address: string): Reply => {
    const linesOf = (r: RawSection) => sectionText(profileSection, checkSection(profileSection, r, ctx), ctx).parts[0]?.lines ?? [];
    const saved = linesOf(profileRaw(person));
    const fields = profileSection.parts[0]?.fields ?? [];
    const rows = linesOf(raw)
      .map((line, i) => ({ key: fields[i]?.id ?? '', label: line.label, mine: line.text, saved: saved[i]?.text ?? '' }))
      .filter((row) => row.mine !== row.saved);
    return page(
      'accounts/profile-conflict',
      {
        title: '基本信息已被更改',
        breadcrumbs: [homeCrumb, { text: '基本信息', href: address }, { text: '已被更改' }],
      },
      {
        action: address,
        version: person.version,
        savedAt: person.updatedAt,
        rows,
        mine: Object.fromEntries(Object.entries(raw.groups.profile ?? {}).map(([k, v]) => [inputName({ part: 'profile' }, k), v])),
        cancelHref: address,
      },
      409,
    );
  };

  /** The conflict page posts what was typed, and for each field which of the two is to hold. */
  const resolve = (visit: Visit, person: Person, raw: RawSection): RawSection => {
    const saved = profileRaw(person).groups.profile ?? {};
    const group = { ...raw.groups.profile };
    for (const { id } of profileSection.parts[0]?.fields ?? []) {
      const isMine = visit.body.has(`keep.${id}`) ? visit.body.one(`keep.${id}`) === 'mine' : true;
      if (isMine) continue;
      if (saved[id] === undefined) delete group[id];
      else group[id] = saved[id];
    }
    return { ...raw, groups: { profile: group } };
  };

  const post = async (visit: Visit): Promise<Reply> => {
    const { body } = visit;
    const act = body.one('do');
    const person = await personOf(visit);
    const version = wholeNumber(body.one('version'), 9) ?? 0;
    const posted = readSection(profileSection, body, { groups: { profile: {} }, rows: {} });
    const raw = act === 'resolve' ? resolve(visit, person, posted) : posted;
    const ctx = smallFormContext((await databaseNow(deps.db)).today);
    const checked = checkSection(profileSection, raw, ctx);

    const file = visit.files.find((f) => f.field === PHOTO);
    const photo = file ? await savePhoto(deps, visit.actor, file.content, visit.requestId) : undefined;
    const photoProblem = (text: string): Problem => ({ part: 'profile', field: 'photo', severity: 'shape', text });
    if (photo?.kind === 'refused')
      return keep(visit, { raw, version, problems: [photoProblem(photo.problem), ...(act === UPLOAD ? [] : checked.problems)] });
    if (act === UPLOAD) {
      if (!photo) return keep(visit, { raw, version, problems: [photoProblem('请先选择照片，再点击「上传」')] });
      return keep(visit, { raw, version, problems: [] }, { photo: '1' });
    }
    if (checked.problems.length > 0) return keep(visit, { raw, version, problems: checked.problems });
    const outcome = await saveProfile(deps, visit.actor, version, profileChange(checked), visit.requestId);
    return outcome.kind === 'done' ? seeOther(addressOf(visit, { saved: '1' })) : conflict(outcome.saved, raw, ctx, addressOf(visit));
  };

  return [
    { method: 'get', path: paths.profile(), access: 'profile.edit', audit: null, handle: show },
    { method: 'post', path: paths.profile(), access: 'profile.edit', audit: 'profile.save', files: 1, handle: post },
    {
      method: 'get',
      path: paths.profilePhoto(),
      access: 'profile.edit',
      audit: null,
      async handle(visit) {
        const sha256 = await findPhotoHash(deps.db, visit.actor.accountId);
        if (sha256 === undefined) return notFound;
        return { kind: 'file', body: await deps.storage.get(sha256), contentType: 'image/jpeg', fileName: '证件照.jpg', inline: true };
      },
    },
  ];
}
