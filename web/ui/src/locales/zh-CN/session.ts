// Words of the log-in page.
export default {
  session: {
    title: '登录',
    subtitle: '值班人员登录后使用，操作全程留痕。',
    staffNumber: '账号',
    password: '密码',
    logIn: '登录',
    byPassword: '密码登录',
    byCode: '验证码登录',
    phone: '手机号',
    phoneHint: '本人绑定的手机号，或值班表上现在值班的手机号',
    code: '验证码',
    sendCode: '发送验证码',
    sendAgain: '{seconds} 秒后可重发',
    codeSent: '如果这个号码已登记，验证码已发出，{minutes} 分钟内有效。',
    showPassword: '显示密码',
    hidePassword: '隐藏密码',
    expired: '登录已结束，请重新登录。没有提交的内容还在，登录后可以接着写。',
    wait: '请在 {seconds} 秒后再试',
  },
};
