// Messages that come while the app is closed; part of the service worker. It shows them and opens the app, and reads nothing else.
self.addEventListener('push', (event) => {
  const said = event.data ? event.data.json() : {}
  event.waitUntil(
    self.registration.showNotification(said.title || 'Spotcheck', {
      body: said.text || '',
      tag: said.id,
      icon: '/app/icon-192.png',
      lang: 'zh-CN',
    }),
  )
})
self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(
    self.clients.matchAll({ type: 'window', includeUncontrolled: true }).then((all) => {
      const open = all.find((c) => c.url.startsWith(self.registration.scope))
      return open ? open.focus() : self.clients.openWindow('/app/#/tasks')
    }),
  )
})
