import { createApp } from 'vue'
import { i18n } from '../shared/i18n'
import '../shared/palette.css'
import App from './App.vue'

createApp(App).use(i18n).mount('#root')

// Without a secure context there is none; the app works all the same while the server is there.
if ('serviceWorker' in navigator && import.meta.env.PROD) void navigator.serviceWorker.register('/app/sw.js', { scope: '/app/' })
