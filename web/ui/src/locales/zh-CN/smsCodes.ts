// Chinese names of what SMS, their providers and their hand-overs may be.
export const smsProvider = {
  console: '模拟通道',
  twilio: 'Twilio',
  tencent: '腾讯云',
  aliyun: '阿里云',
  smpp: 'SMPP',
  cmpp: 'CMPP',
};

export const handOverState = {
  handing: '提交中',
  accepted: '已接收',
  rejected: '拒收（号码或内容）',
  turned_away: '通道拒收',
  not_reached: '未连通',
  unknown: '结果未知',
  not_taken: '核实未收',
};

export const messageState = {
  waiting: '待发',
  handing: '提交中',
  unknown: '结果未知',
  submitted: '已提交',
  delivered: '已送达',
  replied: '已回复',
  expired: '已过期',
  failed: '失败',
  not_sent: '未发',
};
