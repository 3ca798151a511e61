/** Browsers inside other apps keep little and lose it: a log-in there is gone when the app closes, and the code with it. */
export const inOtherApp = /MicroMessenger|DingTalk|QQ\/|Weibo|AlipayClient|Lark|wxwork/i.test(navigator.userAgent)

/** How another browser is opened from there, where we know: on an iPhone by Safari, elsewhere by the browser of the phone. */
export const onIPhone = /iPhone|iPad/.test(navigator.userAgent)
