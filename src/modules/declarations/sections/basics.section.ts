import { choice, files, text } from '../../../form/fields';
import type { SectionDefinition } from '../../../form/section';

/** 健康状况, the four groups of GB/T 2261.3 in the words of the form. */
const HEALTH = ['健康', '一般', '有慢性病', '残疾'].map((word) => ({ value: word, text: word }));

/** 「基本信息」 as the printed form asks for it beyond what the account holds (name, document, birth, ethnicity, mobile number, photograph). */
export const basics: SectionDefinition = {
  id: 'basics',
  title: '基本信息',
  group: '申报与学历',
  intro: [
    '姓名、性别、出生日期、民族、籍贯、政治面貌、联系电话和照片取自您账号的「基本信息」，在那里修改，不必在此重复填写。',
    '下列内容印在评审表上，没有的可以不填，评审表上显示为「无」。',
  ],
  parts: [
    {
      kind: 'group',
      id: 'main',
      fields: [
        text({
          id: 'formerName',
          label: '曾用名',
          hint: '学历证书、职称证书上使用过其他姓名的，请填写',
          max: 50,
          width: 'm',
          blankText: '无',
        }),
        text({ id: 'birthplace', label: '出生地', hint: '例如 山东省荣成市', max: 60, width: 'm', blankText: '无' }),
        choice({ id: 'health', label: '身体状况', options: HEALTH, width: 's', blankText: '无' }),
        files({
          id: 'idCard',
          label: '身份证正反面',
          hint: '身份证正面、反面放在一张图片上；使用护照的，上传护照资料页，证件应在有效期内',
          max: 2,
        }),
        files({
          id: 'socialInsurance',
          label: '社会保险缴费明细',
          hint: '近六个月的缴费明细，应能看清缴费月份、姓名和缴费单位',
          max: 3,
          copies: 'no',
        }),
      ],
    },
  ],
  rules: [],
};
