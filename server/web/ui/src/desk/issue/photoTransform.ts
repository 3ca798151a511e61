import { ref, type Ref } from 'vue'

/** How a picture is looked at: how large, turned how far, moved where. It is written by the style object, which the policy of contents allows. */
export function usePhotoTransform(picture: Ref<HTMLElement | null>): {
  zoom: Ref<number>
  scale: (by: number) => void
  turn: () => void
  drag: (e: PointerEvent) => void
  reset: () => void
} {
  const zoom = ref(1)
  let turned = 0
  let shift = { x: 0, y: 0 }

  function draw(): void {
    if (picture.value)
      picture.value.style.transform = `translate(${shift.x}px, ${shift.y}px) rotate(${turned}deg) scale(${zoom.value})`
  }
  return {
    zoom,
    /** Makes it larger or smaller by a factor, 1 to 8 times; 0 fits it in again. */
    scale(by) {
      zoom.value = by === 0 ? 1 : Math.min(8, Math.max(1, zoom.value * by))
      if (zoom.value === 1) shift = { x: 0, y: 0 }
      draw()
    },
    turn() {
      turned = (turned + 90) % 360
      draw()
    },
    drag(e) {
      if (e.buttons !== 1 || zoom.value === 1) return
      shift = { x: shift.x + e.movementX, y: shift.y + e.movementY }
      draw()
    },
    reset() {
      zoom.value = 1
      turned = 0
      shift = { x: 0, y: 0 }
      draw()
    },
  }
}
