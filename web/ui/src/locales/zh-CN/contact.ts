// 致电: calls of staff to citizens.
export default {
  contact: {
    call: '致电',
    title: '致电诉求人',
    how: '先拨打您的电话，接听后再接通诉求人；双方都只看到热线号码，接通情况记入经过。',
    wishes: '诉求人方便的时间和方式：',
    ownPhone: '您的座机或手机',
    ownPhoneHint: '手机、带区号的座机，或 3 到 6 位分机号；下次不用再填。',
    ringsFirst: '先拨打：{own}',
    change: '换一个号码',
    start: '拨打',
    fromOutside: '不在座位？用登记的手机拨 {number}，输入工单号和拨入密码。',
    pin: '拨入密码',
    running: '进行中',
    gotIt: '知道了',
    noPhone: '诉求人没有留下电话。',
    notYours: '工单已归档、已撤回或不在您的单位，不能致电。',
    state: {
      asked: '正在接通电话系统…',
      own_ringing: '正在拨打您的电话（{own}），请接听…',
      citizen_ringing: '正在接通诉求人…',
      talking: '通话中',
    },
    result: {
      talked: '已通话',
      own_no_answer: '本机未接听',
      no_answer: '群众未接听',
      busy: '群众占线',
      failed: '未接通',
      unknown: '结果未知',
    },
  },
};
