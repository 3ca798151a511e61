import { createApp } from 'vue'
import { createWebHashHistory } from 'vue-router'
import { learnSentences } from '../shared/fieldFaults'
import { i18n } from '../shared/i18n'
import '../shared/palette.css'
import './tokens.css'
import App from './App.vue'
import { deskRouter } from './router'
import { learnWords } from './words'

learnWords()
createApp(App).use(i18n).use(deskRouter(createWebHashHistory())).mount('#root')
addEventListener('load', () => void learnSentences())
