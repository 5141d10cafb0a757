// Words of the log-in page.
export default {
  session: {
    title: '登录',
    subtitle: '值班人员登录后使用，操作全程留痕。',
    staffNumber: '账号',
    password: '密码',
    logIn: '登录',
    showPassword: '显示密码',
    hidePassword: '隐藏密码',
    expired: '登录已结束，请重新登录。没有提交的内容还在，登录后可以接着写。',
    wait: '请在 {seconds} 秒后再试',
  },
};
