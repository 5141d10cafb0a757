// Words of the SMS console, the twin that stands in for a provider.
export default {
  sms: {
    title: '短信（模拟通道）',
    hint: '演示环境不向外发送短信。这里能看到每一条“发出”的短信，并代群众回复。',
    ratingPage: '打开群众的评价页',
    empty: '还没有短信。',
    emptyHint: '工单审核通过后，会向群众发出评价邀请。',
    columns: { at: '时间', phone: '号码', text: '内容', state: '状态', reply: '回复' },
    reply: '代群众回复',
    replyPlaceholder: '如 5，或 满意，谢谢',
    send: '回复',
    again: '再回复一次',
    replied: '已收到回复',
    noReply: '未回复',
    notExpected: '不需要回复',
    level: '记为 {level}',
    unclear: '没有读懂，不计入',
    refused: '拒绝评价',
    parts: '{n} 条',
  },
};
