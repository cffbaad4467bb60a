const beijing = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/** A moment as 「2026年11月22日 09:05」, Beijing time, whatever the machine's zone; '' for none. Throws RangeError on a text that is no moment. */
export function showMoment(at: Date | string | null | undefined): string {
  if (at === null || at === undefined) return '';
  const p = Object.fromEntries(beijing.formatToParts(new Date(at)).map((x) => [x.type, x.value]));
  return `${p.year}年${p.month}月${p.day}日 ${p.hour}:${p.minute}`;
}
