import type { RouteRecordRaw } from 'vue-router';

export const smsRoutes: RouteRecordRaw[] = [
  {
    path: '/sms',
    name: 'sms',
    component: () => import('@/sms/pages/MessagesPage.vue'),
    meta: { title: 'sms.title', roles: ['supervisor', 'administrator'] },
  },
];
