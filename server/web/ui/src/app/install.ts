import { ref } from 'vue'

interface Prompt extends Event {
  prompt: () => Promise<void>
}
const key = 'spotcheck.install'
let kept: Prompt | undefined

/** The app can be put on the home screen, and this person has not been asked yet. */
export const installable = ref(false)

/** Watches whether the browser would put the app on the home screen. */
export function watchInstall(): void {
  window.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault()
    kept = event as Prompt
    installable.value = localStorage.getItem(key) === null
  })
}

/** Asks once, or never again. */
export async function install(wanted: boolean): Promise<void> {
  localStorage.setItem(key, 'asked')
  installable.value = false
  if (wanted) await kept?.prompt()
}
