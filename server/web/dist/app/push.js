// Messages that come while the app is closed, and photos that other apps share; part of the service worker. It reads nothing else.
self.addEventListener('push', (event) => {
  const said = event.data ? event.data.json() : {}
  event.waitUntil(
    self.registration.showNotification(said.title || 'Spotcheck', {
      body: said.text || '',
      tag: said.id,
      icon: '/app/icon-192.png',
      lang: 'zh-CN',
      data: { hash: said.issue ? `#/issue/${said.issue}` : '#/inbox' },
    }),
  )
})
self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  const hash = (event.notification.data && event.notification.data.hash) || '#/inbox'
  event.waitUntil(
    self.clients.matchAll({ type: 'window', includeUncontrolled: true }).then((all) => {
      const open = all.find((c) => c.url.startsWith(self.registration.scope) && !c.url.includes('#link='))
      if (!open) return self.clients.openWindow(`/app/${hash}`)
      open.postMessage({ open: hash })
      return open.focus()
    }),
  )
})
self.addEventListener('fetch', (event) => {
  if (event.request.method !== 'POST' || new URL(event.request.url).pathname !== '/app/share') return
  event.respondWith(
    (async () => {
      const form = await event.request.formData()
      const shelf = await caches.open('spotcheck-shared')
      for (const [n, file] of form.getAll('photos').entries())
        if (file instanceof File)
          await shelf.put(
            `/shared/${n}`,
            new Response(file, {
              headers: { 'Content-Type': file.type, 'Spotcheck-Name': encodeURIComponent(file.name) },
            }),
          )
      return Response.redirect('/app/#/report', 303)
    })(),
  )
})
