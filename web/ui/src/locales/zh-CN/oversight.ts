// Words of the page of supervision.
export default {
  oversight: {
    title: '督办',
    leads: '督办线索',
    papers: '督办件',
    waiting: '{n} 件未签收，逾期 {late}',
    why: '督办事由',
    means: {
      not_taken: '派出后超过签收时限仍未签收',
      overdue: '超过办理时限仍未办结',
      unsolved: '审核或回访退回重办，仍未解决',
      bad_effect: '特急，或涉及 10 人（件）以上',
      repeated: '群众催办 3 次以上，或同一人重复反映',
    },
    write: '发督办件',
    noLeads: '没有需要督办而未督办的工单。',
    noneOfThis: '没有符合这一事由的工单。',
    kind: '文种',
    unit: '承办单位',
    receipt: '签收回执',
    noReceipt: '未签收',
    late: '逾期未签收',
    search: '工单号或尾号',
    noPapers: '还没有督办件。超期次日由系统发出催办通知书，其余由督办员发出。',
    noneFound: '没有符合条件的督办件。',
    columns: { number: '文号', kind: '文种', why: '事由', ticket: '工单', issued: '发出', answerBy: '限期反馈' },
  },
};
