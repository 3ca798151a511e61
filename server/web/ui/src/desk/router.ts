import { createRouter, type Router, type RouteRecordRaw, type RouterHistory } from 'vue-router'
import ImportsScreen from './imports/ImportsScreen.vue'
import IssueScreen from './issue/IssueScreen.vue'
import IssueListScreen from './issues/IssueListScreen.vue'
import BoardScreen from './overview/BoardScreen.vue'
import PublicityScreen from './publicity/PublicityScreen.vue'
import RegistersScreen from './registers/RegistersScreen.vue'
import ReportsScreen from './reports/ReportsScreen.vue'
import ReturnsScreen from './returns/ReturnsScreen.vue'
import TriageScreen from './triage/TriageScreen.vue'

declare module 'vue-router' {
  interface RouteMeta {
    /** The screen stands alone, without the header of the desk. */
    bare?: boolean
    /** Another address is another screen: what was written on the last one does not stay. */
    keyed?: boolean
  }
}

/** Nothing is shown until it is known who is there, and which screen is their first. */
const nothing = { render: () => null }

/** The addresses of the desk, as they stand in bookmarks and in messages: /desk/#/list/status=assigned. */
export const deskRoutes: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: nothing },
  { path: '/triage', name: 'triage', component: TriageScreen },
  { path: '/list/:filter?', name: 'list', component: IssueListScreen, props: true },
  // The map is large and comes when it is opened.
  { path: '/map/:view?', name: 'map', component: () => import('./map/MapScreen.vue'), props: true },
  { path: '/issue/:id', name: 'issue', component: IssueScreen, props: true, meta: { keyed: true } },
  { path: '/board', name: 'board', component: BoardScreen },
  { path: '/wall', name: 'wall', component: BoardScreen, props: { wall: true }, meta: { bare: true } },
  { path: '/reports', name: 'reports', component: ReportsScreen },
  { path: '/returns', name: 'returns', component: ReturnsScreen },
  { path: '/papers/:id?', name: 'papers', component: () => import('./papers/PapersScreen.vue'), props: true },
  { path: '/public', name: 'public', component: PublicityScreen },
  { path: '/imports', name: 'imports', component: ImportsScreen },
  { path: '/admin/:register?', name: 'admin', component: RegistersScreen, props: true },
  { path: '/:unknown(.*)*', redirect: '/' },
]

/** The screens of the desk's navigation, and what a person's roles must allow somewhere for each. */
const needs = {
  triage: 'assign',
  list: 'see',
  map: 'see',
  board: 'see_reports',
  reports: 'see_reports',
  returns: 'see_reports',
  papers: 'see_papers',
  public: 'expose',
  imports: 'import',
  admin: 'administer',
} as const

/** The screens that somebody has, in the order of the navigation. */
export function screensOf(may: readonly string[]): string[] {
  return Object.entries(needs)
    .filter(([name, need]) => may.includes(need) || (name === 'imports' && may.includes('administer')))
    .map(([name]) => name)
}

/** Makes the router of the desk on a history: that of the browser, or one in memory for tests. */
export function deskRouter(history: RouterHistory): Router {
  return createRouter({ history, routes: deskRoutes })
}
