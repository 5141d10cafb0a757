// Every page has a URL that can be sent to a colleague; pages are loaded when they are opened.
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router';
import { bulletinRoutes } from '@/bulletins/routes';
import { callRoutes } from '@/calls/routes';
import { catalogueRoutes } from '@/catalogue/routes';
import { coverageRoutes } from '@/coverage/routes';
import { disputeRoutes } from '@/disputes/routes';
import { evaluationRoutes } from '@/evaluation/routes';
import { t } from '@/i18n';
import { incidentRoutes } from '@/incidents/routes';
import { indicatorRoutes } from '@/indicators/routes';
import { sessionRoutes } from '@/session/routes';
import { useSession } from '@/session/store';
import type { Role } from '@/session/types';
import { homeOf } from '@/shared/pages';
import { mailRoutes } from '@/mails/routes';
import { noticeRoutes } from '@/notices/routes';
import { oversightRoutes } from '@/oversight/routes';
import { publicationRoutes } from '@/publications/routes';
import { repairRoutes } from '@/repairs/routes';
import { smsRoutes } from '@/sms/routes';
import { staffRoutes } from '@/staff/routes';
import { submissionRoutes } from '@/submissions/routes';
import { ticketRoutes } from '@/tickets/routes';

declare module 'vue-router' {
  interface RouteMeta {
    /** key of the page's title */
    readonly title?: string;
    /** who may open it; absent: everybody who is logged in */
    readonly roles?: readonly Role[];
    readonly isPublic?: boolean;
  }
}

const routes: RouteRecordRaw[] = [
  { path: '/', redirect: () => homeOf(useSession().roles) },
  ...sessionRoutes,
  ...callRoutes,
  ...ticketRoutes,
  ...evaluationRoutes,
  ...publicationRoutes,
  ...repairRoutes,
  ...submissionRoutes,
  ...coverageRoutes,
  ...smsRoutes,
  ...catalogueRoutes,
  ...incidentRoutes,
  ...disputeRoutes,
  ...noticeRoutes,
  ...bulletinRoutes,
  ...oversightRoutes,
  ...mailRoutes,
  ...staffRoutes,
  ...indicatorRoutes,
  {
    path: '/:rest(.*)*',
    component: () => import('@/shared/frame/NotFoundPage.vue'),
    meta: { title: 'frame.notFound' },
  },
];

export const router = createRouter({ history: createWebHistory(), routes });

router.beforeEach(async (to) => {
  const session = useSession();
  await session.load();
  if (to.meta.isPublic) return session.session ? homeOf(session.roles) : true;
  if (!session.session) return { name: 'log-in', query: to.fullPath === '/' ? {} : { to: to.fullPath } };
  if (to.meta.roles && !session.is(...to.meta.roles)) return homeOf(session.roles);
  return true;
});

router.afterEach((to) => {
  document.title = to.meta.title ? `${t(to.meta.title)} · ${t('app.title')}` : t('app.title');
});
