import { ref } from 'vue'
import { bestEffort } from '../shared/answers'

/** A newer version of the app lies on this phone and waits until this one lets it in. */
export const newerVersion = ref(false)

let known: ServiceWorkerRegistration | undefined
let asked = false

/** Watches for a newer version: it is fetched beside this one, which goes on until somebody wants the other. */
export function watchVersion(registration: ServiceWorkerRegistration): void {
  known = registration
  const look = (): void => {
    newerVersion.value = Boolean(registration.waiting) && navigator.serviceWorker.controller !== null
  }
  look()
  registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', look))
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (asked) location.reload()
    else look()
  })
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible')
      void bestEffort('a newer version is not looked for', registration.update())
  })
}

/** Lets the newer version in. Drafts and the outbox are there again after it. */
export function takeOver(): void {
  asked = true
  known?.waiting?.postMessage({ type: 'SKIP_WAITING' })
}
