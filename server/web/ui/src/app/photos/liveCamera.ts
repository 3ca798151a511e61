import { onBeforeUnmount, onMounted, reactive, type Ref } from 'vue'
import { bestEffort } from '../../shared/answers'

/** What a camera can do beside taking pictures. Browsers tell it and TypeScript does not know all of it. */
interface Abilities {
  torch?: boolean
  zoom?: { min: number; max: number }
}

/** A camera that shows what it sees in a video, and is started again when it is dead. */
export interface LiveCamera {
  state: 'starting' | 'on' | 'none'
  /** The shape of what it sees, and of what is stored: width by height. */
  ratio: number
  torch: boolean | undefined
  /** Whether it is seen twice as large; undefined where it cannot be. */
  near: boolean | undefined
  several: boolean
  restart: () => Promise<void>
  light: () => Promise<void>
  closer: () => Promise<void>
  turn: () => Promise<void>
  /** What it sees now at its full size; null when it is dead, and is being started again. */
  frame: () => Promise<Blob | null>
}

/** How often it is looked whether the picture still moves; milliseconds. */
const watchMs = 1500

/** A picture of which no point is lighter than this came from a camera that gives nothing. */
const darkest = 2

/** How many points of a picture are looked at, a side. */
const sampled = 24

/** Begins when its screen opens and ends with it. */
export function useLiveCamera(video: Ref<HTMLVideoElement | null>): LiveCamera {
  let stream: MediaStream | undefined
  let facing = 'environment'
  let attempt = 0
  let shownAt = -1 // the moment of the video at which it was looked last
  let blacks = 0 // black pictures one after the other
  let timer: ReturnType<typeof setInterval> | undefined
  const camera = reactive<LiveCamera>({
    state: 'starting',
    ratio: 4 / 3,
    torch: undefined,
    near: undefined,
    several: false,
    restart,
    light,
    closer,
    turn,
    frame,
  })
  const track = (): MediaStreamTrack | undefined => stream?.getVideoTracks()[0]

  async function restart(): Promise<void> {
    const mine = ++attempt
    close()
    camera.state = 'starting'
    try {
      const got = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: facing, width: { ideal: 4096 }, height: { ideal: 3072 } },
        audio: false,
      })
      if (mine !== attempt || !video.value) return got.getTracks().forEach((t) => t.stop())
      stream = got
      track()?.addEventListener('ended', () => void revive())
      video.value.srcObject = got
      await video.value.play()
      shownAt = -1
      camera.state = 'on'
      const can = track()?.getCapabilities?.() as Abilities | undefined
      camera.torch = can?.torch ? false : undefined
      camera.near = can?.zoom && can.zoom.max >= 2 ? false : undefined
      const all = await navigator.mediaDevices.enumerateDevices()
      camera.several = all.filter((d) => d.kind === 'videoinput').length > 1
    } catch {
      if (mine === attempt) camera.state = 'none'
    }
  }
  function close(): void {
    stream?.getTracks().forEach((t) => t.stop())
    stream = undefined
  }
  /** Whether nothing comes of it any more: another app took it, a call, or the phone slept. */
  function dead(): boolean {
    const t = track()
    return !t || t.readyState === 'ended' || t.muted || !video.value?.videoWidth
  }
  async function revive(): Promise<void> {
    if (camera.state === 'on' && document.visibilityState === 'visible') await restart()
  }
  function look(): void {
    if (camera.state !== 'on' || document.visibilityState !== 'visible') return
    const now = video.value?.currentTime ?? 0
    if (dead() || now === shownAt) void revive()
    else shownAt = now
  }
  function shaped(): void {
    const v = video.value
    if (v?.videoWidth && v.videoHeight) camera.ratio = v.videoWidth / v.videoHeight
  }
  async function apply(settings: object): Promise<void> {
    const t = track()
    if (t) await bestEffort('the camera does not take it', t.applyConstraints({ advanced: [settings] }))
  }
  async function light(): Promise<void> {
    camera.torch = !camera.torch
    await apply({ torch: camera.torch })
  }
  async function closer(): Promise<void> {
    camera.near = !camera.near
    await apply({ zoom: camera.near ? 2 : 1 })
  }
  async function turn(): Promise<void> {
    facing = facing === 'environment' ? 'user' : 'environment'
    await restart()
  }
  async function frame(): Promise<Blob | null> {
    const from = video.value
    if (!from || dead()) {
      void restart()
      return null
    }
    const canvas = document.createElement('canvas')
    canvas.width = from.videoWidth
    canvas.height = from.videoHeight
    canvas.getContext('2d')?.drawImage(from, 0, 0)
    if (isBlack(canvas) && blacks++ === 0) {
      void restart() // once: where it really is as dark, the next one is kept
      return null
    }
    blacks = 0
    return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.92))
  }

  const seen = (): void => void (document.visibilityState === 'visible' && camera.state === 'on' && dead() && restart())
  onMounted(() => {
    video.value?.addEventListener('resize', shaped)
    video.value?.addEventListener('loadedmetadata', shaped)
    document.addEventListener('visibilitychange', seen)
    timer = setInterval(look, watchMs)
    void restart()
  })
  onBeforeUnmount(() => {
    attempt++
    clearInterval(timer)
    document.removeEventListener('visibilitychange', seen)
    close()
  })
  return camera
}

/** Says whether no point of a picture has any light. */
function isBlack(picture: HTMLCanvasElement): boolean {
  const small = document.createElement('canvas')
  small.width = small.height = sampled
  const context = small.getContext('2d')
  if (!context) return false
  context.drawImage(picture, 0, 0, sampled, sampled)
  const { data } = context.getImageData(0, 0, sampled, sampled)
  return data.every((value, n) => n % 4 === 3 || value <= darkest)
}
