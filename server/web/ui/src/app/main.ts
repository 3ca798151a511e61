import { createApp } from 'vue'
import { createMemoryHistory, createWebHashHistory } from 'vue-router'
import { learnSentences } from '../shared/fieldFaults'
import { i18n } from '../shared/i18n'
import { link } from '../shared/issueLink'
import '../shared/palette.css'
import App from './App.vue'
import { phoneRouter } from './router'
import { watchVersion } from './version'

// The fragment of a link is its token and no address of a screen: the router must leave it as it is, or the page cannot be loaded again.
const history = link ? createMemoryHistory() : createWebHashHistory()
createApp(App).use(i18n).use(phoneRouter(history)).mount('#root')
// When somebody reads one, they are there; the first load goes without them.
addEventListener('load', () => void learnSentences())

// Without a secure context there is none; the app works all the same while the server is there.
if ('serviceWorker' in navigator && import.meta.env.PROD)
  void navigator.serviceWorker.register('/app/sw.js', { scope: '/app/' }).then(watchVersion)
