// Words of the page of disputes.
export default {
  disputes: {
    title: '退单与会商',
    matrix: '退单去向',
    matrixHint: '行是退单的单位，列是接手的单位；数字是这段时间退回的件数。',
    waiting: '尚未派出',
    sum: '合计',
    noneReturned: '这段时间没有退单。',
    days: '最近 {n} 天',
    orphans: '待会商的孤儿件',
    orphansHint: '系统不确定或退回两次以上、现在仍在热线的工单，按分类和地点归并。',
    noOrphans: '没有孤儿件。',
    noTopic: '未分类',
    noPlace: '地点不详',
    columns: { topic: '诉求分类', place: '地点', n: '件数', returned: '退回两次', oldest: '最早登记', numbers: '工单' },
    more: '另有 {n} 件',
  },
};
