import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'
import { elementStyles } from './elementStyles'

// Where the build goes: the folder that the program embeds, or another one to compare it with.
const outDir = process.env.WEB_DIST ?? '../dist'

// The build depends on nothing but its source: names hold hashes of bytes, and no time, commit or path goes in.
export default defineConfig({
  plugins: [
    vue(),
    elementStyles(),
    // The phone's app starts without the network: its page and what that loads are kept. Nothing else goes through the service worker, least of all the API.
    VitePWA({
      injectRegister: null,
      manifest: false,
      filename: 'app/sw.js',
      scope: '/app/',
      workbox: {
        globDirectory: outDir,
        globPatterns: ['app/index.html', 'app/icon-192.png', 'assets/*.{js,css}'],
        globIgnores: [
          'assets/desk-*',
          'assets/MapScreen-*',
          'assets/TasksMap-*',
          'assets/map-*',
          'assets/datum-*',
          'assets/maplibre-gl*',
          'assets/dist-*',
          'assets/esm-*',
          'assets/terra-draw*',
        ],
        modifyURLPrefix: { '': '/' },
        manifestTransforms: [
          (all) => ({ manifest: all.map((e) => (e.url === '/app/index.html' ? { ...e, url: '/app/' } : e)) }),
        ],
        dontCacheBustURLsMatching: /^\/?assets\//,
        navigateFallback: '/app/',
        navigateFallbackAllowlist: [/^\/app\/$/],
        cleanupOutdatedCaches: true,
        inlineWorkboxRuntime: true,
        importScripts: ['push.js'],
        sourcemap: false,
      },
    }),
  ],
  define: { __VUE_I18N_FULL_INSTALL__: false, __VUE_I18N_LEGACY_API__: false, __INTLIFY_PROD_DEVTOOLS__: false },
  worker: { format: 'es' },
  // For scripts/dev.sh: pages come from here, all else from a server that runs beside.
  server: {
    proxy: Object.fromEntries(
      ['/api', '/public', '/readyz'].map((path) => [path, process.env.SPOTCHECK_SERVER ?? 'http://127.0.0.1:8090']),
    ),
  },
  build: {
    outDir,
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: {
        app: fileURLToPath(new URL('app/index.html', import.meta.url)),
        desk: fileURLToPath(new URL('desk/index.html', import.meta.url)),
      },
    },
  },
})
