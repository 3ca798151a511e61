import { computed, ref } from 'vue'

const hash = ref(location.hash)
window.addEventListener('hashchange', () => (hash.value = location.hash))

/** The screen that is shown and what it is about, from an address such as #/issue/0190…: the parts after the first slash. */
export const route = computed(() => hash.value.replace(/^#\/?/, '').split('/').map(decodeURIComponent))

/** Goes to a screen. */
export function go(...parts: string[]): void {
  location.hash = '#/' + parts.map(encodeURIComponent).join('/')
}

/** Says where a screen stands now, without a step in the history. */
export function settle(...parts: string[]): void {
  history.replaceState(null, '', '#/' + parts.map(encodeURIComponent).join('/'))
  hash.value = location.hash
}
