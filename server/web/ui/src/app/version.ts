import { ref } from 'vue'
import { bestEffort } from '../shared/answers'

/** A newer version of the app lies on this phone and waits until this one lets it in. */
export const newerVersion = ref(false)

let known: ServiceWorkerRegistration | undefined

/** Watches for a newer version: it is fetched beside this one, which goes on until somebody wants the other. */
export function watchVersion(registration: ServiceWorkerRegistration): void {
  known = registration
  newerVersion.value = registration.waiting !== null && registration.active !== null
  registration.addEventListener('updatefound', () => {
    const next = registration.installing
    if (!next || registration.active === null) return // the first one is this one
    next.addEventListener('statechange', () => {
      newerVersion.value ||= next.state === 'installed' || next.state === 'activated'
    })
  })
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible')
      void bestEffort('a newer version is not looked for', registration.update())
  })
}

/** Lets the newer version in. Drafts and the outbox are there again after it. */
export function takeOver(): void {
  const next = known?.waiting
  if (!next) return location.reload() // it is in already: this page is all that is old
  next.addEventListener('statechange', () => next.state === 'activated' && location.reload())
  next.postMessage({ type: 'SKIP_WAITING' })
}
