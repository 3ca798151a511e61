import { init, type EChartsCoreOption, type EChartsType } from 'echarts/core'
import { onBeforeUnmount, onMounted, watch, type Ref, type WatchSource } from 'vue'

/** A colour or a size of the desk by its name: --act. */
export type Token = (name: string) => string

/** Draws a chart in a place, anew when what it shows, the size of the place or the light changes. A click gives the name of the mark and its number. */
export function useChart(
  place: Ref<HTMLElement | null>,
  on: WatchSource<unknown>,
  option: (token: Token, calm: boolean) => EChartsCoreOption,
  picked?: (n: number) => void,
): void {
  let chart: EChartsType | undefined
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const calm = matchMedia('(prefers-reduced-motion: reduce)')
  const draw = (): void => {
    const style = getComputedStyle(document.documentElement)
    const font = getComputedStyle(document.body).fontFamily
    const made = option((name) => style.getPropertyValue(name).trim(), calm.matches)
    chart?.setOption({ textStyle: { fontFamily: font, fontSize: 12 }, animation: !calm.matches, ...made }, true)
  }
  const sized = new ResizeObserver(() => chart?.resize())
  onMounted(() => {
    if (!place.value) return
    chart = init(place.value)
    if (picked) chart.on('click', (p) => picked(p.dataIndex))
    sized.observe(place.value)
    dark.addEventListener('change', draw)
    draw()
  })
  watch(on, draw)
  onBeforeUnmount(() => {
    sized.disconnect()
    dark.removeEventListener('change', draw)
    chart?.dispose()
  })
}

/** The tooltip of the desk: drawn, since the policy of styles allows no styled text. */
export function tooltip(token: Token): object {
  return {
    renderMode: 'richText',
    backgroundColor: token('--card'),
    borderColor: token('--line'),
    textStyle: { color: token('--ink'), fontSize: 13 },
  }
}
