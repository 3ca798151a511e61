import { onBeforeUnmount, watch, type Ref } from 'vue'

/** Tells the style sheets how high something is that stands above or below the screen: what has to fit between is as high as what is left. */
export function useHeight(of: Readonly<Ref<HTMLElement | null>>, property: `--${string}`): void {
  const style = document.documentElement.style
  const sizes = new ResizeObserver(
    ([entry]) => entry && style.setProperty(property, `${(entry.target as HTMLElement).offsetHeight}px`),
  )
  watch(of, (now) => {
    sizes.disconnect()
    if (now) sizes.observe(now)
    else style.removeProperty(property)
  })
  onBeforeUnmount(() => sizes.disconnect())
}
