// Every text of the application, zh-CN first; another language is another folder beside it.
import { createI18n } from 'vue-i18n';
import zhCN from '@/locales/zh-CN';

export type Texts = typeof zhCN;

declare module 'vue-i18n' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type
  export interface DefineLocaleMessage extends Texts {}
}

export const i18n = createI18n({
  legacy: false,
  locale: 'zh-CN',
  messages: { 'zh-CN': zhCN },
  missingWarn: import.meta.env.DEV,
  fallbackWarn: false,
});

export const { t, te, tm } = i18n.global;
