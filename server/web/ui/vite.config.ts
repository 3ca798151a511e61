import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'
import { elementStyles } from './elementStyles'

// Where the build goes: the folder that the program embeds, or another one to compare it with.
const outDir = process.env.WEB_DIST ?? '../dist'

/** The files that the phone's page may load, so that its worker keeps no chunk of the desk. */
const phoneFiles = new Set<string>()

/** Finds them in what was built: all that is reached from the page of the phone. */
function findPhoneFiles(): Plugin {
  return {
    name: 'phone-files',
    generateBundle(_, bundle) {
      const reach = (file: string): void => {
        const chunk = bundle[file]
        if (phoneFiles.has(file) || chunk?.type !== 'chunk') return
        phoneFiles.add(file)
        chunk.viteMetadata?.importedCss.forEach((css) => phoneFiles.add(css))
        for (const next of [...chunk.imports, ...chunk.dynamicImports]) reach(next)
      }
      for (const [file, chunk] of Object.entries(bundle))
        if (chunk.type === 'chunk' && chunk.isEntry && chunk.name === 'app') reach(file)
    },
  }
}

// The build depends on nothing but its source: names hold hashes of bytes, and no time, commit or path goes in.
export default defineConfig({
  plugins: [
    vue(),
    elementStyles(),
    findPhoneFiles(),
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
          (all) => ({
            manifest: all
              .filter((e) => !e.url.startsWith('/assets/') || phoneFiles.has(e.url.slice(1)))
              .map((e) => (e.url === '/app/index.html' ? { ...e, url: '/app/' } : e)),
          }),
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
