import { createApp } from 'vue'
import { i18n } from '../shared/i18n'
import '../shared/palette.css'
import App from './App.vue'

createApp(App).use(i18n).mount('#root')
