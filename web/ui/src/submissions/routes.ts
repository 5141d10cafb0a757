import type { RouteRecordRaw } from 'vue-router';

export const submissionRoutes: RouteRecordRaw[] = [
  {
    path: '/submissions',
    name: 'submissions',
    component: () => import('@/submissions/pages/SubmissionsPage.vue'),
    meta: { title: 'submissions.title', roles: ['supervisor', 'inspector', 'administrator'] },
  },
];
