import { createRouter, type Router, type RouteRecordRaw, type RouterHistory } from 'vue-router'
import InboxScreen from './inbox/InboxScreen.vue'
import IssueScreen from './issue/IssueScreen.vue'
import MeScreen from './me/MeScreen.vue'
import MineScreen from './mine/MineScreen.vue'
import OutboxScreen from './outbox/OutboxScreen.vue'
import ReportScreen from './report/ReportScreen.vue'

/** Nothing is shown until it is known who is there, and which screen is their first. */
const nothing = { render: () => null }

/** The addresses of the phone, as they stand in QR codes and in messages: /app/#/enrol/CODE. */
export const phoneRoutes: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: nothing },
  { path: '/report', name: 'report', component: ReportScreen },
  { path: '/tasks', name: 'tasks', component: () => import('./tasks/TasksScreen.vue') },
  { path: '/mine', name: 'mine', component: MineScreen },
  { path: '/inbox', name: 'inbox', component: InboxScreen },
  { path: '/outbox', name: 'outbox', component: OutboxScreen },
  { path: '/me', name: 'me', component: MeScreen },
  { path: '/issue/:id', name: 'issue', component: IssueScreen, props: true },
  { path: '/visits', name: 'visits', component: () => import('./visits/VisitsScreen.vue') },
  { path: '/visit/:id', name: 'visit', component: () => import('./visits/VisitScreen.vue'), props: true },
  { path: '/activities', name: 'activities', component: () => import('./activities/ActivitiesScreen.vue') },
  {
    path: '/activity/:id',
    name: 'activity',
    component: () => import('./activities/ActivityScreen.vue'),
    props: true,
  },
  { path: '/round/:id', name: 'round', component: () => import('./rounds/RoundScreen.vue'), props: true },
  { path: '/enrol/:code?', name: 'enrol', component: nothing },
  { path: '/:unknown(.*)*', redirect: '/' },
]

/** The screens of the phone's tabs. */
export type Tab = 'report' | 'tasks' | 'mine' | 'inbox'

/** What makes a tab somebody's: one of these is theirs to do somewhere. What everybody has asks for nothing. */
const tabs: Record<Tab, readonly string[]> = {
  report: ['report'],
  tasks: ['fix', 'verify', 'look', 'reply_part', 'reply', 'do_rounds'],
  mine: ['report'],
  inbox: [],
}

/** The tabs of somebody who may do these. */
export function tabsOf(may: readonly string[]): Tab[] {
  return (Object.keys(tabs) as Tab[]).filter((t) => tabs[t].length === 0 || tabs[t].some((a) => may.includes(a)))
}

/** The tab that somebody sees first: the camera, or the tasks of who has to fix something. */
export function firstTab(may: readonly string[]): Tab {
  const all = tabsOf(may)
  return may.includes('fix') && all.includes('tasks') ? 'tasks' : (all[0] ?? 'inbox')
}

/** Makes the router of the phone on a history: that of the browser, or one in memory for tests and for pages that a link opens. */
export function phoneRouter(history: RouterHistory): Router {
  return createRouter({
    history,
    routes: phoneRoutes,
    scrollBehavior: (_, __, saved) => saved ?? { top: 0 },
  })
}
