import { createApp, h } from 'vue'
import Frame from '../shared/Frame.vue'
import { i18n } from '../shared/i18n'
import '../shared/palette.css'

createApp({ render: () => h(Frame, { title: 'desk.title' }) }).use(i18n).mount('#root')
