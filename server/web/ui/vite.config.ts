import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

// The build depends on nothing but its source: names hold hashes of bytes, and no time, commit or path goes in.
export default defineConfig({
  plugins: [vue()],
  define: { __VUE_I18N_FULL_INSTALL__: false, __VUE_I18N_LEGACY_API__: false, __INTLIFY_PROD_DEVTOOLS__: false },
  build: {
    outDir: '../dist',
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
