/** Words that say how well without saying by what certificate (guide of 2022, part 3, paragraph 13: 不得填写熟练、良好等含糊不清的词语). */
const VAGUE = [
  '熟练',
  '熟悉',
  '良好',
  '精通',
  '流利',
  '一般',
  '较好',
  '较强',
  '较高',
  '掌握',
  '了解',
  '略懂',
  '粗通',
  '尚可',
  '中等水平',
  '基本会',
  '日常办公',
];

/** The first vague word in a text about languages or computers, or undefined. */
export function vagueWordIn(text: string): string | undefined {
  return VAGUE.find((word) => text.includes(word));
}

/** 「无」 in any of the ways people write it: 无, 无。, 没有, 暂无. */
export function isNone(text: string): boolean {
  return /^(无|没有|暂无)[。.，,]?$/.test(text.trim());
}

const MANAGERS =
  '馆长|科长|处长|局长|厅长|院长|校长|部长|所长|站长|园长|台长|社长|队长|团长|股长|镇长|乡长|区长|县长|总经理|经理|董事长|书记|委员|主席';
const ADMINISTRATIVE = new RegExp(
  `^(?:代理?|副|常务副|党委|党组|党支部|党总支|第一)*(?:${MANAGERS})$|^(?:副|常务副)?主任$|(?:${MANAGERS})$`,
  'u',
);

/**
 * Whether a post is an administrative one (馆长, 副主任 …), which does not belong where the title is asked for (guide of 2022, part 3, paragraphs 12 and 15).
 * Titles that begin with 主任 (主任医师, 主任编辑) are titles.
 */
export function isAdministrativePost(post: string): boolean {
  return ADMINISTRATIVE.test(post.replace(/\s/g, ''));
}

/** What stands in 《》, or the whole, without blanks and punctuation: two results of one name are one result. */
export function workNameOf(name: string): string {
  const inside = /《([^》]+)》/u.exec(name)?.[1] ?? name;
  return plainName(inside);
}

/** A name without blanks and punctuation, for comparing. */
export function plainName(name: string): string {
  return name.replace(/[\s\p{P}\p{S}]/gu, '').toLowerCase();
}
