// By which way an answer came.
export const channel = {
  sms: '短信',
  page: '网页',
  key: '按键',
  callback: '回访',
  device: '评价器',
  qr: '二维码',
  app: '手机应用',
  mini: '小程序',
  kiosk: '自助终端',
  pc: '电脑端',
};
