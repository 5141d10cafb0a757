// Words of the list of notices to units.
export default {
  notices: {
    title: '单位通知',
    search: '工单号或尾号',
    none: '还没有通知。工单派出 10 秒后，承办单位会收到通知。',
    noneFound: '没有符合条件的通知。',
    tail: '尾号 {tail}',
    resend: '重发',
    resendFailed: '再向{unit}发送一次这条通知。',
    resendUnknown: '上一次可能已经送到{unit}，重发后对方也许会收到两次。',
    filters: { state: '状态', way: '方式', unit: '单位' },
    columns: {
      at: '时间',
      unit: '单位',
      ticket: '工单',
      way: '方式',
      told: '发往',
      text: '内容',
      state: '结果',
    },
  },
};
