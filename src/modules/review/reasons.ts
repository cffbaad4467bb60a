/** Ready-made reasons that every desk is offered, from what the guides ask for most often; each desk adds its own. */
export const standardReasons: readonly string[] = [
  '上传的材料不清晰，请重新扫描后上传',
  '上传的材料与填写的内容不一致，请核对后修改',
  '缺少证明材料，请补充上传',
  '工作经历时间不连续，请补充完整',
  '学信网验证码无法查验，请更新后重新填写',
];
